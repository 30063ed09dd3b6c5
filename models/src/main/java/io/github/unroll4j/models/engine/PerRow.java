// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.Vec;
import java.util.List;

/**
 * Parameters with a number a column, such as a bias, repeated for every row, so that they meet arrays [B,H] element by
 * element. Their gradients are summed over the steps in the same form, and over the rows once, after the loop.
 *
 * <p>Several parameters of one shape are those of a sum, such as b + b_h: each gets the gradient of the sum.
 */
final class PerRow {
    private final List<Parameter> parameters;
    private final int batch;
    private final int units;
    /** One array [B,H] a block. */
    final Vec[] values;

    final Vec[] gradients;
    /** Of the parameters when they were taken, -1 for never. */
    private long version = -1;

    /**
     * Room for parameters of G·H numbers each.
     *
     * @param parameters none for arrays of no block
     * @param units H
     * @param batch B
     */
    PerRow(List<Parameter> parameters, int units, int batch) {
        this.parameters = parameters;
        this.batch = batch;
        this.units = units;
        int blocks = parameters.isEmpty() ? 0 : parameters.get(0).size() / units;
        values = new Vec[blocks];
        gradients = new Vec[blocks];
        for (int g = 0; g < blocks; g++) {
            values[g] = Vec.zeros(parameters.get(0).owner().dtype(), batch * units);
            gradients[g] = Vec.zeros(parameters.get(0).owner().dtype(), batch * units);
        }
    }

    /** Takes the parameters as they are now. */
    void load() {
        if (parameters.isEmpty() || version == parameters.get(0).owner().version()) {
            return;
        }
        version = parameters.get(0).owner().version();
        for (int g = 0; g < values.length; g++) {
            values[g].clear();
            for (Parameter p : parameters) {
                for (int b = 0; b < batch; b++) {
                    values[g].add(b * units, p.values(), p.offset() + g * units, units);
                }
            }
        }
    }

    /** Sets the gradients to zero. */
    void clear() {
        for (Vec gradient : gradients) {
            gradient.clear();
        }
    }

    /** {@code z += b}, of a bias. */
    void addTo(Vec[] z) {
        for (int g = 0; g < values.length; g++) {
            z[g].add(values[g]);
        }
    }

    /** {@code db += dz}, of a bias. */
    void addGradient(Vec[] dz) {
        for (int g = 0; g < gradients.length; g++) {
            gradients[g].add(dz[g]);
        }
    }

    /** After the loop: adds the sums over the rows to the gradients of the parameters. */
    void end() {
        for (int g = 0; g < gradients.length; g++) {
            for (Parameter p : parameters) {
                for (int b = 0; b < batch; b++) {
                    p.gradients().add(p.offset() + g * units, gradients[g], b * units, units);
                }
            }
        }
    }
}
