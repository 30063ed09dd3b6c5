// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

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

    private final int D;
    private final int known;
    private final int capacity;
    private final int batch;
    private final @Nullable KnownInput early;
    private final @Nullable LateInput late;
    private final Vec nothing;
    private Weights.@Nullable Rows dEarly;
    private Weights.@Nullable Rows dLate;

    /**
     * Room for the input.
     *
     * @param W the weights W_x
     * @param known columns that are known before the loop, 0 to D
     * @param capacity T
     * @param batch B
     */
    DividedInput(Weights W, int known, int capacity, int batch) {
        this.known = known;
        this.capacity = capacity;
        this.batch = batch;
        D = W.full.rows();
        blocks = new AffineBlocks(W.full.dtype(), capacity, batch, W.blocks, W.full.cols() / W.blocks);
        early = known > 0 ? new KnownInput(blocks, W.rows(0, known), capacity, batch) : null;
        nothing = Vec.zeros(W.full.dtype(), 0);
        late = known < D ? new LateInput(blocks, W.rows(known, D - known), known == 0, capacity, batch) : null;
    }

    boolean fits(int columns, int T, int B) {
        return columns == known && T <= capacity && B == batch;
    }

    /** Begins a pass, and multiplies what is known of it. */
    void begin(@Nullable Sequence a, Lengths lengths) {
        blocks.resize(lengths.longest());
        if (early != null && a != null) {
            early.begin(a, lengths);
        }
        if (late != null) {
            late.begin(lengths);
        }
    }

    /** The size of a row of l_t, D-K. */
    int lateWidth() {
        return D - known;
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

    /** After the loop back: dW_x, which is computed where the caller says, the same place as long as this lives. */
    void addWeightGradient(WeightGradient dW_x) {
        if (early != null) {
            dEarly = dEarly == null ? dW_x.rows(0, known) : dEarly;
            blocks.gradientInto(dEarly, early.transposed());
        }
        if (late != null) {
            dLate = dLate == null ? dW_x.rows(known, D - known) : dLate;
            blocks.gradientInto(dLate, late.transposed());
        }
        dW_x.add();
    }

    /** After the loop back: the gradient of what was known, or null. */
    @Nullable
    Slab knownGradient() {
        return early == null ? null : early.gradient();
    }

    @Override
    public void close() {
        blocks.close();
        if (early != null) {
            early.close();
        }
        if (late != null) {
            late.close();
        }
    }
}
