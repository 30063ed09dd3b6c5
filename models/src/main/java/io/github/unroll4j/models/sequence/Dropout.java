// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.State;
import java.util.Objects;

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
 * <p>PER_STEP draws m_t anew for each t: Zaremba, Sutskever and Vinyals (2014), "Recurrent neural network
 * regularization". PER_SEQUENCE draws one m [B,D] for all steps of a forward pass: Gal and Ghahramani (2016), "A
 * theoretically grounded application of dropout in recurrent neural networks"; one row for all blocks (their tied
 * form). Its counterpart on the recurrent path is {@link RecurrentNoise#dropout}. The scale 1/(1-rate) stands in
 * training, so that evaluation needs none.
 *
 * <p>Masks come from {@link Pass#noise}, in the order of the real steps. Without noise, or at rate 0, this is the layer
 * itself: the same bits, nothing copied, nothing drawn. Nothing is dropped and nothing drawn at a padded step. The
 * state is that of the layer inside, its h the output before a mask; so is what a trace has.
 *
 * @since 0.1.0
 */
public final class Dropout extends Around {
    /** How long a mask lasts. */
    public enum Mask {
        /** A new one at each step. */
        PER_STEP,
        /** One for all steps of a forward pass. */
        PER_SEQUENCE
    }

    private final boolean before;
    private final RowDropout dropout;

    private Dropout(Recurrent layer, double rate, Mask mask, boolean before) {
        super(layer);
        this.before = before;
        dropout = new RowDropout(place(), rate, mask, before ? layer.inputSize() : layer.outputSize());
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
        Objects.requireNonNull(mask, "mask");
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
        Objects.requireNonNull(mask, "mask");
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
    Run run(Sequence x, State s0, Pass pass) {
        if (before && x instanceof Sequence.Ids) {
            throw new IllegalArgumentException(name()
                    + ".forward: the input is token ids, expected numbers [T,B,D]; dropping tokens is the Embedding's"
                    + " rowDropout.");
        }
        outdate();
        Sequence input = x;
        if (before) {
            Slab X = x.numbers(
                    name() + ".forward", inputSize(), pass.lengths(), s0.h().dtype());
            input = dropout.forward(X, pass); // (M)
        }
        Run f = layer.forward(input, s0, pass); // (L)
        Slab H = before ? f.H() : dropout.forward(f.H(), pass); // (M)
        return ran(f, H);
    }

    @Override
    Run.Grad runBack(Run run, Sequence dH, State dLast) {
        Run inner = inner(run);
        if (!dropout.isOn()) {
            return layer.backward(inner, dH, dLast);
        }
        if (before) {
            Run.Grad grad = layer.backward(inner, dH, dLast); // (L')
            return new Run.Grad(dropout.backward(grad.dX()), grad.dS0()); // (M')
        }
        Slab d = inner.H().requireGradient(name() + ".backward", "dH", "H", dH);
        return layer.backward(inner, dropout.backward(d), dLast); // (M'), (L')
    }

    /**
     * {@inheritDoc} All masks are drawn here, those that {@link #forward} draws.
     *
     * @throws IllegalStateException if the layer inside cannot be run step by step
     */
    @Override
    public void begin(State s0, Pass pass) {
        outdate();
        if (before) {
            dropout.begin(pass, s0.h().dtype());
        }
        stepwise().begin(s0, pass);
        if (!before) {
            dropout.begin(pass, s0.h().dtype());
        }
    }

    @Override
    public Vec step(int t, Vec x_t) {
        Stepwise inside = stepwise();
        return before ? inside.step(t, dropout.step(t, x_t)) : dropout.step(t, inside.step(t, x_t)); // (M) and (L)
    }

    @Override
    public Vec stepBack(int t, Vec dh_t) {
        Stepwise inside = stepwise();
        return before
                ? dropout.step(t, inside.stepBack(t, dh_t))
                : inside.stepBack(t, dropout.step(t, dh_t)); // (L') and (M')
    }

    @Override
    void free() {
        dropout.close();
    }
}
