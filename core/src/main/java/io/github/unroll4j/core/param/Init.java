// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.param;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import java.util.Arrays;
import java.util.function.DoubleSupplier;

/**
 * The initial values of a parameter.
 *
 * <p>Matrices are [in, out] and are used as {@code x·W}: fan_in is the number of rows. A vector [n] counts as the
 * matrix [n, 1]. A blocked matrix [in, G*H] has G matrices [in, H] side by side, one for each gate. Factories that
 * depend on the shape take G, because each gate is a layer of its own. Numbers are drawn in the row-major order of the
 * shape.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface Init {
    /**
     * Writes initial values.
     *
     * @param values (Output) the flat array
     * @param at first element to write
     * @param shape sizes of the parameter
     * @param rng source of randomness
     */
    void fill(Vec values, int at, int[] shape, Rng rng);

    /**
     * Sets all values to zero.
     *
     * @return the initialiser
     */
    static Init zeros() {
        return constant(0);
    }

    /**
     * Sets all values to one.
     *
     * @return the initialiser
     */
    static Init ones() {
        return constant(1);
    }

    /**
     * Sets all values to one number.
     *
     * @param value the value
     * @return the initialiser
     */
    static Init constant(double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("Init.constant: the value is " + value + ", expected a finite number.");
        }
        return (values, at, shape, rng) -> values.fill(at, Tensor.elements(shape), value);
    }

    /**
     * Draws from the normal distribution with mean 0.
     *
     * @param std standard deviation, 0 or more
     * @return the initialiser
     * @throws IllegalArgumentException if {@code std} is negative or not a finite number
     */
    static Init normal(double std) {
        requireScale("Init.normal", "std", std);
        return (values, at, shape, rng) -> draw(values, at, shape, () -> std * rng.nextGaussian());
    }

    /**
     * Draws from the uniform distribution over [-a, a).
     *
     * @param a the bound, 0 or more
     * @return the initialiser
     * @throws IllegalArgumentException if {@code a} is negative or not a finite number
     */
    static Init uniform(double a) {
        requireScale("Init.uniform", "a", a);
        return (values, at, shape, rng) -> draw(values, at, shape, () -> a * (2 * rng.nextDouble() - 1));
    }

    /** {@return {@link #glorotUniform(int)} for a matrix of one block} */
    static Init glorotUniform() {
        return glorotUniform(1);
    }

    /**
     * Draws from the uniform distribution over ±√(6 / (fan_in + fan_out)) (Glorot and Bengio 2010, equation 16).
     *
     * @param blocks G, the number of blocks along the columns; fan_out is H, the width of one block
     * @return the initialiser; its {@code fill} throws ShapeException unless the shape is [in] or [in, G*H]
     */
    static Init glorotUniform(int blocks) {
        return (values, at, shape, rng) -> uniform(Math.sqrt(6 / fans("Init.glorotUniform", shape, blocks)))
                .fill(values, at, shape, rng);
    }

    /** {@return {@link #glorotNormal(int)} for a matrix of one block} */
    static Init glorotNormal() {
        return glorotNormal(1);
    }

    /**
     * Draws from the normal distribution, not truncated, with variance 2 / (fan_in + fan_out) (Glorot and Bengio 2010,
     * equation 12).
     *
     * @param blocks G, the number of blocks along the columns; fan_out is H, the width of one block
     * @return the initialiser; its {@code fill} throws ShapeException unless the shape is [in] or [in, G*H]
     */
    static Init glorotNormal(int blocks) {
        return (values, at, shape, rng) ->
                normal(Math.sqrt(2 / fans("Init.glorotNormal", shape, blocks))).fill(values, at, shape, rng);
    }

    /** {@return {@link #orthogonalBlocks} for a matrix of one block} */
    static Init orthogonal() {
        return orthogonalBlocks(1);
    }

    /**
     * Draws an orthogonal matrix for each block (Saxe, McClelland and Ganguli 2014), uniformly from all orthogonal
     * matrices. Its columns are orthonormal; if it has more columns than rows, its rows are.
     *
     * @param blocks G, the number of blocks along the columns
     * @return the initialiser; its {@code fill} throws ShapeException unless the shape is [in] or [in, G*H]
     */
    static Init orthogonalBlocks(int blocks) {
        return (values, at, shape, rng) -> {
            int out = fanOut("Init.orthogonal", shape, blocks);
            double[] gaussian = new double[Tensor.elements(shape)];
            Arrays.setAll(gaussian, k -> rng.nextGaussian());
            double[] result = Orthogonal.blocks(gaussian, shape[0], out, blocks);
            for (int k = 0; k < result.length; k++) {
                values.set(at + k, result[k]);
            }
        };
    }

    /**
     * Uses another initialiser for each block along the last axis. An example is
     * {@code blocks(zeros(), ones(), zeros(), zeros())} for an LSTM bias i|f|o|g with open forget gates. The blocks are
     * drawn one after the other.
     *
     * @param perBlock one initialiser for each block; it gets the shape of that block only
     * @return the initialiser; its {@code fill} throws ShapeException if the last axis cannot be cut into that many
     *     blocks
     */
    static Init blocks(Init... perBlock) {
        Init[] inits = perBlock.clone();
        return (values, at, shape, rng) -> {
            int last = shape.length - 1;
            int width = width("Init.blocks", shape, inits.length);
            int[] blockShape = shape.clone();
            blockShape[last] = width;
            Vec block = Vec.zeros(values.dtype(), Tensor.elements(blockShape));
            for (int g = 0; g < inits.length; g++) {
                inits[g].fill(block, 0, blockShape, rng);
                for (int row = 0; row * width < block.length(); row++) {
                    values.copy(at + row * shape[last] + g * width, block, row * width, width);
                }
            }
        };
    }

    /** fan_in + fan_out of one block: the rows, and its columns. */
    private static double fans(String where, int[] shape, int blocks) {
        return fanOut(where, shape, blocks) + (double) shape[0];
    }

    /** The columns of one block of a shape [in, G*H]; [in] counts as [in, 1]. */
    private static int fanOut(String where, int[] shape, int blocks) {
        if (shape.length == 1 && blocks == 1) {
            return 1;
        }
        if (shape.length != 2) {
            throw ShapeException.of(where, "the parameter", Arrays.toString(shape), "a matrix [in, out]", "");
        }
        return width(where, shape, blocks);
    }

    /** The width of one of the blocks along the last axis of any shape. */
    private static int width(String where, int[] shape, int blocks) {
        if (shape.length == 0 || blocks < 1 || shape[shape.length - 1] % blocks != 0) {
            throw ShapeException.of(
                    where,
                    "the parameter",
                    Arrays.toString(shape),
                    "a last axis of " + blocks + " blocks of one width",
                    "the number of blocks is not that of the cell's gates");
        }
        return shape[shape.length - 1] / blocks;
    }

    private static void draw(Vec values, int at, int[] shape, DoubleSupplier next) {
        int count = Tensor.elements(shape);
        for (int k = 0; k < count; k++) {
            values.set(at + k, next.getAsDouble());
        }
    }

    private static void requireScale(String where, String what, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    where + ": " + what + " is " + value + ", expected a finite number of 0 or more.");
        }
    }
}
