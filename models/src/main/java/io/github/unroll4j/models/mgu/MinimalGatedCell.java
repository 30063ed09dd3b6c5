// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.mgu;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.tensor.Activations;
import io.github.unroll4j.models.cell.CellSpec;
import io.github.unroll4j.models.cell.DoubleStep;
import io.github.unroll4j.models.cell.FloatPointwiseCell;
import io.github.unroll4j.models.cell.FloatStep;
import java.util.List;

/**
 * The minimal gated unit of Zhou, Wu, Zhang and Zhou (2016, arXiv:1603.09420), "Minimal gated unit for recurrent neural
 * networks": one gate f that both updates the state and resets it, with the reset after the recurrent product.
 *
 * <pre>
 * (1)  zx = x_t W_x + b                    [B,2H] blocks f | n, made by the engine
 *      zh = h_prev W_h                     [B,2H]
 * (2)  f = σ(zx_f + zh_f)
 * (3)  n = tanh(zx_n + f ⊙ zh_n)           the paper: tanh(zx_n + (f ⊙ h_prev) U_n), reset before the product
 * (4)  h = (1-f) ⊙ h_prev + f ⊙ n
 * </pre>
 *
 * <p>x_t [B,D]; h, f and n [B,H]; W_x [D,2H], W_h [H,2H], one bias b [2H], outside the reset as in the paper. The state is h.
 * Saved for backward: f, n and zh_n. The place of the reset in (3) is the one departure from the paper, the same difference
 * as between the two GRUs ({@code GruFormulation}): two functions, and weights of the one mean nothing to the other; what is
 * gained is one recurrent product for both blocks. Despite its letter f writes: f = 0 keeps the state, f = 1 replaces it.
 *
 * <p>Starts from Glorot-uniform W_x, orthogonal blocks of W_h and zero b.
 */
public final class MinimalGatedCell implements FloatPointwiseCell {
    private static final int F = 0;
    private static final int N = 1;
    private static final int ZH_N = 2;

    private final int hidden;
    private final CellSpec spec;

    /**
     * A cell.
     *
     * @param hidden number of units H
     */
    public MinimalGatedCell(int hidden) {
        this.hidden = hidden;
        spec = new CellSpec(
                "mgu",
                CellSpec.Affine.APART,
                List.of("f", "n"),
                List.of("h"),
                List.of("f", "n", "zh_n"),
                List.of(),
                new CellSpec.Start(Init.glorotUniform(2), Init.orthogonalBlocks(2), Init.zeros()));
    }

    @Override
    public CellSpec spec() {
        return spec;
    }

    @Override
    public int hidden() {
        return hidden;
    }

    // <double>
    @Override
    public void forward(DoubleStep s) {
        double[] f = s.saved[F];
        double[] n = s.saved[N];
        double[] zhN = s.saved[ZH_N];
        double[] hPrev = s.prev[0];
        double[] h = s.next[0];
        for (int k = 0; k < s.n; k++) { // (2)  f = σ(zx_f + zh_f)
            f[k] = s.zx[F][k] + s.zh[F][k];
        }
        Activations.sigmoid(f, f, s.n);
        // n is the candidate, s.n the length of every array
        for (int k = 0; k < s.n; k++) { // (3)  n = tanh(zx_n + f ⊙ zh_n)
            zhN[k] = s.zh[N][k];
            n[k] = s.zx[N][k] + f[k] * zhN[k];
        }
        Activations.tanh(n, n, s.n);
        for (int k = 0; k < s.n; k++) { // (4)  h = (1-f) ⊙ h_prev + f ⊙ n
            h[k] = (1 - f[k]) * hPrev[k] + f[k] * n[k];
        }
    }

