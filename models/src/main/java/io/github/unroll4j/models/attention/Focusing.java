// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.attention;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Vec;
import java.util.OptionalInt;

/** What a {@link Focus} does with scores, forward and back. */
interface Focusing extends AutoCloseable {
    /** Begins a loop of T steps over a memory. */
    void begin(Memory memory, int steps);

    /** From scores [B,S] in {@code alpha} to weights in their place; padded and excluded positions become exactly 0. */
    void forward(int t, int number, Vec query, Vec alpha);

    /** From the gradient of the weights in {@code d} to that of the scores in its place; adds to {@code dQuery}. */
    void backward(int t, Vec alpha, Vec d, Vec dQuery);

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
