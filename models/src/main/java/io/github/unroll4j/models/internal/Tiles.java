// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.internal;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.Vec;
import org.jspecify.annotations.Nullable;

/**
 * The weights of products that are made at every step, part by part, each part cut into tiles of some columns; and the
 * same of each part's transpose.
 *
 * <p>OpenBLAS multiplies a product of up to 10⁶ multiplications from where its operands lie, and copies the operands of
 * a larger one into its own order first. For the flat products of a step that costs as much as the arithmetic. So the
 * tiles are contiguous, as wide as keeps their products below that limit, and laid out anew once per change of the
 * weights (docs/adr/0002).
 */
final class Tiles implements AutoCloseable {
    private static final double UNPACKED_LIMIT = 1e6;

    /** Of part g, columns of W_g: [K,w] each. */
    final NativeMatrix[][] forward;
    /** Of part g, columns of W_gᵀ: [H,w] each. */
    final NativeMatrix[][] back;

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
        forward = new NativeMatrix[parts.length][];
        back = new NativeMatrix[parts.length][];
        for (int g = 0; g < parts.length; g++) {
            forward[g] = new NativeMatrix[] {parts[g]};
            back[g] = new NativeMatrix[] {parts[g].t()};
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
        long size = (long) K * H * parts;
        NativeArray array = NativeArray.allocate(dtype, 2 * size);
        memory = array;
        int width = width(B, K, H);
        int widthBack = width(B, H, K);
        forward = cut(array, 0, new int[] {parts, K, H}, width);
        back = cut(array, size, new int[] {parts, H, K}, widthBack);
        scratch = Vec.zeros(dtype, Math.max(K * width, H * widthBack));
    }

    /**
     * Columns of a tile of [inner,columns]: as many as keep a product below OpenBLAS's limit, in whole vectors of 16.
     */
    private static int width(int B, int inner, int columns) {
        int most = (int) (UNPACKED_LIMIT / ((double) B * inner)) / 16 * 16;
        return most < 16 ? columns : Math.min(columns, most);
    }

    /** Tiles of {@code shape}, parts of rows and columns, from number {@code at} of the memory on. */
    private static NativeMatrix[][] cut(NativeArray memory, long at, int[] shape, int width) {
        int rows = shape[1];
        int columns = shape[2];
        NativeMatrix[][] tiles = new NativeMatrix[shape[0]][(columns + width - 1) / width];
        long next = at;
        for (NativeMatrix[] part : tiles) {
            for (int i = 0; i < part.length; i++) {
                int w = Math.min(width, columns - i * width);
                part[i] = memory.matrix(next, rows, w);
                next += (long) rows * w;
            }
        }
        return tiles;
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
            int H = back[g][0].rows();
            int part = from + g * H;
            int column = 0;
            for (NativeMatrix tile : forward[g]) {
                int w = tile.cols();
                for (int k = 0; k < tile.rows(); k++) {
                    scratch.copy(k * w, W, part + k * stride + column, w);
                }
                tile.put(scratch, 0);
                column += w;
            }
            int row = 0;
            for (NativeMatrix tile : back[g]) { // column c of W_gᵀ is row c of W_g
                scratch.copyTransposed(W, part + row * stride, stride, H, tile.cols());
                tile.put(scratch, 0);
                row += tile.cols();
            }
        }
    }

    /**
     * Columns of a result, to be made tile by tile.
     *
     * @param matrix [B,columns]
     * @param tiles of one part, as many columns
     * @return views, one a tile
     */
    static NativeMatrix[] split(NativeMatrix matrix, NativeMatrix[] tiles) {
        NativeMatrix[] views = new NativeMatrix[tiles.length];
        int column = 0;
        for (int i = 0; i < tiles.length; i++) {
            int w = tiles[i].cols();
            views[i] = tiles.length == 1 ? matrix : matrix.cols(column, w);
            column += w;
        }
        return views;
    }

    @Override
    public void close() {
        if (memory != null) {
            memory.close();
        }
    }
}