    @Override
    public void backward(DoubleStep s) {
        double[] f = s.saved[F];
        double[] n = s.saved[N];
        double[] zhN = s.saved[ZH_N];
        double[] hPrev = s.prev[0];
        double[] dh = s.dNext[0];
        double[] dhPrev = s.dPrev[0];
        // In place: dzx_f holds df until (2'), dzx_n holds dn until (3').
        double[] df = s.dzx[F];
        double[] dn = s.dzx[N];
        double[] dzxN = dn;
        double[] dzhN = s.dzh[N];
        for (int k = 0; k < s.n; k++) { // (4') h was (1-f) ⊙ h_prev + f ⊙ n
            dn[k] = dh[k] * f[k];
            dhPrev[k] += dh[k] * (1 - f[k]);
        }
        s.gradientOfSaved(N, dn);
        Activations.tanhBackward(dn, n, dzxN, s.n); // (3') n was tanh(zx_n + f ⊙ zh_n)
        for (int k = 0; k < s.n; k++) { // (3') into the two factors of f ⊙ zh_n, and (4') the share of f there
            dzhN[k] = dzxN[k] * f[k];
            df[k] = dh[k] * (n[k] - hPrev[k]) + dzxN[k] * zhN[k];
        }
        s.gradientOfSaved(F, df);
        s.gradientOfSaved(ZH_N, dzhN);
        Activations.sigmoidBackward(df, f, s.dzx[F], s.n); // (2') f was σ(zx_f + zh_f)
        System.arraycopy(s.dzx[F], 0, s.dzh[F], 0, s.n); // (2') both sides of a sum get the same gradient
        // (1') dh_prev += dzh W_hᵀ, dx = dzx W_xᵀ, dW_h, dW_x, db: the engine
    }
    // </double>

    // The float form of the two methods above, written by tools/generate/FloatForms.java; a test compares the two.
    // <float>
    @Override
    public void forward(FloatStep s) {
        float[] f = s.saved[F];
        float[] n = s.saved[N];
        float[] zhN = s.saved[ZH_N];
        float[] hPrev = s.prev[0];
        float[] h = s.next[0];
        for (int k = 0; k < s.n; k++) { // (2)  f = σ(zx_f + zh_f)
            f[k] = s.zx[F][k] + s.zh[F][k];
        }
        Activations.sigmoid(f, f, s.n);
        // n is the candidate, s.n the length of every array
        for (int k = 0; k < s.n; k++) { // (3)  n = tanh(zx_n + f ⊙ zh_n)
            zhN[k] = s.zh[N][k];
            n[k] = s.zx[N][k] + f[k] * zhN[k];
        }
        Activations.tanh(n, n, s.n);
        for (int k = 0; k < s.n; k++) { // (4)  h = (1-f) ⊙ h_prev + f ⊙ n
            h[k] = (1 - f[k]) * hPrev[k] + f[k] * n[k];
        }
    }

    @Override
    public void backward(FloatStep s) {
        float[] f = s.saved[F];
        float[] n = s.saved[N];
        float[] zhN = s.saved[ZH_N];
        float[] hPrev = s.prev[0];
        float[] dh = s.dNext[0];
        float[] dhPrev = s.dPrev[0];
        // In place: dzx_f holds df until (2'), dzx_n holds dn until (3').
        float[] df = s.dzx[F];
        float[] dn = s.dzx[N];
        float[] dzxN = dn;
        float[] dzhN = s.dzh[N];
        for (int k = 0; k < s.n; k++) { // (4') h was (1-f) ⊙ h_prev + f ⊙ n
            dn[k] = dh[k] * f[k];
            dhPrev[k] += dh[k] * (1 - f[k]);
        }
        s.gradientOfSaved(N, dn);
        Activations.tanhBackward(dn, n, dzxN, s.n); // (3') n was tanh(zx_n + f ⊙ zh_n)
        for (int k = 0; k < s.n; k++) { // (3') into the two factors of f ⊙ zh_n, and (4') the share of f there
            dzhN[k] = dzxN[k] * f[k];
            df[k] = dh[k] * (n[k] - hPrev[k]) + dzxN[k] * zhN[k];
        }
        s.gradientOfSaved(F, df);
        s.gradientOfSaved(ZH_N, dzhN);
        Activations.sigmoidBackward(df, f, s.dzx[F], s.n); // (2') f was σ(zx_f + zh_f)
        System.arraycopy(s.dzx[F], 0, s.dzh[F], 0, s.n); // (2') both sides of a sum get the same gradient
        // (1') dh_prev += dzh W_hᵀ, dx = dzx W_xᵀ, dW_h, dW_x, db: the engine
    }
    // </float>
}
