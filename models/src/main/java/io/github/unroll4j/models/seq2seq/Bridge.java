// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.internal.OneThread;
import io.github.unroll4j.models.internal.StepMap;
import io.github.unroll4j.models.sequence.Recurrent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * From the encoder's last state to the decoder's first, part by part.
 *
 * <pre>
 * (1)  e = the part of the encoder's layer; of one that reads both ways [→e ; ←e], →e + ←e, or ←e alone
 * (2)  s_0 = tanh(e W + b),  or e itself,  or zeros
 * </pre>
 *
 * <p>e [B,K], W [K,N], b [N], s_0 [B,N].
 *
 * <p>The part of decoder layer k comes from the part of the same name of encoder layer k, or of the encoder's top layer
 * where it has fewer; a part that the encoder's cell does not have, such as the c of an LSTM over a GRU, comes from h.
 * ←e alone with the map is the start of Bahdanau, Cho and Bengio (2015), s_0 = tanh(W_s ←h_1), whose map has no b; here
 * b starts at zero.
 *
 * @since 0.1.0
 */
public final class Bridge implements AutoCloseable {
    private final Options options;
    private final Map<String, Integer> decoder;
    private final List<Part> parts = new ArrayList<>();
    private final OneThread user = new OneThread(() -> "Bridge");
    private @Nullable State last;

    /** The map (2). */
    public enum Kind {
        /** s_0 = tanh(e W + b). */
        TANH,
        /** s_0 = e; the sizes must be equal. */
        IDENTITY,
        /** s_0 = 0: the decoder learns of the source through attention only. */
        ZEROS
    }

    /** What is made of the two states of an encoder that reads both ways; of no effect for one that does not. */
    public enum Directions {
        /** [→e ; ←e]. */
        CONCATENATED,
        /** →e + ←e. */
        SUMMED,
        /** ←e, the state after the first token was read last. */
        BACKWARD
    }

    /**
     * The kind of bridge.
     *
     * @param kind the map
     * @param directions the combination
     */
    public record Options(Kind kind, Directions directions) {}

    /**
     * Declares a bridge.
     *
     * @param options the kind
     * @param encoder the encoder's layers
     * @param decoder the decoder's layers
     * @param p where to declare
     * @throws IllegalArgumentException if an identity or a sum does not fit the sizes
     */
    public Bridge(Options options, Recurrent encoder, Recurrent decoder, Parameters.Builder p) {
        this.options = options;
        this.decoder = decoder.stateSizes();
        Parameters.Builder scope = p.scope("bridge");
        if (options.kind() == Kind.ZEROS) {
            return;
        }
        List<Recurrent.CellState> from = encoder.cells();
        List<Recurrent.CellState> cells = decoder.cells();
        for (int k = 0; k < cells.size(); k++) {
            Recurrent.CellState below = from.get(Math.min(k, from.size() - 1));
            cells.get(k)
                    .names()
                    .forEach((part, names) ->
                            names.forEach(name -> declare(name, sources(below, part), encoder.stateSizes(), scope)));
        }
    }

    private void declare(String name, List<String> sources, Map<String, Integer> encoder, Parameters.Builder scope) {
        int to = Objects.requireNonNull(decoder.get(name));
        int from = width(sources, encoder);
        if (options.kind() == Kind.IDENTITY && from != to) {
            throw new IllegalArgumentException("Bridge: the decoder's " + name + " has size " + to
                    + ", what comes from the encoder's " + sources + " has size " + from
                    + "; an identity needs equal sizes, take TANH or other sizes.");
        }
        parts.add(new Part(sources, from, to, options.kind() == Kind.TANH ? scope.scope(name) : null));
    }

    /** The parts of the encoder's state that a part of a decoder's cell comes from. */
    private List<String> sources(Recurrent.CellState encoder, String part) {
        List<String> ways = encoder.partOrH(part);
        boolean backward = options.directions() == Directions.BACKWARD;
        return backward ? ways.subList(ways.size() - 1, ways.size()) : ways;
    }

