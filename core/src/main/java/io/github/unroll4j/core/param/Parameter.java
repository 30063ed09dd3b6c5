// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.param;

import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.core.tensor.Vec;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A named array of weights and its gradient. Both are views of the two flat arrays of {@link Parameters}.
 *
 * <p>It is declared through {@link Parameters.Builder} and can be used once that has built. The name is a stable
 * interface: a checkpoint finds the numbers by it.
 *
 * @since 0.1.0
 */
public final class Parameter {
    private final String name;
    private final String axes;
    private final int[] shape;
    private final int size;
    private final Init init;
    private final TouchedRows rows;
    private @Nullable Parameters owner;
    private int offset;
    private int index;
    /** The count of clearings of all gradients when this gradient was last written or handed out. */
    private long written = -1;

    Parameter(String name, String axes, int[] shape, Init init, boolean rowSparse) {
        this.name = name;
        this.axes = axes;
        this.shape = shape.clone();
        this.size = WeightCount.of(name, shape);
        this.init = init;
        rows = new TouchedRows(shape.length == 0 ? 1 : shape[0], rowSparse);
    }

    void attach(Parameters parameters, int number, int at) {
        owner = parameters;
        index = number;
        offset = at;
    }

    /** Whether it stands for the same weights as another, declared anew. */
    boolean isLike(Parameter other) {
        return name.equals(other.name) && Arrays.equals(shape, other.shape) && rows.sparse() == other.rows.sparse();
    }

    /** {@return the full name with dots, e.g. {@code encoder.lstm.W_x}} */
    public String name() {
        return name;
    }

    /** {@return the axes in words, e.g. {@code D,4H:i|f|o|g}, for messages} */
    public String axes() {
        return axes;
    }

    /** {@return a copy of the sizes} */
    public int[] shape() {
        return shape.clone();
    }

    /**
     * Returns one size.
     *
     * @param axis 0 for the first axis
     * @return the size of that axis
     * @throws ShapeException if there is no such axis
     */
    public int size(int axis) {
        if (axis < 0 || axis >= shape.length) {
            throw ShapeException.of(
                    "Parameter " + name + ".size",
                    "the axis",
                    Integer.toString(axis),
                    "0 to " + (shape.length - 1),
                    "");
        }
        return shape[axis];
    }

    /** {@return the number of elements} */
    public int size() {
        return size;
    }

    /** {@return the initialiser of the values} */
    public Init init() {
        return init;
    }

    /**
     * {@return the rows, along the first axis, whose gradient may differ from zero} Unless declared row-sparse: all
     * rows.
     */
    public TouchedRows rows() {
        return rows;
    }

    /**
     * Visits the ranges of the flat arrays of {@link #owner()} that belong to the touched {@link #rows()}.
     *
     * @param visitor called once for each touched row, or once in total if all rows are touched
     */
    public void forEachTouched(Parameters.RangeVisitor visitor) {
        Objects.requireNonNull(visitor, "visitor");
        if (rows.all()) {
            visitor.visit(offset(), size);
            return;
        }
        for (int i = 0; i < rows.count(); i++) {
            int width = size / shape[0]; // inside the loop: with no rows this would divide by zero
            visitor.visit(offset() + rows.row(i) * width, width);
        }
    }

    /** {@return the index of the first element of this parameter in the flat arrays of {@link #owner()}} */
    public int offset() {
        owner();
        return offset;
    }

    /**
     * {@return the registry that owns the numbers}
     *
     * @throws IllegalStateException before {@link Parameters.Builder#build}
     */
    public Parameters owner() {
        if (owner == null) {
            throw new IllegalStateException("Parameter " + name + ": used before its Parameters were built.");
        }
        return owner;
    }

    /** {@return the flat values of the owner} Those of this parameter start at {@link #offset()}, row-major. */
    public Vec values() {
        return owner().values();
    }

    /** {@return the flat gradients of the owner} Those of this parameter start at {@link #offset()}, row-major. */
    public Vec gradients() {
        requireWritten();
        return owner().ownGradients();
    }

    /** Makes up for a clearing of all gradients, before this one is read or added to. */
    void requireWritten() {
        if (beginWriting()) {
            owner().ownGradients().fill(offset, size, 0);
        }
    }

