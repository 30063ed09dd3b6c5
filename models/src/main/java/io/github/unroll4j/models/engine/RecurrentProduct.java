// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Gemm;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.Vec;

/**
 * The one product that a step cannot hoist, h W_h, and its reverse dz W_hᵀ, made every step with the same weights.
 *
 * <p>For B = 1 a matrix-vector product over all blocks. For B &gt; 1 the weights are laid out anew, once per change, in
 * tiles of a few columns that are contiguous, and once more transposed: OpenBLAS multiplies a product of up to 10⁶
 * multiplications from where its operands lie, and copies the operands of a larger one into its own order first, which
 * for these flat products costs as much as the arithmetic (docs/adr/0002).
 */
final class RecurrentProduct implements AutoCloseable {
    private static final double UNPACKED_LIMIT = 1e6;

    private final Parameter W_h;
    /** Numbers of a row of h, the rows of W_h. */
    private final int in;
    /** Columns of a block H. */
    private final int units;

    private final int blocks;
    private final NativeArray memory;
    private final Tiles forward;
    private final Tiles backward;
    private final NativeMatrix[] z;
    private final NativeMatrix zAll;
    private final NativeMatrix dh;
    private final NativeMatrix[][] zTile;
    private final NativeMatrix[] dhTile;
    private final boolean fused;
    private long version = -1;

    RecurrentProduct(Parameter W_h, int blocks, int batch) {
        this.W_h = W_h;
        this.blocks = blocks;
        in = W_h.size(0);
        units = W_h.size(1) / blocks;
        fused = batch == 1;
        Dtype dtype = W_h.owner().dtype();
        int n = batch * units;
        int width = fused ? blocks * units : width(batch, in, units);
        int widthBack = width(batch, units, in);
        memory = NativeArray.allocate(dtype, 2L * W_h.size() + (long) blocks * n + (long) batch * in);
        forward = new Tiles(0, fused ? 1 : blocks, new int[] {in, fused ? blocks * units : units}, width);
        backward = new Tiles(W_h.size(), fused ? 0 : blocks, new int[] {units, in}, widthBack);
        long at = 2L * W_h.size();
        dh = memory.matrix(at + (long) blocks * n, batch, in);
        zAll = memory.matrix(at, 1, fused ? blocks * units : 0);
        z = new NativeMatrix[blocks];
        zTile = new NativeMatrix[blocks][];
        for (int g = 0; g < blocks; g++) {
            z[g] = memory.matrix(at + (long) g * n, batch, units);
            zTile[g] = split(z[g], width);
        }
        dhTile = split(dh, widthBack);
    }

    /**
     * Columns of a tile of [inner,columns]: as many as keep a product below OpenBLAS's limit, in whole vectors of 16.
     */
    private static int width(int batch, int inner, int columns) {
        int most = (int) (UNPACKED_LIMIT / ((double) batch * inner)) / 16 * 16;
        return most < 16 ? columns : Math.min(columns, most);
    }

    private static NativeMatrix[] split(NativeMatrix matrix, int width) {
        NativeMatrix[] tiles = new NativeMatrix[(matrix.cols() + width - 1) / width];
        for (int i = 0; i < tiles.length; i++) {
            tiles[i] = matrix.cols(i * width, Math.min(width, matrix.cols() - i * width));
        }
        return tiles;
    }

    /** Lays the weights out if they changed since the last call, or if others were in use. */
    void refresh() {
        if (version != W_h.owner().version()) {
            forward.load(W_h.values(), W_h.offset(), false);
            backward.load(W_h.values(), W_h.offset(), true);
            version = W_h.owner().version();
        }
    }

    /** Lays out others in place of W_h, [H,G·H] from index 0, until the next {@link #refresh()}. */
    void use(Vec weights) {
        forward.load(weights, 0, false);
        backward.load(weights, 0, true);
        version = -1;
    }

    /** {@code zh_g = h W_g} for every block, h [B,H] native, zh on the heap. */
    void forward(NativeMatrix h, Vec[] zh) {
        if (fused) {
            Gemm.mulInto(zAll, h, forward.tile[0][0]);
        } else {
            for (int g = 0; g < blocks; g++) {
                for (int i = 0; i < zTile[g].length; i++) {
                    Gemm.mulInto(zTile[g][i], h, forward.tile[g][i]);
                }
            }
        }
        for (int g = 0; g < blocks; g++) {
            z[g].get(zh[g], 0);
        }
    }

    /** {@code dh = Σ_g dz_g W_gᵀ}, dz of step t native, dh [B,H] on the heap. */
    void backward(AffineBlocks dz, int t, Vec target) {
        if (fused) {
            Gemm.mulInto(dh, dz.allOf(t), forward.transposed);
        } else {
            for (int i = 0; i < dhTile.length; i++) {
                Gemm.mulInto(dhTile[i], dz.of(t, 0), backward.tile[0][i]);
                for (int g = 1; g < blocks; g++) {
                    Gemm.mulAddInto(dhTile[i], dz.of(t, g), backward.tile[g][i]);
                }
            }
        }
        dh.get(target, 0);
    }

    @Override
    public void close() {
        memory.close();
    }

    /** Blocks of the weights, each cut into contiguous tiles of some columns. */
    private final class Tiles {
        final NativeMatrix[][] tile;
        final NativeMatrix transposed;
        private final Vec scratch;
        private final int rows;
        private final int columns;
        private final int width;

        /** Blocks of {@code shape}, from number {@code at} of the memory on. */
        Tiles(long at, int blocks, int[] shape, int width) {
            rows = shape[0];
            columns = shape[1];
            this.width = width;
            tile = new NativeMatrix[blocks][(columns + width - 1) / width];
            long next = at;
            for (int g = 0; g < blocks; g++) {
                for (int i = 0; i < tile[g].length; i++) {
                    int w = Math.min(width, columns - i * width);
                    tile[g][i] = memory.matrix(next, rows, w);
                    next += (long) rows * w;
                }
            }
            transposed = memory.matrix(at, rows, blocks == 1 ? columns : 0).t();
            scratch = Vec.zeros(W_h.owner().dtype(), rows * Math.min(width, columns));
        }

        /** Copies weights tile by tile; transposed, row k of a tile is column k of its block. */
        void load(Vec weights, int offset, boolean transpose) {
            int stride = W_h.size(1);
            for (int g = 0; g < tile.length; g++) {
                for (int i = 0; i < tile[g].length; i++) {
                    int w = tile[g][i].cols();
                    if (transpose) {
                        scratch.copyTransposed(weights, offset + i * width * stride + g * units, stride, rows, w);
                    } else {
                        for (int k = 0; k < rows; k++) {
                            scratch.copy(k * w, weights, offset + k * stride + g * units + i * width, w);
                        }
                    }
                    tile[g][i].put(scratch, 0);
                }
            }
        }
    }
}
