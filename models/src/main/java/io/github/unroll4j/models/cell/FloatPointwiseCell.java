// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cell;

/** A pointwise cell that has a float form too, derived from the double form by {@code tools/generate}. */
public interface FloatPointwiseCell extends PointwiseCell {
    /**
     * One step forward in float.
     *
     * @param s the arrays of this step
     * @see PointwiseCell#forward(DoubleStep)
     */
    void forward(FloatStep s);

    /**
     * One step backward in float.
     *
     * @param s the arrays of the same step
     * @see PointwiseCell#backward(DoubleStep)
     */
    void backward(FloatStep s);
}
