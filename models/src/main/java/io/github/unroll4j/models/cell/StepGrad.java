// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cell;

import io.github.unroll4j.core.tensor.Tensor;

/**
 * What one backward step returns; weight gradients went into the cell's parameters.
 *
 * @param dx_t gradient of the input, [B,D]
 * @param dPrev gradient of the state before the step
 */
public record StepGrad(Tensor dx_t, State dPrev) {}
