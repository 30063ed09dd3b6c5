// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.internal;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.Vec;

/**
 * Weights W_g [K,N] of G parts, or their transposes, laid out for products with few rows that are made again and again.
 *
 * <p>OpenBLAS copies the operands of a product of more than a million multiplications into its own order first. For
 * the flat products of a step that costs as much as the arithmetic. So the weights are cut into tiles, each without
 * gaps. A tile has {@value #WIDTH} columns, the four vectors that OpenBLAS's kernels keep in registers, and {@value
 * #HEIGHT} rows: 32 kB of float, which stay in the nearest cache while {@value #ROWS} rows of the other operand pass.
 * The last of a row or column of tiles may be up to one and a half as long. They are laid out anew once per change of
 * the weights (docs/adr/0002).
 *
 * <p>Every other product takes the columns from right to left: of weights that are larger than the cache, it begins
 * with those that are still there.
 */
final class Tiles implements AutoCloseable {
    private static final int WIDTH = 64;
    private static final int HEIGHT = 128;
    private static final int ROWS = 64;
    /** Multiplications of a part below which tiles gain nothing. */
    private static final int LEAST = 1 << 18;
    /** Numbers of the other operand, which stay in the second cache while the weights pass. */
    private static final int MOST = 1 << 18;

    private final NativeArray memory;
    /** By part, row and column. */
    private final NativeMatrix[][][] tiles;

    private final Vec scratch;
    private long laidOut = -1;
    private boolean leftwards;

    /**
     * Room for tiles.
     *
     * @param dtype element type
     * @param K rows of a part
     * @param N columns of a part
     * @param parts G
     */
    Tiles(Dtype dtype, int K, int N, int parts) {
        memory = NativeArray.allocate(dtype, (long) K * N * parts);
        int[] top = NativeMatrix.bounds(K, HEIGHT);
        int[] left = NativeMatrix.bounds(N, WIDTH);
        tiles = new NativeMatrix[parts][top.length - 1][left.length - 1];
        long at = 0;
        int largest = 0;
        for (NativeMatrix[][] part : tiles) {
            for (int i = 0; i < part.length; i++) {
                for (int j = 0; j < part[i].length; j++) {
                    part[i][j] = memory.matrix(at, top[i + 1] - top[i], left[j + 1] - left[j]);
                    at += part[i][j].size();
                    largest = Math.max(largest, part[i][j].size());
                }
            }
        }
        scratch = Vec.zeros(dtype, largest);
    }

    /**
     * Whether products gain by tiles, made again and again by the same weights.
     *
     * @param B rows of the other operand; of one row a product is one with a vector, which copies nothing
     */
    static boolean gain(int B, int K, int N) {
        return B > 1 && (long) B * K <= MOST && (long) B * K * N >= LEAST;
    }

    /** G. */
    int parts() {
        return tiles.length;
    }

    /**
     * Copies weights tile by tile, if they have changed.
     *
     * @param change another number after each change
     * @param W (Input) the numbers
     * @param from the first of them
     * @param down numbers from one row of a part to the next
     * @param right numbers from one column of a part to the next
     * @param part numbers from one part to the next
     */
    void renew(long change, Vec W, int from, int down, int right, int part) {
        if (laidOut == change) {
            return;
        }
        for (int g = 0; g < tiles.length; g++) {
            int top = from + g * part;
            for (NativeMatrix[] line : tiles[g]) {
                int at = top;
                for (NativeMatrix tile : line) {
                    load(tile, W, at, down, right);
                    at += tile.cols() * right;
                }
                top += line[0].rows() * down;
            }
        }
        laidOut = change;
    }

    private void load(NativeMatrix tile, Vec W, int from, int down, int right) {
        if (right == 1) {
            for (int k = 0; k < tile.rows(); k++) {
                scratch.copy(k * tile.cols(), W, from + k * down, tile.cols());
            }
        } else {
            scratch.copyTransposed(W, from, right, /* cols= */ tile.rows(), /* rows= */ tile.cols());
        }
        tile.put(scratch, 0);
    }

    /**
     * {@code y_g = x W_g}, or {@code y_g += x W_g}.
     *
     * @param x (Input) [B,K]
     * @param y (Output, or accumulated) a part each, [B,N]
     */
    void product(NativeMatrix x, NativeMatrix[] y, boolean add) {
        leftwards = !leftwards;
        for (int i = 0; i < y.length; i++) {
            int g = leftwards ? y.length - 1 - i : i;
            for (int j = 0; j < tiles[g][0].length; j++) {
                multiply(x, g, j, y[g], add);
            }
        }
    }

    /**
     * {@code y = Σ_g x_g W_g}.
     *
     * @param x (Input) a part each, [B,K]
     * @param y (Output) [B,N]
     */
    void sumOfProducts(NativeMatrix[] x, NativeMatrix y) {
        leftwards = !leftwards;
        for (int j = 0; j < tiles[0][0].length; j++) {
            for (int g = 0; g < x.length; g++) {
                multiply(x[g], g, j, y, g > 0);
            }
        }
    }

    /** Column j of the tiles, counted from where this product begins. */
    private void multiply(NativeMatrix x, int g, int j, NativeMatrix y, boolean add) {
        int column = leftwards ? tiles[g][0].length - 1 - j : j;
        NativeMatrix[] xs = x.inRows(ROWS);
        NativeMatrix[] ys = y.inRows(ROWS);
        for (int b = 0; b < xs.length; b++) {
            NativeMatrix[] xb = xs[b].inColumns(HEIGHT);
            NativeMatrix yb = ys[b].inColumns(WIDTH)[column];
            for (int k = 0; k < xb.length; k++) {
                if (add || k > 0) {
                    yb.addProduct(xb[k], tiles[g][k][column]);
                } else {
                    yb.product(xb[k], tiles[g][k][column]);
                }
            }
        }
    }

    @Override
    public void close() {
        memory.close();
    }
}
