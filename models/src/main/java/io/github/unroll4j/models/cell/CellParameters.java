// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cell;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The weights of a cell: W_x [D,G·H], W_h [size of h,G·H], those of its products, its biases b and b_h [G·H], and its
 * parameters [H] with one number a unit. W_h has columns for the blocks with a recurrent side only.
 *
 * @since 0.1.0
 */
public final class CellParameters {
    private final int inputSize;
    private final Parameter W_x;
    private final Parameter W_h;
    private final List<Parameter> products;
    private final Optional<Parameter> b;
    private final Optional<Parameter> b_h;
    private final List<Parameter> units;

    /**
     * Declares the weights of a cell.
     *
     * @param layout what the cell is made of; closed by this
     * @param inputSize size of an input row D
     * @param p where to declare; the names get the cell's name as a scope
     * @throws IllegalArgumentException if {@code inputSize} is below 1, or the layout lacks a block or a state
     */
    public CellParameters(Layout layout, int inputSize, Parameters.Builder p) {
        Objects.requireNonNull(p, "p");
        layout.close();
        if (inputSize < 1) {
            throw new IllegalArgumentException(
                    "CellParameters(" + layout.name() + "): input size is " + inputSize + ", expected 1 or more.");
        }
        this.inputSize = inputSize;
        int H = layout.hidden();
        int P = layout.h().size();
        int G = layout.blocks().size();
        int R = layout.recurrentBlocks();
        Parameters.Builder scope = p.scope(layout.name());
        W_x = scope.add("W_x", "D," + columns(layout, G), layout.inputWeights(), inputSize, G * H);
        W_h = scope.add("W_h", layout.axis(P) + "," + columns(layout, R), layout.recurrentWeights(), P, R * H);
        products = layout.products().stream()
                .map(u -> scope.add(u.name(), layout.axes(u), layout.init(u), u.inputSize(), u.size()))
                .toList();
        b = layout.biases() == Layout.Biases.NONE
                ? Optional.empty()
                : Optional.of(scope.add("b", columns(layout, G), layout.bias(), G * H));
        int recurrent = layout.isApart() ? R : G; // of maps that are summed, b_h adds to every block
        b_h = layout.biases() == Layout.Biases.TWO
                ? Optional.of(scope.add("b_h", columns(layout, recurrent), Init.zeros(), recurrent * H))
                : Optional.empty();
        units = layout.units().stream()
                .map(u -> scope.add(u.name(), "H", layout.init(u), H))
                .toList();
    }

    /** The first blocks as an axis, such as {@code 4H:i|f|o|g}. */
    private static String columns(Layout layout, int count) {
        List<String> names =
                layout.blocks().stream().limit(count).map(Layout.Block::name).toList();
        return count + "H:" + String.join("|", names);
    }

    /** {@return the size of an input row D} */
    public int inputSize() {
        return inputSize;
    }

    /** {@return input weights [D,G·H]} */
    public Parameter W_x() {
        return W_x;
    }

    /** {@return recurrent weights [H,G·H]} */
    public Parameter W_h() {
        return W_h;
    }

    /** {@return the weights of the products inside the step, in the order of the layout} */
    public List<Parameter> products() {
        return products;
    }

    /** {@return bias of the input side [G·H], where the cell has any} */
    public Optional<Parameter> b() {
        return b;
    }

    /** {@return bias of the recurrent side [G·H], where the cell has two} */
    public Optional<Parameter> b_h() {
        return b_h;
    }

    /** {@return the parameters [H] with one number a unit, in the order of the layout} */
    public List<Parameter> units() {
        return units;
    }
}