    private int width(List<String> sources, Map<String, Integer> encoder) {
        int width = 0;
        for (String source : sources) {
            int one = Objects.requireNonNull(encoder.get(source));
            if (options.directions() == Directions.SUMMED && width > 0 && one != width) {
                throw new IllegalArgumentException("Bridge: the encoder's " + sources + " have sizes " + width + " and "
                        + one + "; a sum needs equal sizes, take CONCATENATED or BACKWARD.");
            }
            width = options.directions() == Directions.CONCATENATED ? width + one : one;
        }
        return width;
    }

    /**
     * The decoder's first state.
     *
     * @param last the encoder's last state, kept until backward
     * @return a new state of the decoder's layers
     */
    public State forward(State last) {
        user.enter("forward");
        try {
            this.last = last;
            if (options.kind() == Kind.ZEROS) {
                int[] sizes = decoder.values().stream().mapToInt(n -> n).toArray();
                int B = last.h().size(0);
                return State.zeros(List.copyOf(decoder.keySet()), last.h().dtype(), B, sizes);
            }
            List<Tensor> start = new ArrayList<>();
            for (Part part : parts) {
                start.add(part.forward(last));
            }
            return new State(List.copyOf(decoder.keySet()), start);
        } finally {
            user.exit();
        }
    }

    /**
     * Goes back over the latest forward; adds to the gradients of the parameters.
     *
     * @param dStart gradient of the decoder's first state
     * @return gradient of the encoder's last state
     */
    public State backward(State dStart) {
        user.enter("backward");
        try {
            if (last == null) {
                throw new IllegalStateException("Bridge.backward: called before forward.");
            }
            State dLast = last.zerosLike();
            for (int i = 0; i < parts.size(); i++) {
                parts.get(i).backward(dStart.parts().get(i), dLast);
            }
            return dLast;
        } finally {
            user.exit();
        }
    }

    @Override
    public void close() {
        user.enter("close");
        try {
            parts.forEach(Part::close);
        } finally {
            user.exit();
        }
    }

    /** The bridge of one part of the decoder's state. */
    private final class Part {
        private final List<String> sources;
        private final int from;
        private final int to;
        private final @Nullable StepMap map;
        private final @Nullable Parameter b;
        private @Nullable Tensor start;

        Part(List<String> sources, int from, int to, Parameters.@Nullable Builder p) {
            this.sources = sources;
            this.from = from;
            this.to = to;
            map = p == null ? null : new StepMap(p.add("W", "K,N", Init.glorotUniform(), from, to));
            b = p == null ? null : p.add("b", "N", Init.zeros(), to);
        }

        Tensor forward(State last) {
            int B = last.h().size(0);
            Tensor e = Tensor.zeros(last.h().dtype(), B, from);
            int at = 0;
            for (String source : sources) { // (1)
                Tensor part = last.part(source);
                int width = part.size(1);
                for (int row = 0; row < B; row++) {
                    e.data().add(row * from + at, part.data(), row * width, width);
                }
                at += options.directions() == Directions.CONCATENATED ? width : 0;
            }
            start = e;
            if (map != null && b != null) { // (2)
                Tensor z = Tensor.zeros(e.dtype(), B, to);
                map.begin(1, B);
                map.forward(0, e.data(), z.data());
                for (int row = 0; row < B; row++) {
                    z.data().add(row * to, b.values(), b.offset(), to);
                }
                z.data().tanh(z.data());
                start = z;
            }
            return start.copy();
        }

        void backward(Tensor dStart, State dLast) {
            int B = dStart.size(0);
            Vec d = dStart.data();
            if (map != null && b != null && start != null) {
                Vec dz = d.copy();
                dz.tanhBackward(dz, start.data()); // (2')
                for (int row = 0; row < B; row++) {
                    b.gradients().add(b.offset(), dz, row * to, to);
                }
                d = Vec.zeros(dz.dtype(), B * from);
                map.backwardAdd(0, dz, d);
                map.end();
            }
            int at = 0;
            for (String source : sources) { // (1')
                Tensor part = dLast.part(source);
                int width = part.size(1);
                Columns.add(part.data(), width, d, from, at);
                at += options.directions() == Directions.CONCATENATED ? width : 0;
            }
        }

        void close() {
            if (map != null) {
                map.close();
            }
        }
    }
}