    /**
     * Counts this gradient as written from now on. Returns whether what stands there is older than the last clearing of
     * all gradients, and so stands for zeros. Touched rows are cleared at once, so they are never older.
     */
    private boolean beginWriting() {
        boolean older = written != owner().cleared();
        written = owner().cleared();
        return older && !rows.sparse();
    }

    /** Sets the touched rows of a row-sparse gradient to zero, and forgets them. */
    void clear(@Nullable Vec gradients) {
        if (gradients != null) {
            forEachTouched((at, n) -> gradients.fill(at, n, 0));
        }
        rows.clear();
    }

    /**
     * Adds a gradient that was computed in native memory: {@code gradient += dW}. The first one after a clearing is
     * copied instead, because the gradient there is zero and no caller has been given the array. Then it need not be
     * read and added to, which saves an eighth of an iteration of a small model.
     *
     * @param dW (Input) as many numbers as this parameter has, contiguous
     */
    public void addGradient(NativeMatrix dW) {
        rows.addAll();
        if (beginWriting()) {
            dW.get(owner().ownGradients(), offset);
        } else {
            dW.addTo(gradients(), offset);
        }
    }

    /**
     * Takes a share in the copy of the values in native memory, which all registries over the same values have in
     * common: the weights are there once, however many layers and threads multiply by them. It is allocated with the
     * first share and freed with the last.
     *
     * @return {@link #size()} numbers, row-major, as {@link #values()} are now; to be read only. Give the share back
     *     with {@link #closeNative}
     */
    public NativeArray openNative() {
        return owner().weights().copy(index).open(this);
    }

    /**
     * Renews the native copy if the values have moved since. For one who has a share; others see the renewed numbers
     * too, which is why values change through {@link Parameters#write} where threads share them.
     *
     * @return the copy
     */
    public NativeArray renewNative() {
        return owner().weights().copy(index).renewed(this);
    }

    /** Gives back one share in the native copy. */
    public void closeNative() {
        owner().weights().copy(index).close();
    }

    /**
     * Copies this parameter's values to a new array of doubles.
     *
     * @return the copy
     */
    public double[] valuesCopy() {
        return owner().read(() -> copyOf(values()));
    }

    /**
     * Copies this parameter's gradient to a new array of doubles.
     *
     * @return the copy
     */
    public double[] gradientCopy() {
        return copyOf(gradients());
    }

    /**
     * Replaces the values, as {@link Parameters#write} does.
     *
     * @param numbers {@link #size()} numbers, row-major
     * @throws IllegalStateException while another thread trains the same weights, or this one reads them
     */
    public void set(double... numbers) {
        if (numbers.length != size) {
            throw ShapeException.of(
                    "Parameter " + name + ".set",
                    "numbers",
                    numbers.length + " elements",
                    size + " for " + Arrays.toString(shape),
                    "");
        }
        owner().write(all -> {
            for (int i = 0; i < size; i++) {
                all.set(offset + i, numbers[i]);
            }
        });
    }

    private double[] copyOf(Vec all) {
        double[] numbers = new double[size];
        for (int i = 0; i < size; i++) {
            numbers[i] = all.get(offset + i);
        }
        return numbers;
    }

    /**
     * Names one element for messages, e.g. {@code lstm.W_h[3, g:2]} if the axes declare blocks.
     *
     * @param index position inside this parameter, row-major
     * @return the readable name
     */
    public String describe(int index) {
        String[] words = axes.split(",", -1);
        StringBuilder text = new StringBuilder();
        int rest = index;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            int at = rest % shape[axis];
            rest /= shape[axis];
            text.insert(0, (axis == 0 ? "" : ", ") + position(at, shape[axis], axis < words.length ? words[axis] : ""));
        }
        return name + "[" + text + "]";
    }

    private static String position(int at, int size, String axis) {
        int colon = axis.indexOf(':');
        if (colon < 0) {
            return Integer.toString(at);
        }
        String[] blocks = axis.substring(colon + 1).split("\\|", -1);
        int width = size / blocks.length;
        return blocks[at / width] + ":" + at % width;
    }

    @Override
    public String toString() {
        return name + Arrays.toString(shape) + " (" + axes + ")";
    }
}
