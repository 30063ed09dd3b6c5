// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.internal;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.Vec;
import org.jspecify.annotations.Nullable;

/**
 * A weight matrix W [K,N] in native memory, renewed when its values moved, and room for its gradient.
 *
 * <p>The numbers of W are a share in the {@linkplain Parameter#openNative one native copy} that all images of the same
 * weights read. What is of one image is its views, the room for its gradient, its tiles, and other numbers in the place
 * of W. An image serves one thread.
 *
 * <p>N may be G blocks of columns. A block is a strided view: BLAS reads it in place, and its product comes out as an
 * array of its own, contiguous over the batch (docs/adr/0002). A map may meet all rows of W, or some of them where its
 * input is some columns of x.
 *
 * <p>For products of one step it lies in {@link Tiles}. Each form is allocated and laid out when it is first asked for,
 * room for the gradient on the first way back.
 *
 * @since 0.1.0
 */
public final class WeightImage implements AutoCloseable {
    private final Parameter W;
    private final int blocks;
    private final boolean transposed;
    /** The share in the copy of W, held from the first product until close. */
    private @Nullable NativeArray shared;

    private @Nullable NativeMatrix sharedImage;
    /** Where others lie that are in use in place of W. */
    private @Nullable NativeArray memory;

    private @Nullable NativeMatrix ownImage;
    private @Nullable NativeMatrix laidOutImage;
    private @Nullable NativeArray gradientMemory;
    private @Nullable NativeMatrix gradient;
    /** Those in use in place of W. */
    private @Nullable Vec others;
    /** Version of the values in use, -1 for none. */
    private long version = -1;
    /** Counts the changes of what is in use; what was laid out of an earlier one is stale. */
    private long changes;

    private long laidOut = -1;

    private WeightImage(Parameter W, int blocks, boolean transposed) {
        this.W = W;
        this.blocks = blocks;
        this.transposed = transposed;
    }

    /**
     * An image of one block.
     *
     * @param W [K,N]
     */
    public WeightImage(Parameter W) {
        this(W, 1);
    }

    /**
     * An image of some blocks of columns.
     *
     * @param W [K,G·H]
     * @param blocks G
     */
    public WeightImage(Parameter W, int blocks) {
        this(W, blocks, false);
    }

    /**
     * An image of a table that is multiplied by its columns: W = tableᵀ.
     *
     * @param table [N,K]
     * @return the image of W [K,N]
     */
    public static WeightImage ofTransposed(Parameter table) {
        return new WeightImage(table, 1, true);
    }

    /** W, or the table that it is the transpose of. */
    Parameter parameter() {
        return W;
    }

    /** {@return all rows of W} */
    public Rows rows() {
        return rows(0, W.size(transposed ? 1 : 0));
    }

    /**
     * Some rows of W, for a map whose input is as many columns of x.
     *
     * @param first first row
     * @param count number of rows
     * @return them, borrowed from this image
     */
    public Rows rows(int first, int count) {
        return new Rows(this, first, count);
    }

    /** Takes the values of W as they are now. */
    public void refresh() {
        if (others != null || version != W.owner().version()) {
            others = null;
            version = W.owner().version();
            changes++;
        }
    }

    /**
     * Takes others in place of W until the next {@link #refresh}.
     *
     * @param weights (Input) as many, from element 0 on; borrowed until then
     */
    public void use(Vec weights) {
        others = weights;
        version = W.owner().version();
        changes++;
    }

    /** The numbers in use. */
    private Vec weights() {
        if (version < 0) {
            throw new IllegalStateException("WeightImage(" + W.name() + "): used before refresh or after close.");
        }
        return others == null ? W.values() : others;
    }

    /** What was multiplied by on the way forth is needed on the way back, and it is not kept where it is written to. */
    private void requireUnchanged() {
        if (version >= 0 && version != W.owner().version()) {
            throw new IllegalStateException("WeightImage(" + W.name() + "): backward after the weights have changed,"
                    + " expected those of forward; likely cause: a step of the optimiser, or a write, between them.");
        }
    }

    private int offset() {
        return others == null ? W.offset() : 0;
    }

    /** W itself, not transposed. */
    private NativeMatrix image() {
        Vec weights = weights();
        NativeMatrix image = laidOutImage;
        if (image == null || laidOut != changes) {
            image = others == null ? shared() : own(weights);
            laidOutImage = image;
            laidOut = changes;
        }
        return image;
    }

    private NativeMatrix shared() {
        NativeArray copy = shared == null ? W.openNative() : W.renewNative();
        if (sharedImage == null || shared != copy) {
            shared = copy;
            sharedImage = copy.matrix(0, W.size(0), W.size(1));
        }
        return sharedImage;
    }

    private NativeMatrix own(Vec weights) {
        if (memory == null || ownImage == null) {
            memory = NativeArray.allocate(W.owner().dtype(), W.size());
            ownImage = memory.matrix(0, W.size(0), W.size(1));
        }
        ownImage.put(weights, 0);
        return ownImage;
    }

    /** {@return where the gradient of W is computed before it is added; as many numbers as W has, without gaps} */
    public NativeMatrix gradient() {
        if (gradient == null) {
            gradientMemory = NativeArray.allocate(W.owner().dtype(), W.size());
            gradient = gradientMemory.matrix(0, W.size(0), W.size(1));
        }
        return gradient;
    }

    /** {@code dW += } what was computed, once for all rows. */
    public void addGradient() {
        W.addGradient(gradient());
    }

