// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.internal;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.Vec;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The weights of products that are made at every step, part by part, each part cut into tiles; and the same of each
 * part's transpose.
 *
 * <p>OpenBLAS copies the operands of a product of more than {@link NativeMatrix#IN_PLACE} multiplications into its own
 * order first. For the flat products of a step that costs as much as the arithmetic. So a tile has {@value #WIDTH}
 * columns, the four vectors that OpenBLAS's kernels keep in registers, and as many rows as keep its products below that
 * limit. It lies without gaps, and is laid out anew once per change of the weights (docs/adr/0002).
 */
final class Tiles implements AutoCloseable {
    private static final int WIDTH = 64;
    /** Below this the partial sums cost more than the copies of a large product. */
    private static final int LEAST_HEIGHT = 48;

    /** Of part g, W_g [K,H]. */
    private final Part[] forward;
    /** Of part g, W_gᵀ [H,K]. */
    private final Part[] back;

    private final @Nullable NativeArray memory;
    private final Vec scratch;

    /**
     * Parts as they lie, one tile each.
     *
     * @param parts [K,H] each
     */
    Tiles(NativeMatrix[] parts) {
        memory = null;
        scratch = Vec.zeros(Dtype.FLOAT, 0);
        forward = new Part[parts.length];
        back = new Part[parts.length];
        for (int g = 0; g < parts.length; g++) {
            forward[g] = new Part(parts[g]);
            back[g] = new Part(parts[g].t());
        }
    }

    /**
     * Room for tiles.
     *
     * @param dtype element type
     * @param K rows of W
     * @param H columns of a part
     * @param parts number of parts G
     * @param B rows of a product
     */
    Tiles(Dtype dtype, int K, int H, int parts, int B) {
        long size = (long) K * H;
        NativeArray array = NativeArray.allocate(dtype, 2 * size * parts);
        memory = array;
        forward = new Part[parts];
        back = new Part[parts];
        int largest = 0;
        for (int g = 0; g < parts; g++) {
            forward[g] = new Part(array, 2L * g * size, K, H, height(B, K));
            back[g] = new Part(array, (2L * g + 1) * size, H, K, height(B, H));
            largest = Math.max(largest, Math.max(forward[g].largest(), back[g].largest()));
        }
        scratch = Vec.zeros(dtype, largest);
    }

    /** Whether products of B rows gain by tiles. */
    static boolean gain(int B) {
        return B > 1 && mostRows(B) >= LEAST_HEIGHT; // matrix-vector products copy nothing
    }

    private static int mostRows(int B) {
        return NativeMatrix.IN_PLACE / WIDTH / B;
    }

    /** Rows of a tile of some rows in all: as few tiles as can be, of one height. */
    private static int height(int B, int rows) {
        int tiles = Math.max(1, (rows + mostRows(B) - 1) / mostRows(B));
        return (rows + tiles - 1) / tiles;
    }

    /**
     * Copies weights tile by tile.
     *
     * @param W (Input) row-major [K,stride]
     * @param from first number of W
     * @param stride numbers from one row of W to the next
     */
    void load(Vec W, int from, int stride) {
        for (int g = 0; g < forward.length; g++) {
            int part = from + g * back[g].rows;
            forward[g].load(scratch, (row, column, rows, columns) -> {
                for (int k = 0; k < rows; k++) {
                    scratch.copy(k * columns, W, part + (row + k) * stride + column, columns);
                }
            });
            back[g].load( // column c of W_gᵀ is row c of W_g
                    scratch,
                    (row, column, rows, columns) ->
                            scratch.copyTransposed(W, part + column * stride + row, stride, rows, columns));
        }
    }

    /**
     * {@code y_g = x W_g}.
     *
     * @param x (Input) [B,K]
     * @param y (Output) a part each, [B,H]
     */
    void product(NativeMatrix x, NativeMatrix[] y) {
        for (int g = 0; g < y.length; g++) {
            forward[g].multiply(x, y[g], false);
        }
    }

    /**
     * {@code dx = Σ_g dy_g W_gᵀ}.
     *
     * @param dy (Input) a part each, [B,H]
     * @param dx (Output) [B,K]
     */
    void productBack(NativeMatrix[] dy, NativeMatrix dx) {
        for (int g = 0; g < dy.length; g++) {
            back[g].multiply(dy[g], dx, g > 0);
        }
    }

    @Override
    public void close() {
        if (memory != null) {
            memory.close();
        }
    }

    /** Brings the numbers of a tile to the front of the scratch. */
    private interface Source {
        void read(int row, int column, int rows, int columns);
    }

    /** A part [rows,columns] of the weights, or its transpose. */
    private static final class Part {
        final int rows;
        private final int height;
        private final int width;
        /** By row, then by column. */
        private final NativeMatrix[][] tiles;

        Part(NativeMatrix whole) {
            rows = whole.rows();
            height = rows;
            width = whole.cols();
            tiles = new NativeMatrix[][] {{whole}};
        }

        Part(NativeArray memory, long from, int rows, int columns, int height) {
            this.rows = rows;
            this.height = height;
            width = WIDTH;
            int[] top = NativeMatrix.bounds(rows, height);
            int[] left = NativeMatrix.bounds(columns, WIDTH);
            tiles = new NativeMatrix[top.length - 1][left.length - 1];
            long at = from;
            for (int i = 0; i < tiles.length; i++) {
                for (int j = 0; j < tiles[i].length; j++) {
                    tiles[i][j] = memory.matrix(at, top[i + 1] - top[i], left[j + 1] - left[j]);
                    at += tiles[i][j].size();
                }
            }
        }

        int largest() {
            return Arrays.stream(tiles)
                    .flatMap(Arrays::stream)
                    .mapToInt(NativeMatrix::size)
                    .max()
                    .orElse(0);
        }

        void load(Vec scratch, Source source) {
            int row = 0;
            for (NativeMatrix[] line : tiles) {
                int column = 0;
                for (NativeMatrix tile : line) {
                    source.read(row, column, tile.rows(), tile.cols());
                    tile.put(scratch, 0);
                    column += tile.cols();
                }
                row += line[0].rows();
            }
        }

        /** {@code y = x W}, or {@code y += x W}. */
        void multiply(NativeMatrix x, NativeMatrix y, boolean add) {
            NativeMatrix[] xs = x.inColumns(height);
            NativeMatrix[] ys = y.inColumns(width);
            for (int j = 0; j < ys.length; j++) {
                for (int i = 0; i < xs.length; i++) {
                    if (add || i > 0) {
                        ys[j].addProduct(xs[i], tiles[i][j]);
                    } else {
                        ys[j].product(xs[i], tiles[i][j]);
                    }
                }
            }
        }
    }
}
