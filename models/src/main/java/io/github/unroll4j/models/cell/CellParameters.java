// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cell;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The weights of a pointwise cell: W_x [D,G·H], W_h [H,G·H], b [G·H], perhaps b_h [G·H], and its per-unit parameters [H]. */
public final class CellParameters {
    private final int inputSize;
    private final Parameter W_x;
    private final Parameter W_h;
    private final Parameter b;
    private final Optional<Parameter> b_h;
    private final List<Parameter> unitParameters = new ArrayList<>();

    /**
     * Declares the weights of a cell.
     *
     * @param cell the cell
     * @param inputSize size of an input row D
     * @param p where to declare; the names get the cell's name as a scope
     * @throws IllegalArgumentException if {@code inputSize} or the number of units is below 1
     */
    public CellParameters(PointwiseCell cell, int inputSize, Parameters.Builder p) {
        CellSpec spec = cell.spec();
        int H = cell.hidden();
        if (inputSize < 1 || H < 1) {
            throw new IllegalArgumentException("CellParameters(" + spec.name() + "): input size is " + inputSize
                    + " and hidden size " + H + ", expected 1 or more.");
        }
        this.inputSize = inputSize;
        int columns = spec.blocks().size() * H;
        String blocks = spec.blocks().size() + "H:" + String.join("|", spec.blocks());
        Parameters.Builder scope = p.scope(spec.name());
        W_x = scope.add("W_x", "D," + blocks, spec.start().inputWeights(), inputSize, columns);
        W_h = scope.add("W_h", "H," + blocks, spec.start().recurrentWeights(), H, columns);
        b = scope.add("b", blocks, spec.start().bias(), columns);
        b_h = spec.recurrentBias() ? Optional.of(scope.add("b_h", blocks, Init.zeros(), columns)) : Optional.empty();
        for (CellSpec.UnitParameter point : spec.unitParameters()) {
            unitParameters.add(scope.add(point.name(), "H", point.init(), H));
        }
    }

    /** The size of an input row D. */
    public int inputSize() {
        return inputSize;
    }

    /** Input weights [D,G·H]. */
    public Parameter W_x() {
        return W_x;
    }

    /** Recurrent weights [H,G·H]. */
    public Parameter W_h() {
        return W_h;
    }

    /** Bias of the input side [G·H]. */
    public Parameter b() {
        return b;
    }

    /** Bias of the recurrent side [G·H], where the cell has one. */
    public Optional<Parameter> b_h() {
        return b_h;
    }

    /** The per-unit parameters [H], in the order of the spec. */
    public List<Parameter> unitParameters() {
        return List.copyOf(unitParameters);
    }
}
