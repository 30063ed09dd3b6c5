// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.layer;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.internal.OneThread;
import io.github.unroll4j.models.internal.SlabMap;
import io.github.unroll4j.models.internal.WeightImage;
import io.github.unroll4j.models.sequence.Slab;
import java.util.Objects;

/**
 * The linear map over all steps at once.
 *
 * <pre>
 * (1)  Y = X W + b       X [T·B,D], W [D,N], b [N], Y [T·B,N]
 * (1') dX = dY Wᵀ,  dW += Xᵀ dY,  db += column sums of dY
 * </pre>
 *
 * <p>Y comes out on the heap, where the softmax wants it. Starts from Glorot-uniform W and zero b.
 *
 * <p>Tied to a table [N,D] of another layer, usually an {@link Embedding}, the map has no weights of its own: W =
 * tableᵀ (Inan, Khosravi and Socher 2017; Press and Wolf 2017). The gradient of the table is then the sum of both uses,
 *
 * <pre>
 * (1') tied:  dtable += dYᵀ X
 * </pre>
 *
 * and touches all its rows.
 *
 * @since 0.1.0
 */
public final class Linear implements AutoCloseable {
    private static final Vec NONE = Vec.zeros(Dtype.FLOAT, 0);

    private final String label;
    private final Parameter W;
    private final Parameter b;
    private final int D;
    private final int N;
    private final SlabMap map;
    private final Slab input;
    /** Y, then its gradient, of the real steps; their heap side is {@link #Y}. */
    private final Slab y;

    private final Slab dX;
    private Vec Y = NONE;
    private int steps;
    private int batch;
    /** Steps that are not padding, 0 before the first forward. */
    private int real;

    private final OneThread user;

    /**
     * Declares the map.
     *
     * @param name scope of the parameter names
     * @param inputSize D
     * @param outputSize N
     * @param p where to declare
     */
    public Linear(String name, int inputSize, int outputSize, Parameters.Builder p) {
        this(
                p.scope(Objects.requireNonNull(name, "name"))
                        .add("W", "D,N", Init.glorotUniform(), inputSize, outputSize),
                false,
                p.scope(name));
    }

    /**
     * Declares a map tied to a table: Y = X tableᵀ + b. Only b is declared.
     *
     * @param name scope of the parameter name
     * @param table [N,D], declared by another layer in the same registry
     * @param p where to declare
     * @throws io.github.unroll4j.core.tensor.ShapeException if the table is not a matrix
     */
    public Linear(String name, Parameter table, Parameters.Builder p) {
        this(requireMatrix(Objects.requireNonNull(name, "name"), table), true, p.scope(name));
    }

    private Linear(Parameter W, boolean tied, Parameters.Builder scope) {
        this.W = W;
        D = W.size(tied ? 1 : 0);
        N = W.size(tied ? 0 : 1);
        b = scope.add("b", "N", Init.zeros(), N);
        map = new SlabMap(tied ? WeightImage.ofTransposed(W) : new WeightImage(W));
        input = new Slab(D);
        y = new Slab(N);
        dX = new Slab(D);
        label = tied ? "Linear(" + b.name() + ", tied to " + W.name() + ")" : "Linear(" + W.name() + ")";
        user = new OneThread(() -> label);
    }

    private static Parameter requireMatrix(String name, Parameter table) {
        ShapeException.Axis[] axes = {ShapeException.axis("N", -1), ShapeException.axis("D", -1)};
        ShapeException.require("Linear(" + name + ")", "the table " + table.name(), table.shape(), axes, "");
        return table;
    }

    /** {@return the weights: [D,N], or the table [N,D] that the map is tied to} */
    public Parameter W() {
        return W;
    }

    /** {@return the bias [N]} */
    public Parameter b() {
        return b;
    }

    /**
     * {@code Y = X W + b}.
     *
     * @param X (Input) [T,B,D], borrowed until the next forward
     * @return Y, row-major [T·B,N] from element 0 on, borrowed until the next forward; the caller may overwrite it with
     *     its gradient. The array is longer where an earlier X had more rows: it is kept for the longest
     */
    public Vec forward(Slab X) {
        return forward(X, X.steps());
    }

    /**
     * The same for the first steps alone. The rest is padding, which takes part in no product, so that its amount
     * changes no bit of a gradient; its rows of Y are not written, and those of dX are zero.
     *
     * @param X (Input) [T,B,D], borrowed until the next forward
     * @param steps the longest of the rows' lengths, 0 to T
     * @return Y
     * @throws IllegalArgumentException if X has fewer steps, or is of another element type
     * @throws ShapeException if its rows have another size
     */
    public Vec forward(Slab X, int steps) {
        user.enter("forward");
        try {
            Dtype dtype = W.owner().dtype();
            ShapeException.Axis[] axes = {
                ShapeException.axis("T", -1), ShapeException.axis("B", -1), ShapeException.axis("D", D)
            };
            X.numbers(label + ".forward", "X", dtype, "", axes);
            if (steps < 0 || steps > X.steps()) {
                throw new IllegalArgumentException(label + ".forward: the first " + steps
                        + " steps were asked for, expected 0 to T=" + X.steps() + " of X.");
            }
            this.steps = X.steps();
            batch = X.batch();
            real = Math.max(1, steps);
            NativeMatrix x = X.withRows(input).first(real);
            map.forward(X.steps(), x, y.resize(dtype, real, batch).target()); // (1)
            if (Y.length() < X.steps() * batch * N || Y.dtype() != dtype) {
                Y = Vec.zeros(dtype, Tensor.elements(X.steps(), batch, N));
            }
            y.get(Y);
            for (int row = 0; row < real * batch; row++) { // (1)
                Y.add(row * N, b.values(), b.offset(), N);
            }
            return Y;
        } finally {
            user.exit();
        }
    }

    /**
     * The gradient of the latest {@link #forward}.
     *
     * @param dY (Input) row-major [T·B,N] from element 0 on; the array that forward returned is welcome
     * @return dX [T,B,D], borrowed until the next backward
     * @throws IllegalStateException before the first forward
     * @throws ShapeException if there are fewer numbers than the steps of forward have; nothing has changed then
     * @throws IllegalArgumentException if they are of another element type
     */
    public Slab backward(Vec dY) {
        Objects.requireNonNull(dY, "dY");
        user.enter("backward");
        try {
            if (real == 0) {
                throw new IllegalStateException(label + ".backward: called before forward.");
            }
            requireGradient(dY);
            for (int row = 0; row < real * batch; row++) { // (1') db
                b.gradients().add(b.offset(), dY, row * N, N);
            }
            y.put(dY);
            dX.resize(y.dtype(), steps, batch).target();
            map.backward(dX.first(real), y.rows()); // (1')
            dX.zeroFrom(real);
            return dX;
        } finally {
            user.exit();
        }
    }

    private void requireGradient(Vec dY) {
        if (dY.dtype() != y.dtype()) {
            throw new IllegalArgumentException(
                    label + ".backward: dY is " + dY.dtype() + ", expected " + y.dtype() + " as the parameters are.");
        }
        if (dY.length() < y.size()) {
            String expected = "at least T·B·N = " + real + "·" + batch + "·" + N;
            throw ShapeException.of(label + ".backward", "dY", dY.length() + " numbers", expected, "");
        }
    }

    /** Frees native memory; a second call does nothing. */
    @Override
    public void close() {
        user.enter("close");
        try {
            Y = NONE;
            map.close();
            input.close();
            y.close();
            dX.close();
            real = 0;
        } finally {
            user.exit();
        }
    }
}