    /** Frees native memory, and gives back the share in the copy of W; a later refresh begins anew. */
    @Override
    public void close() {
        if (shared != null) {
            shared = null;
            sharedImage = null;
            W.closeNative();
        }
        if (memory != null) {
            memory.close();
            memory = null;
            ownImage = null;
        }
        laidOutImage = null;
        if (gradientMemory != null) {
            gradientMemory.close();
            gradientMemory = null;
            gradient = null;
        }
        others = null;
        version = -1;
        laidOut = -1;
    }

    /** Rows [k,N] of W, whole or in blocks of columns. */
    public static final class Rows {
        private final WeightImage of;
        private final int first;
        private final int count;
        private final Columns w = new Columns();
        private final Columns dW = new Columns();
        /** W_g, and W_gᵀ. */
        private @Nullable Tiles forth;

        private @Nullable Tiles back;

        Rows(WeightImage of, int first, int count) {
            this.of = of;
            this.first = first;
            this.count = count;
        }

        /** Whose rows these are. */
        WeightImage image() {
            return of;
        }

        /** Whether they are all of its rows. */
        boolean whole() {
            return count == of.W.size(of.transposed ? 1 : 0);
        }

        /** The number of rows k. */
        int size() {
            return count;
        }

        /** The columns of a block, N/G. */
        int width() {
            return of.W.size(of.transposed ? 0 : 1) / of.blocks;
        }

        /** G. */
        int blocks() {
            return of.blocks;
        }

        /** As one matrix, or as G blocks of columns, to meet an operand of as many parts. */
        NativeMatrix[] parts(int n) {
            return w.of(of.transposed ? of.image().t() : of.image(), n);
        }

        /**
         * {@code Y_g = X W_g}, or {@code Y_g += X W_g}.
         *
         * @param X (Input) [R,k]
         * @param Y (Output, or accumulated) all columns in one part, or in G
         * @param again whether this is one of many products by the same weights, for which they are laid out in tiles
         */
        void product(NativeMatrix X, NativeMatrix[] Y, boolean add, boolean again) {
            if (again && Tiles.gain(X.rows(), count, Y[0].cols())) {
                forth(Y.length, Y[0].cols()).product(X, Y, add);
                return;
            }
            NativeMatrix[] w = parts(Y.length);
            for (int g = 0; g < Y.length; g++) {
                if (add) {
                    Y[g].addProduct(X, w[g]);
                } else {
                    Y[g].product(X, w[g]);
                }
            }
        }

        /**
         * {@code dX = Σ_g dY_g W_gᵀ}.
         *
         * @param dY (Input) all columns in one part, or in G
         * @param dX (Output) [R,k]
         * @param again as {@link #product} has it
         */
        void productBack(NativeMatrix[] dY, NativeMatrix dX, boolean again) {
            of.requireUnchanged();
            if (again && Tiles.gain(dX.rows(), dY[0].cols(), count)) {
                back(dY.length, dY[0].cols()).sumOfProducts(dY, dX);
                return;
            }
            NativeMatrix[] w = parts(dY.length);
            dX.product(dY[0], w[0].t());
            for (int g = 1; g < dY.length; g++) {
                dX.addProduct(dY[g], w[g].t());
            }
        }

        private Tiles forth(int parts, int columns) {
            forth = fit(forth, count, columns, parts);
            forth.renew(of.changes, of.weights(), from(), down(), right(), columns * right());
            return forth;
        }

        private Tiles back(int parts, int columns) {
            back = fit(back, columns, count, parts);
            back.renew(of.changes, of.weights(), from(), /* down= */ right(), /* right= */ down(), columns * right());
            return back;
        }

        private Tiles fit(@Nullable Tiles tiles, int K, int N, int parts) {
            if (tiles != null && tiles.parts() == parts) {
                return tiles;
            }
            if (tiles != null) {
                tiles.close();
            }
            return new Tiles(of.W.owner().dtype(), K, N, parts);
        }

        /** Where the rows begin on the heap. */
        private int from() {
            return of.offset() + first * down();
        }

        /** Numbers from a row of W to the next, on the heap. */
        private int down() {
            return of.transposed ? 1 : of.W.size(1);
        }

        /** Numbers from a column of W to the next, on the heap. */
        private int right() {
            return of.transposed ? of.W.size(1) : 1;
        }

        private void closeTiles() {
            if (forth != null) {
                forth.close();
                forth = null;
            }
            if (back != null) {
                back.close();
                back = null;
            }
        }

        /** Frees the native memory of these rows, and of their image. */
        void close() {
            closeTiles();
            of.close();
        }

        /** {@code dW_rows = Xᵀ dY}, in the room of the image; X [R,k], dY [R,N] in one part or in G. */
        void computeGradient(NativeMatrix X, NativeMatrix[] dY) {
            if (of.transposed) {
                of.gradient().product(dY[0].t(), X); // of the table: dYᵀ X
                return;
            }
            NativeMatrix[] target = dW.of(of.gradient(), dY.length);
            for (int g = 0; g < dY.length; g++) {
                target[g].product(X.t(), dY[g]);
            }
        }

        /** Views of a matrix by columns, made again when its memory is another. */
        private final class Columns {
            private @Nullable NativeMatrix from;
            private NativeMatrix[] views = {};

            NativeMatrix[] of(NativeMatrix matrix, int n) {
                if (from != matrix || views.length != n) {
                    from = matrix;
                    views = new NativeMatrix[n];
                    NativeMatrix rows = whole() ? matrix : matrix.rows(first, count);
                    int width = rows.cols() / n;
                    for (int g = 0; g < n; g++) {
                        views[g] = n == 1 ? rows : rows.cols(g * width, width);
                    }
                }
                return views;
            }
        }
    }
}
