// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.State;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A layer that also runs one step at a time, for a decoder whose next input waits for what the step before gave.
 *
 * <pre>{@code
 * layer.begin(s0, pass);
 * for (int t = 0; t < T; t++)       h_t = layer.step(t, x_t);
 * layer.beginBack(dLast);
 * for (int t = T - 1; t >= 0; t--)  dx_t = layer.stepBack(t, dh_t);
 * dS0 = layer.endBack();
 * }</pre>
 *
 * <p>Computes what {@link Recurrent#forward} and {@link Recurrent#backward} compute, up to rounding; only the product
 * with the inputs is made step by step. Calls that come in another order are refused.
 *
 * @since 0.1.0
 */
public interface Stepwise extends Recurrent {
    /**
     * Begins a pass forward of {@code pass.lengths().steps()} steps.
     *
     * @param s0 initial state, left as it is
     * @param pass lengths, trace and noise
     */
    void begin(State s0, Pass pass);

    /**
     * One step forward, for t = 0, 1, 2, … in turn, up to the longest length of the pass, beyond which nothing changes.
     *
     * @param t the step
     * @param x_t (Input) [B,D]
     * @return the output, [B,outputSize], borrowed until the next step
     */
    Vec step(int t, Vec x_t);

    /**
     * A copy of the state after some steps.
     *
     * @param t number of steps, 0 for the initial state
     * @return the state
     * @throws IllegalArgumentException if so many steps have not been taken
     */
    State state(int t);

    /**
     * Begins the way back, from the last of exactly as many steps as the longest length of the pass has.
     *
     * @param dLast gradient of the state after it
     */
    void beginBack(State dLast);

    /**
     * One step back, from the last step to the first, each once.
     *
     * @param t the step
     * @param dh_t (Input) gradient of the output of step t, [B,outputSize], left as it is
     * @return gradient of x_t, [B,D], borrowed until the next step back
     */
    Vec stepBack(int t, Vec dh_t);

    /**
     * Ends the way back over all steps. Only now are the gradients of the weights whole: {@code HoistedLayer} adds them
     * here, in one product over all steps, other layers have added some at each step.
     *
     * @return the gradient of the initial state
     */
    State endBack();

    /**
     * A pass whose inputs are [a_t ; x_t] with all a_t known before the loop, so that the product with them leaves it.
     * A decoder with attention is such a case in training: a_t is the embedded target, which is there from the start,
     * x_t the context, which waits for the state before. The columns of x_t are called late.
     *
     * <p>{@link Stepwise#step} then takes x_t alone, and {@link Stepwise#stepBack} gives its gradient alone: [B,D-K],
     * which is empty where all columns are known.
     */
    interface KnownColumns {
        /**
         * Begins such a pass, in place of {@link Stepwise#begin}.
         *
         * @param known a_t for all steps, [T,B,K], K from 1 to the size D of an input; borrowed until the way back has
         *     ended
         * @param s0 initial state, left as it is
         * @param pass lengths, trace and noise
         */
        void begin(Slab known, State s0, Pass pass);

        /**
         * The gradient of all a_t, after {@link Stepwise#endBack}.
         *
         * @return [T,B,K], zeros at padding, borrowed until the next pass
         */
        Slab gradient();
    }

    /**
     * {@return how to run over inputs of which some columns are known; empty, unless overridden, for a layer to which
     * that makes no difference}
     */
    default Optional<KnownColumns> knownColumns() {
        return Optional.empty();
    }

    /** {@return the layers inside, which must run step by step for this one to; none unless overridden} */
    default List<Recurrent> inside() {
        return List.of();
    }

    /**
     * What keeps a layer from running step by step.
     *
     * @param layer any layer
     * @return the layer itself, or the first inside it, that needs the whole sequence; empty where there is none
     */
    static Optional<Recurrent> obstacle(Recurrent layer) {
        Objects.requireNonNull(layer, "layer");
        return layer instanceof Stepwise stepwise
                ? stepwise.inside().stream()
                        .flatMap(inside -> obstacle(inside).stream())
                        .findFirst()
                : Optional.of(layer);
    }

    /**
     * Requires of a layer that it runs step by step, for layers around it.
     *
     * @param layer the layer inside
     * @return the same layer
     * @throws IllegalStateException if it needs the whole sequence
     */
    static Stepwise require(Recurrent layer) {
        if (layer instanceof Stepwise stepwise) {
            return stepwise;
        }
        throw new IllegalStateException(layer.name() + " cannot be run step by step; it needs the whole sequence.");
    }
}
