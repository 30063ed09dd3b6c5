// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.Vec;
import org.jspecify.annotations.Nullable;

/**
 * The input of a layer where it is numbers, x_t = [a_t ; l_t]: the first columns known for all steps before the loop, the later ones
 * coming step by step. All of them may be the one or the other.
 *
 * <pre>
 * XW = A W_x[a] before the loop,  XW_t += l_t W_x[l] at step t
 * dl_t = dzx_t W_x[l]ᵀ at step t,  dA = dZx W_x[a]ᵀ and dW_x += [A L]ᵀ dZx after the loop
 * </pre>
 */
final class DividedInput implements AutoCloseable {
    /** XW on the way forward, which dZx overwrites step by step on the way back. */
    final AffineBlocks blocks;

    private final int known;
    private final int capacity;
    private final int batch;
    private final WeightGradient dW_x;
    private final @Nullable DenseInput dense;
    private final @Nullable LateInput late;
    private final Vec nothing;

    /**
     * Room for the input.
     *
     * @param W_x the weights
     * @param W their native image
     * @param known columns that are known before the loop, 0 to D
     * @param blockCount G
     * @param size T and B
     */
    DividedInput(Parameter W_x, Weights W, int known, int blockCount, int... size) {
        this.known = known;
        capacity = size[0];
        batch = size[1];
        int D = W_x.size(0);
        blocks = new AffineBlocks(W_x.owner().dtype(), capacity, batch, blockCount, W_x.size(1) / blockCount);
        dW_x = known > 0 && known < D
                ? new WeightGradient(W_x, blockCount, known, D - known)
                : new WeightGradient(W_x, blockCount, D);
        dense = known > 0 ? new DenseInput(blocks, W.rows(0, known), capacity, batch) : null;
        nothing = Vec.zeros(W_x.owner().dtype(), 0);
        late = known < D ? new LateInput(blocks, W.rows(known, D - known), known == 0, capacity, batch) : null;
    }

    boolean fits(int columns, int T, int B) {
        return columns == known && T <= capacity && B == batch;
    }

    /** Begins a pass, and multiplies what is known of it. */
    void begin(@Nullable Sequence a, Lengths lengths) {
        blocks.resize(lengths.longest());
        if (dense != null && a != null) {
            dense.begin(a, lengths);
        }
        if (late != null) {
            late.begin(lengths);
        }
    }

    /** Takes l_t, [B,D-K], and multiplies it. */
    void put(int t, Vec l_t, Lengths lengths) {
        if (late != null) {
            late.put(t, l_t, lengths);
        }
    }

    /** The gradient of l_t, borrowed until the next; empty where all is known. */
    Vec lateGradient(int t) {
        return late == null ? nothing : late.gradient(t);
    }

    /** After the loop back: dW_x. */
    void addWeightGradient() {
        int part = 0;
        if (dense != null) {
            dW_x.multiply(part++, dense.transposed(), blocks.whole());
        }
        if (late != null) {
            dW_x.multiply(part, late.transposed(), blocks.whole());
        }
        dW_x.add();
    }

    /** After the loop back: the gradient of what was known, or null. */
    @Nullable
    Slab knownGradient() {
        return dense == null ? null : dense.end();
    }

    @Override
    public void close() {
        blocks.close();
        dW_x.close();
        if (dense != null) {
            dense.close();
        }
        if (late != null) {
            late.close();
        }
    }
}
