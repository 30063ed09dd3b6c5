// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.attention;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.Vec;

/** A parameter [A] as the equations of a batch see it: repeated for every row, [B,A], and its gradient row by row. */
record RepeatedVector(Parameter parameter, Vec value, Vec gradient) {
    /** Takes the parameter's numbers of now. */
    void begin() {
        for (int at = 0; at < value.length(); at += parameter.size()) {
            value.copy(at, parameter.values(), parameter.offset(), parameter.size());
        }
        gradient.clear();
    }

    /** Adds the gradient of all rows to the parameter's, and begins another from zero. */
    void end() {
        for (int at = 0; at < gradient.length(); at += parameter.size()) {
            parameter.gradients().add(parameter.offset(), gradient, at, parameter.size());
        }
        gradient.clear();
    }
}
