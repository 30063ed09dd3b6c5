// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.internal.OneThread;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Two layers over the same input, one reading from the first step to the last, the other from the last to the first, so
 * that each output has seen the whole row: Schuster and Paliwal (1997), "Bidirectional recurrent neural networks".
 *
 * <pre>
 * n is the length of a row; its steps t = 0 … n-1 are real
 * (1)  X'_t = X_{n-1-t}                            each row reversed within its own length; padding stays at the end
 * (2)  F = fwd(X),  R = bwd(X')                   two layers with weights and states of their own
 * (3)  R'_t = R_{n-1-t}                            turned back, so that F_t and R'_t belong to the same input
 * (4)  H_t = [F_t ; R'_t]                          CONCAT, in this order, as PyTorch has it
 *      H_t = F_t + R'_t                            SUM
 *      H_t = (F_t + R'_t) / 2                      MEAN
 *
 * (4') dF_t, dR'_t = the two parts of dH_t | dH_t, dH_t | dH_t/2, dH_t/2
 * (3') dR_t = dR'_{n-1-t}
 * (2') the own gradients of fwd and bwd give dX from dF and dX' from dR
 * (1') dX_t gains dX'_{n-1-t}
 * </pre>
 *
 * <p>X [T,B,D]; F and R [T,B,size of each]; H [T,B,sum of the sizes] for CONCAT, otherwise [T,B,H].
 *
 * <p>State parts are {@code fwd.h}, {@code bwd.h} and so on. A direction counts its own steps: {@code Run.state(t)}
 * holds what forward knows after the first t steps and backward after the last t real ones of each row, and the last
 * state of backward has read step 0. In a trace, {@code bwd.*} at t is likewise the t-th step that backward takes,
 * which for a row of length n reads input n-1-t. Since backward starts at the end, running a sequence in two halves is
 * not running it whole. At padded steps both layers repeat their last outputs, so H is the last outputs of the two
 * merged, and a gradient that arrives there counts towards them.
 *
 * @since 0.1.0
 */
public final class Bidirectional implements Recurrent {
    private static final List<String> DIRECTIONS = List.of("fwd", "bwd");

    /** How the outputs of the two directions become one. */
    public enum Merge {
        /** Side by side, forward first. */
        CONCAT,
        /** Added. */
        SUM,
        /** Their mean. */
        MEAN
    }

    private final Recurrent fwd;
    private final Recurrent bwd;
    private final Merge merge;
    private final Reversal input;
    private final Slab H;
    private final Slab dF;
    private final Slab dR;
    private final Slab dX;
    private final List<Run> runs = new ArrayList<>();
    private Lengths lengths = Lengths.full(1, 1);
    private boolean ids;
    private long generation;
    private final OneThread user = new OneThread(this::name);

    /**
     * Two directions.
     *
     * @param forward reads from first to last; closed with this layer
     * @param backward reads from last to first; closed with this layer
     * @param merge what becomes of the two outputs
     * @throws IllegalArgumentException if the two are one object, take rows of different size or, for SUM and MEAN,
     *     give them
     */
    public Bidirectional(Recurrent forward, Recurrent backward, Merge merge) {
        Objects.requireNonNull(merge, "merge");
        if (forward == backward) {
            throw new IllegalArgumentException("Bidirectional: forward and backward are the same object, "
                    + forward.name() + ", expected two; a layer holds one run at a time.");
        }
        requireEqual("take", forward.inputSize(), backward.inputSize());
        if (merge != Merge.CONCAT) {
            requireEqual("give", forward.outputSize(), backward.outputSize());
        }
        fwd = forward;
        bwd = backward;
        this.merge = merge;
        input = new Reversal(forward.inputSize());
        H = new Slab(outputSize());
        dF = new Slab(forward.outputSize());
        dR = new Slab(backward.outputSize());
        dX = new Slab(forward.inputSize());
    }

    private static void requireEqual(String what, int ofForward, int ofBackward) {
        if (ofForward != ofBackward) {
            throw new IllegalArgumentException("Bidirectional: forward and backward " + what + " rows of " + ofForward
                    + " and " + ofBackward + ", expected equal sizes"
                    + (what.equals("give") ? "; only CONCAT joins different ones." : "."));
        }
    }

    @Override
    public String name() {
        return "Bidirectional(" + fwd.name() + ", " + bwd.name() + ")";
    }

    @Override
    public int inputSize() {
        return fwd.inputSize();
    }

    @Override
    public int outputSize() {
        return fwd.outputSize() + (merge == Merge.CONCAT ? bwd.outputSize() : 0);
    }

    @Override
    public Map<String, Integer> stateSizes() {
        return State.joinSizes(DIRECTIONS, List.of(fwd.stateSizes(), bwd.stateSizes()));
    }

    /** {@inheritDoc} Cells at the same height of the two directions count as one, with the parts that both have. */
    @Override
    public List<CellState> cells() {
        List<CellState> ofForward = fwd.cells();
        List<CellState> ofBackward = bwd.cells();
        List<CellState> all = new ArrayList<>();
        for (int i = 0; i < Math.min(ofForward.size(), ofBackward.size()); i++) {
            Map<String, List<String>> back = ofBackward.get(i).in("bwd").names();
            Map<String, List<String>> names = new LinkedHashMap<>();
            ofForward.get(i).in("fwd").names().forEach((part, forth) -> {
                List<String> both = new ArrayList<>(forth);
                both.addAll(back.getOrDefault(part, List.of()));
                names.put(part, both);
            });
            all.add(new CellState(names));
        }
        return all;
    }

    @Override
    public State zeroState(int batch) {
        return State.join(DIRECTIONS, List.of(fwd.zeroState(batch), bwd.zeroState(batch)));
    }

    @Override
    public Run forward(Sequence x, State s0, Pass pass) {
        Objects.requireNonNull(x, "x");
        Objects.requireNonNull(pass, "pass");
        user.enter("forward");
        try {
            long run = ++generation;
            State s0Fwd = split(s0, "fwd");
            State s0Bwd = split(s0, "bwd");
            runs.clear();
            runs.add(fwd.forward(x, s0Fwd, pass.scope("fwd"))); // (2)
            lengths = pass.lengths();
            ids = x instanceof Sequence.Ids;
            Sequence reversed = x instanceof Sequence.Ids tokens
                    ? input.of(tokens, lengths)
                    : input.of(x.numbers(name() + ".forward", inputSize(), lengths, dtype()), lengths); // (1)
            runs.add(bwd.forward(reversed, s0Bwd, pass.scope("bwd"))); // (2)
            Slab merged = merge(runs.get(0).H(), runs.get(1).H());
            return new Run(this, merged, this::stateAfter, () -> generation == run);
        } finally {
            user.exit();
        }
    }

    private State split(State s0, String direction) {
        List<String> other = s0.names().stream()
                .filter(part -> DIRECTIONS.stream().noneMatch(d -> part.startsWith(d + ".")))
                .toList();
        if (!other.isEmpty()) {
            String found = "parts " + s0.names();
            throw ShapeException.of(
                    name() + ".forward",
                    "the state",
                    found,
                    "parts fwd.… and bwd.…",
                    "it comes from another kind of layer");
        }
        return s0.scope(direction);
    }

    private State stateAfter(int t) {
        return State.join(DIRECTIONS, List.of(runs.get(0).state(t), runs.get(1).state(t)));
    }

    private Slab merge(Slab F, Slab R) {
        Vec f = F.read();
        Vec r = R.read();
        Vec h = resized(H).write();
        int width = H.width();
        for (int t = 0; t < lengths.steps(); t++) {
            for (int b = 0; b < lengths.batch(); b++) {
                int row = t * lengths.batch() + b;
                int reversedRow = Reversal.row(lengths, t, b); // (3)
                h.copy(row * width, f, row * dF.width(), dF.width()); // (4)
                if (merge == Merge.CONCAT) {
                    h.copy(row * width + dF.width(), r, reversedRow * dR.width(), dR.width());
                } else {
                    h.add(row * width, r, reversedRow * width, width);
                }
            }
        }
        if (merge == Merge.MEAN) {
            h.scale(0, H.size(), 0.5);
        }
        return H;
    }

    private Slab resized(Slab slab) {
        return slab.resize(dtype(), lengths.steps(), lengths.batch());
    }

    @Override
    public Run.Grad backward(Run run, Sequence dH, State dLast) {
        Objects.requireNonNull(dH, "dH");
        Objects.requireNonNull(dLast, "dLast");
        user.enter("backward");
        try {
            run.requireLatestOf(this);
            unmerge(H.requireGradient(name() + ".backward", "dH", "H", dH).read());
            Run.Grad ofForward = fwd.backward(runs.get(0), dF, dLast.scope("fwd")); // (2')
            Run.Grad ofBackward = bwd.backward(runs.get(1), dR, dLast.scope("bwd"));
            State dS0 = State.join(DIRECTIONS, List.of(ofForward.dS0(), ofBackward.dS0()));
            return new Run.Grad(ids ? null : inputGradient(ofForward.dX(), ofBackward.dX()), dS0);
        } finally {
            user.exit();
        }
    }

    private void unmerge(Vec dh) {
        Vec f = resized(dF).write();
        Vec r = resized(dR).write();
        int width = H.width();
        for (int t = 0; t < lengths.steps(); t++) {
            for (int b = 0; b < lengths.batch(); b++) {
                int row = t * lengths.batch() + b;
                int reversedRow = Reversal.row(lengths, t, b); // (3')
                f.copy(row * dF.width(), dh, row * width, dF.width()); // (4')
                r.copy(reversedRow * dR.width(), dh, row * width + width - dR.width(), dR.width());
                if (merge == Merge.MEAN) {
                    f.scale(row * width, width, 0.5);
                    r.scale(reversedRow * width, width, 0.5);
                }
            }
        }
    }

    private Slab inputGradient(Slab ofForward, Slab ofBackward) {
        Vec dXBwd = ofBackward.read(); // of the reversed input
        Vec d = resized(dX).write();
        int D = dX.width();
        ofForward.get(d);
        for (int t = 0; t < lengths.steps(); t++) {
            for (int b = 0; b < lengths.batch(); b++) {
                d.add((t * lengths.batch() + b) * D, dXBwd, Reversal.row(lengths, t, b) * D, D); // (1')
            }
        }
        return dX;
    }

    private Dtype dtype() {
        return runs.get(0).H().dtype();
    }

    @Override
    public void close() {
        user.enter("close");
        try {
            fwd.close();
            bwd.close();
            input.close();
            H.close();
            dF.close();
            dR.close();
            dX.close();
            generation++;
        } finally {
            user.exit();
        }
    }
}
