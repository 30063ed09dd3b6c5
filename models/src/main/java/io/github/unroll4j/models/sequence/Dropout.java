// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.State;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Dropout of what enters or leaves a layer, never of what goes from step to step inside it.
 *
 * <pre>
 * m_t = 0 with probability rate, otherwise 1/(1-rate), so that the mean is 1
 *
 *      before the layer                            after the layer
 * (M)  X'_t = m_t ⊙ X_t                       (L)  F = layer(X)
 * (L)  H = layer(X')                          (M)  H_t = m_t ⊙ F_t
 *
 * (L') dX' from the layer's own gradient      (M') dF_t = m_t ⊙ dH_t
 * (M') dX_t = m_t ⊙ dX'_t                     (L') dX from the layer's own gradient
 * </pre>
 *
 * <p>PER_STEP draws m_t anew for each t: Zaremba, Sutskever and Vinyals (2014), "Recurrent neural network regularization".
 * PER_SEQUENCE draws one m [B,D] for all steps of a forward pass: Gal and Ghahramani (2016), "A theoretically grounded
 * application of dropout in recurrent neural networks"; one row for all blocks (their tied form). Its counterpart on the
 * recurrent path is {@link RecurrentNoise#dropout}. The scale 1/(1-rate) stands in training, so that evaluation needs none.
 *
 * <p>Masks come from {@link Pass#noise}, in the order of the real steps. Without noise, or at rate 0, this is the layer itself:
 * the same bits, nothing copied, nothing drawn. Nothing is dropped and nothing drawn at a padded step. The state is
 * that of the layer inside, its h the output before a mask; so is what a trace has.
 */
public final class Dropout implements Stepwise {
    /** How long a mask lasts. */
    public enum Mask {
        /** A new one at each step. */
        PER_STEP,
        /** One for all steps of a forward pass. */
        PER_SEQUENCE
    }

    private final Recurrent layer;
    private final double rate;
    private final Mask mask;
    private final boolean before;
    private final HeapRows rows = new HeapRows();
    private final SlabBuffer forward;
    private final SlabBuffer backward;
    private Vec step = Vec.zeros(Dtype.FLOAT, 0);
    private Vec m = Vec.zeros(Dtype.FLOAT, 0);
    private Lengths lengths = Lengths.full(1, 1);
    private boolean on;
    private @Nullable Run inner;
    private long generation;

    private Dropout(Recurrent layer, double rate, Mask mask, boolean before) {
        this.layer = layer;
        this.mask = mask;
        this.before = before;
        this.rate = Noise.requireRate(place(), "rate", rate);
        int width = before ? layer.inputSize() : layer.outputSize();
        forward = new SlabBuffer(width);
        backward = new SlabBuffer(width);
    }

    /**
     * Dropout of a layer's input.
     *
     * @param layer one that takes numbers; closed with the result
     * @param rate probability of dropping, at least 0 and below 1
     * @param mask how long a mask lasts
     * @return the layer with dropout
     */
    public static Dropout before(Recurrent layer, double rate, Mask mask) {
        return new Dropout(layer, rate, mask, true);
    }

    /**
     * Dropout of a layer's output.
     *
     * @param layer closed with the result
     * @param rate probability of dropping, at least 0 and below 1
     * @param mask how long a mask lasts
     * @return the layer with dropout
     */
    public static Dropout after(Recurrent layer, double rate, Mask mask) {
        return new Dropout(layer, rate, mask, false);
    }

    private String place() {
        return "Dropout." + (before ? "before" : "after");
    }

    @Override
    public String name() {
        return place() + "(" + layer.name() + ")";
    }

    @Override
    public int inputSize() {
        return layer.inputSize();
    }

    @Override
    public int outputSize() {
        return layer.outputSize();
    }

    @Override
    public Map<String, Integer> stateSizes() {
        return layer.stateSizes();
    }

    @Override
    public State zeroState(int batch) {
        return layer.zeroState(batch);
    }

    @Override
    public Run forward(Sequence x, State s0, Pass pass) {
        if (before && x instanceof Sequence.Ids) {
            throw new IllegalArgumentException(name()
                    + ".forward: the input is token ids, expected numbers [T,B,D]; dropping tokens is the Embedding's"
                    + " rowDropout.");
        }
        long run = ++generation;
        on = pass.noise().isOn() && rate > 0;
        lengths = pass.lengths();
        Sequence input = x;
        if (on && before) {
            Inputs.require(this, x, lengths, HeapRows.dtype(x));
            draw(pass.noise(), HeapRows.dtype(x));
            input = masked(x, forward); // (M)
        }
        Run f = layer.forward(input, s0, pass); // (L)
        inner = f;
        Slab H = f.H();
        if (on && !before) {
            draw(pass.noise(), H.rows().dtype());
            H = masked(H, forward); // (M)
        }
        return new Run(this, H, f, () -> generation == run);
    }

    @Override
    public RunGrad backward(Run run, Sequence dH, State dLast) {
        run.requireLatestOf(this);
        if (inner == null) {
            throw new IllegalStateException(name() + ".backward: called before forward.");
        }
        if (!on) {
            return layer.backward(inner, dH, dLast);
        }
        if (before) {
            RunGrad grad = layer.backward(inner, dH, dLast); // (L')
            return new RunGrad(masked(grad.dX(), backward), grad.dS0()); // (M')
        }
        int[] shape = {lengths.steps(), lengths.batch(), outputSize()};
        OutputGradient.require(name(), dH, shape, m.dtype());
        return layer.backward(inner, masked(dH, backward), dLast); // (M'), (L')
    }

    private void draw(Noise noise, Dtype dtype) {
        int B = lengths.batch();
        int count = (mask == Mask.PER_STEP ? lengths.steps() : 1) * B;
        int W = forward.width();
        if (m.length() < count * W || m.dtype() != dtype) {
            m = Vec.zeros(dtype, count * W);
        }
        for (int row = 0; row < count; row++) {
            if (!lengths.padded(row / B, row % B)) {
                noise.dropout(m, row * W, W, rate);
            }
        }
    }

    private Slab masked(Sequence numbers, SlabBuffer into) {
        Vec x = rows.of(numbers);
        int B = lengths.batch();
        Vec y = into.heap(x.dtype(), lengths.steps(), B);
        for (int t = 0; t < lengths.steps(); t++) {
            maskInto(y, x, t * B, t);
        }
        return into.put();
    }

    /** Masks the rows of step t, of which the first is row {@code first}. */
    private void maskInto(Vec y, Vec x, int first, int t) {
        int B = lengths.batch();
        int W = forward.width();
        for (int b = 0; b < B; b++) {
            int at = (first + b) * W;
            if (before && lengths.padded(t, b)) { // whatever stands there, NaN included
                y.fill(at, W, 0);
                continue;
            }
            y.copy(at, x, at, W);
            if (!lengths.padded(t, b)) {
                y.multiply(at, m, (mask == Mask.PER_STEP ? t * B + b : b) * W, W);
            }
        }
    }

    @Override
    public List<Recurrent> inside() {
        return List.of(layer);
    }

    /**
     * {@inheritDoc} All masks are drawn here, those that {@link #forward} draws.
     *
     * @throws IllegalStateException if the layer inside cannot be run step by step
     */
    @Override
    public void begin(State s0, Pass pass) {
        generation++;
        on = pass.noise().isOn() && rate > 0;
        lengths = pass.lengths();
        Dtype dtype = s0.h().dtype();
        int n = lengths.batch() * forward.width();
        if (on && (step.length() != n || step.dtype() != dtype)) {
            step = Vec.zeros(dtype, n);
        }
        if (on && before) {
            draw(pass.noise(), dtype);
        }
        Stepwise.require(layer).begin(s0, pass);
        if (on && !before) {
            draw(pass.noise(), dtype);
        }
    }

    @Override
    public Vec step(int t, Vec x_t) {
        Stepwise inside = Stepwise.require(layer);
        return before ? inside.step(t, masked(t, x_t)) : masked(t, inside.step(t, x_t)); // (M) and (L)
    }

    @Override
    public State state(int t) {
        return Stepwise.require(layer).state(t);
    }

    @Override
    public void beginBack(State dLast) {
        Stepwise.require(layer).beginBack(dLast);
    }

    @Override
    public Vec stepBack(int t, Vec dh_t) {
        Stepwise inside = Stepwise.require(layer);
        return before ? masked(t, inside.stepBack(t, dh_t)) : inside.stepBack(t, masked(t, dh_t)); // (L') and (M')
    }

    private Vec masked(int t, Vec numbers) {
        if (!on) {
            return numbers;
        }
        maskInto(step, numbers, 0, t);
        return step;
    }

    @Override
    public State endBack() {
        return Stepwise.require(layer).endBack();
    }

    @Override
    public void close() {
        layer.close();
        forward.close();
        backward.close();
        generation++;
    }
}
