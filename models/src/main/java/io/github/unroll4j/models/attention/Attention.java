// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.attention;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.internal.Foreign;
import io.github.unroll4j.models.internal.OneThread;
import io.github.unroll4j.models.internal.SlabMap;
import io.github.unroll4j.models.internal.StepMap;
import io.github.unroll4j.models.sequence.Slab;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Attention: at each step of a decoder, the sum of the annotations weighted by how well they fit the decoder's state.
 *
 * <pre>
 * (1)  key_s = h_s U                    all positions of all rows at once, when the memory is read
 * (2)  q_t = query_t W                  one product per step
 * (3)  e_ts = score(q_t, key_s)         the {@link Score}'s equations
 * (4)  α_t = focus(e_t)                 a softmax over the positions that the {@link Focus} admits
 * (5)  c_t = Σ_s α_ts h_s               the context
 * </pre>
 *
 * <p>Backward runs through (5') to (2') at each step; what reaches the keys and the annotations is summed over the
 * steps, and (1') is one product after the loop: dU += Hᵀ dKeys, dH += dKeys Uᵀ. The gradient of the annotations stays
 * in the {@link Memory}.
 *
 * @since 0.1.0
 */
public final class Attention implements AutoCloseable {
    private final ScoreLayout layout;
    private final Score score;
    private final @Nullable StepMap queryMap;
    private final @Nullable SlabMap keyMap;
    private final Slab keys;
    private final Slab dH;
    private final List<Parameter> vectors = new ArrayList<>();
    private final Focusing focus;
    private final int querySize;
    private final int memorySize;
    private @Nullable AttentionBuffers buffers;
    private @Nullable Memory read;
    /** What was selected of a memory, and room for what is selected of that. */
    private @Nullable Memory selected;

    private @Nullable Memory spare;
    private final OneThread user = new OneThread(() -> "Attention(" + name() + ")");

    /**
     * Declares attention; its parameters are named after the score.
     *
     * @param score how well a query fits a position
     * @param focus which positions may be looked at
     * @param querySize size H of the decoder's state
     * @param memorySize size M of an annotation
     * @param p where to declare
     * @throws IllegalArgumentException if the score needs other sizes
     */
    public Attention(Score score, Focus focus, int querySize, int memorySize, Parameters.Builder p) {
        Objects.requireNonNull(focus, "focus");
        Objects.requireNonNull(p, "p");
        this.score = score;
        this.querySize = querySize;
        this.memorySize = memorySize;
        layout = score.layout().close();
        int A = layout.size();
        requireSize("a state", querySize, layout.query().isPresent(), A);
        requireSize("an annotation", memorySize, layout.key().isPresent() || !layout.readsKeys(), A);
        Parameters.Builder scope = p.scope(layout.name());
        queryMap = layout.query()
                .map(m -> new StepMap(scope.add(m.name(), "H,A", m.init(), querySize, A)))
                .orElse(null);
        keyMap = layout.key()
                .map(m -> new SlabMap(scope.add(m.name(), "M,A", m.init(), memorySize, A)))
                .orElse(null);
        for (ScoreLayout.Vector v : layout.vectors()) {
            vectors.add(scope.add(v.name(), "A", v.init, A));
        }
        keys = new Slab(A);
        dH = new Slab(memorySize);
        this.focus = Focusing.of(focus, querySize, scope);
    }

    private void requireSize(String what, int found, boolean mapped, int A) {
        if (!mapped && found != A) {
            throw new IllegalArgumentException("Attention(" + layout.name() + "): the size of " + what + " is " + found
                    + ", expected " + A
                    + ", because this score has no map between the two; take another score or equal sizes.");
        }
    }

    /**
     * Requires sizes, for a decoder around it.
     *
     * @param decoder who asks, for the message
     * @param hidden size H of its state
     * @param annotation size M of its annotations
     * @throws IllegalArgumentException if this attention was declared for others
     */
    public void requireSizes(String decoder, int hidden, int annotation) {
        Objects.requireNonNull(decoder, "decoder");
        if (hidden != querySize || annotation != memorySize) {
            throw new IllegalArgumentException(decoder + ": the attention is for states of " + querySize
                    + " and annotations of " + memorySize + ", expected H=" + hidden + " and M=" + annotation + ".");
        }
    }

    /** {@return the name of the score} */
    public String name() {
        return layout.name();
    }

    /**
     * Reads a memory: makes its keys, once for all steps that follow.
     *
     * @param memory loaded annotations; borrowed until the next read
     * @param steps most steps T of one pass forward and back; 1 for a decoder that goes on step by step without a way
     *     back
     * @throws ShapeException if the annotations have another size
     * @throws IllegalStateException if the memory was not loaded, or is closed
     */
    public void read(Memory memory, int steps) {
        user.enter("read");
        try {
            if (memory.width() != memorySize) {
                throw new ShapeException("Attention(" + layout.name() + ").read: the annotations are " + memory.width()
                        + " numbers each, expected M=" + memorySize + ".");
            }
            memory.requireLoaded("Attention(" + layout.name() + ").read");
            if (steps < 1) {
                throw new IllegalArgumentException(
                        "Attention(" + layout.name() + ").read: steps is " + steps + ", expected 1 or more.");
            }
            AttentionBuffers buf = buffers;
            if (buf == null || !buf.fit(memory, steps)) {
                buf = new AttentionBuffers(layout, vectors, memory, steps, true);
                buffers = buf;
            }
            read = memory;
            buf.begin();
            if (keyMap != null) {
                keys.resize(memory.dtype(), buf.positions, buf.rows);
                keyMap.forward(buf.positions, memory.rows(), keys.target()); // (1)
                for (int s = 0; s < buf.positions; s++) {
                    keys.get(s, buf.key[s]);
                }
            }
            if (queryMap != null) {
                queryMap.begin(steps, buf.rows);
            }
            focus.begin(memory, steps);
        } finally {
            user.exit();
        }
    }

    /**
     * Goes on with some rows of what is being read, each as often as it is named: those of a search change places, are
     * doubled, and leave. Their keys are taken along, not made again. There is no way back from here.
     *
     * @param rows chosen ones
     * @throws IllegalStateException if no memory was read
     */
    public void select(int... rows) {
        Objects.requireNonNull(rows, "rows");
        user.enter("select");
        try {
            AttentionBuffers from = buffers();
            Memory memory = Objects.requireNonNull(read);
            Memory next = spare == null ? new Memory(memory.dtype(), memorySize) : spare;
            next.load(memory, rows);
            spare = selected;
            selected = next;
            read = next;
            AttentionBuffers buf = new AttentionBuffers(layout, vectors, next, 1, false);
            buf.begin();
            int A = layout.size();
            for (int s = 0; keyMap != null && s < buf.key.length; s++) {
                for (int b = 0; b < rows.length; b++) {
                    buf.key[s].copy(b * A, from.key[s], rows[b] * A, A);
                }
            }
            buffers = buf;
            if (queryMap != null) {
                queryMap.begin(1, buf.rows);
            }
            focus.begin(next, 1);
        } finally {
            user.exit();
        }
    }

    /**
     * One step forward.
     *
     * @param t where to keep what backward needs, below the T of {@link #read}
     * @param position position of the step in the whole target, from 0; the same as t where one pass runs over all
     *     steps
     * @param query (Input) the decoder's state, [B,H]
     * @return the context c_t, B·M numbers, borrowed until the next step
     */
    public Vec forward(int t, int position, Vec query) {
        user.enter("forward");
        try {
            AttentionBuffers buf = buffers();
            if (query.length() != buf.rows * querySize || t >= buf.steps) {
                throw new ShapeException("Attention(" + layout.name() + ").forward: the query of step " + t + " has "
                        + query.length() + " numbers, expected B·H = " + buf.rows + "·" + querySize
                        + " and a step below the " + buf.steps + " of read.");
            }
            Pairs pairs = buf.pairs[t];
            if (queryMap != null) {
                queryMap.forward(t, query, pairs.q()); // (2)
            } else {
                pairs.q().set(query);
            }
            try {
                score.forward(pairs); // (3)
            } catch (RuntimeException e) {
                throw Foreign.named("Attention(" + score.layout().name() + ")", "score", score, e);
            }
            focus.forward(t, position, query, pairs.e(), buf.alpha[t]); // (4)
            buf.context.clear();
            for (int s = 0; s < buf.positions; s++) {
                buf.context.addProduct(buf.weights[t][s], buf.h[s]); // (5)
            }
            return buf.context;
        } finally {
            user.exit();
        }
    }

    /**
     * One step back; each step once, in any order.
     *
     * @param t the step
     * @param dContext (Input) gradient of the context, B·M numbers
     * @param dQuery (Accumulated) gradient of the query, [B,H]
     */
    public void backward(int t, Vec dContext, Vec dQuery) {
        user.enter("backward");
        try {
            AttentionBuffers buf = buffers();
            Pairs pairs = buf.pairs[t];
            for (int s = 0; s < buf.positions; s++) {
                buf.dWeights[s].dots(dContext, buf.h[s]); // (5') c was Σ α_s h_s
                buf.dh[s].addProduct(buf.weights[t][s], dContext);
            }
            focus.backward(t, buf.alpha[t], buf.dAlpha, pairs.de(), dQuery); // (4')
            pairs.dq().clear();
            try {
                score.backward(pairs); // (3')
            } catch (RuntimeException e) {
                throw Foreign.named("Attention(" + score.layout().name() + ")", "score", score, e);
            }
            if (queryMap != null) {
                queryMap.backwardAdd(t, pairs.dq(), dQuery); // (2')
            } else {
                dQuery.add(pairs.dq());
            }
        } finally {
            user.exit();
        }
    }

    /**
     * After the loop back over all T steps: adds the gradients of the parameters, and the keys' share of the
     * annotations'.
     */
    public void end() {
        user.enter("end");
        try {
            AttentionBuffers buf = buffers();
            if (queryMap != null) {
                queryMap.end(); // (2')
            }
            if (keyMap != null) {
                keys.target();
                for (int s = 0; s < buf.positions; s++) {
                    keys.put(s, buf.dKey[s]);
                }
                dH.resize(keys.dtype(), buf.positions, buf.rows);
                keyMap.backward(dH.target(), keys.rows()); // (1')
                for (int s = 0; s < buf.positions; s++) {
                    dH.addTo(s, buf.dh[s], buf.context);
                }
            }
            focus.end();
            buf.end();
        } finally {
            user.exit();
        }
    }

    /**
     * The weights of a step.
     *
     * @param t the step
     * @return α, row-major [B,S], borrowed until the next forward of the same t or the next read; exactly 0 at padding
     */
    public Vec alpha(int t) {
        return buffers().alpha[t];
    }

    private AttentionBuffers buffers() {
        if (buffers == null) {
            throw new IllegalStateException("Attention(" + layout.name() + "): used before a memory was read.");
        }
        return buffers;
    }

    /** Frees native memory; a later read allocates it anew. */
    @Override
    public void close() {
        user.enter("close");
        try {
            if (queryMap != null) {
                queryMap.close();
            }
            if (keyMap != null) {
                keyMap.close();
            }
            keys.close();
            dH.close();
            focus.close();
            buffers = null;
            read = null;
            selected = null;
            spare = null;
        } finally {
            user.exit();
        }
    }
}
