// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.attention;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Vec;
import java.util.OptionalInt;

/** What a {@link Focus} does with scores, forward and back. */
interface Focusing extends AutoCloseable {
    /** Begins a loop of T steps over a memory. */
    void begin(Memory memory, int steps);

    /**
     * From scores to weights.
     *
     * @param t the step
     * @param position position of the step in the whole target
     * @param query (Input) the decoder's state, [B,H]
     * @param e (Input) scores, [B,S]
     * @param alpha (Output) weights, [B,S]; padded and excluded positions become exactly 0
     */
    void forward(int t, int position, Vec query, Vec e, Vec alpha);

    /**
     * From the gradient of the weights to that of the scores.
     *
     * @param t the step
     * @param alpha (Input) the weights of the step
     * @param dAlpha (Input) their gradient
     * @param de (Output) gradient of the scores
     * @param dQuery (Accumulated) gradient of the query, [B,H]
     */
    void backward(int t, Vec alpha, Vec dAlpha, Vec de, Vec dQuery);

    /** After the loop back: adds the gradients of its own parameters. */
    default void end() {}

    @Override
    default void close() {}

    /** What does the work of a focus; a predicted one declares its parameters. */
    static Focusing of(Focus focus, int querySize, Parameters.Builder p) {
        if (focus instanceof Focus.Predictive local) {
            return new PredictiveFocus(local.radius(), querySize, p);
        }
        return new SoftmaxFocus(
                focus instanceof Focus.Monotonic local ? OptionalInt.of(local.radius()) : OptionalInt.empty());
    }
}
