// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.gru;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.tensor.Activations;
import io.github.unroll4j.models.cell.CellSpec;
import io.github.unroll4j.models.cell.DoubleStep;
import io.github.unroll4j.models.cell.FloatPointwiseCell;
import io.github.unroll4j.models.cell.FloatStep;
import java.util.List;

/**
 * The gated recurrent unit of Cho et al. (2014), "Learning phrase representations using RNN encoder-decoder for statistical
 * machine translation", with the reset gate after the recurrent product, as cuDNN, PyTorch and Keras have it.
 *
 * <pre>
 * (1)  zx = x_t W_x + b                    [B,3H] blocks r | z | n, made by the engine
 *      zh = h_prev W_h + b_h               [B,3H] b_h where the formulation has it
 * (2)  r = σ(zx_r + zh_r)   z = σ(zx_z + zh_z)
 * (3)  n = tanh(zx_n + r ⊙ zh_n)
 * (4)  h = q ⊙ h_prev + (1-q) ⊙ n          q = z, and dq/dz = 1, where the update gate KEEPS
 *                                          q = 1-z, and dq/dz = -1, where it WRITES
 * </pre>
 *
 * <p>x_t [B,D]; h, the gates r, z, the candidate n and the share q of the old state [B,H]; W_x [D,3H], W_h [H,3H], b and b_h
 * [3H]. The state is h. The two affine maps reach the cell apart, because in (3) only the recurrent one passes the reset gate;
 * so there are two gradients, dzx and dzh. Saved for backward: r, z, n and zh_n. Cho et al. (2014) reset after the product in
 * the first version of arXiv:1406.1078 and before it from the third on; these are two functions: {@link GruFormulation}.
 *
 * <p>Starts from Glorot-uniform W_x, orthogonal blocks of W_h and zero biases.
 */
public final class GruCell implements FloatPointwiseCell {
    private static final int R = 0;
    private static final int Z = 1;
    private static final int N = 2;
    private static final int ZH_N = 3;

    private final int hidden;
    private final boolean keeps;
    private final CellSpec spec;

    /**
     * A cell in PyTorch's formulation.
     *
     * @param hidden number of units H
     */
    public GruCell(int hidden) {
        this(hidden, GruFormulation.PYTORCH);
    }

    /**
     * A cell.
     *
     * @param hidden number of units H
     * @param formulation one with {@link GruFormulation.Reset#AFTER}
     * @throws IllegalArgumentException for a formulation that resets before the product, which is no pointwise cell
     */
    public GruCell(int hidden, GruFormulation formulation) {
        if (formulation.reset() != GruFormulation.Reset.AFTER) {
            throw new IllegalArgumentException(
                    "GruCell: the formulation is " + formulation
                            + ", expected one that resets AFTER the product; resetting before it needs a second product that waits for r.");
        }
        this.hidden = hidden;
        keeps = formulation.update() == GruFormulation.Update.KEEPS;
        spec = new CellSpec(
                "gru",
                formulation.recurrentBias() ? CellSpec.Affine.APART_WITH_RECURRENT_BIAS : CellSpec.Affine.APART,
                List.of("r", "z", "n"),
                List.of("h"),
                List.of("r", "z", "n", "zh_n"),
                List.of(),
                new CellSpec.Start(Init.glorotUniform(3), Init.orthogonalBlocks(3), Init.zeros()));
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
        double[] r = s.saved[R];
        double[] z = s.saved[Z];
        double[] n = s.saved[N];
        double[] zhN = s.saved[ZH_N];
        double[] hPrev = s.prev[0];
        double[] h = s.next[0];
        add(s.zx[R], s.zh[R], r, s.n); // (2)  r = σ(zx_r + zh_r), z alike
        add(s.zx[Z], s.zh[Z], z, s.n);
        Activations.sigmoid(r, r, s.n);
        Activations.sigmoid(z, z, s.n);
        // n is the candidate, s.n the length of every array
        for (int k = 0; k < s.n; k++) { // (3)  n = tanh(zx_n + r ⊙ zh_n)
            zhN[k] = s.zh[N][k];
            n[k] = s.zx[N][k] + r[k] * zhN[k];
        }
        Activations.tanh(n, n, s.n);
        double shift = keeps ? 0 : 1; // q = z or 1-z, as shift + slope z without a branch in the loop
        double slope = keeps ? 1 : -1; // dq/dz
        for (int k = 0; k < s.n; k++) { // (4)  h = q ⊙ h_prev + (1-q) ⊙ n
            double q = shift + slope * z[k];
            h[k] = q * hPrev[k] + (1 - q) * n[k];
        }
    }

    @Override
    public void backward(DoubleStep s) {
        double[] r = s.saved[R];
        double[] z = s.saved[Z];
        double[] n = s.saved[N];
        double[] zhN = s.saved[ZH_N];
        double[] hPrev = s.prev[0];
        double[] dh = s.dNext[0];
        double[] dhPrev = s.dPrev[0];
        double shift = keeps ? 0 : 1; // q = z or 1-z, as in forward
        double slope = keeps ? 1 : -1; // dq/dz
        // In place: dzx_r, dzx_z hold dr, dz until (2'), dzx_n holds dn until (3').
        double[] dr = s.dzx[R];
        double[] dz = s.dzx[Z];
        double[] dn = s.dzx[N];
        double[] dzxN = dn;
        double[] dzhN = s.dzh[N];
        for (int k = 0; k < s.n; k++) { // (4') h was q ⊙ h_prev + (1-q) ⊙ n
            double q = shift + slope * z[k];
            dz[k] = slope * dh[k] * (hPrev[k] - n[k]);
            dn[k] = dh[k] * (1 - q);
            dhPrev[k] += dh[k] * q;
        }
        s.gradientOfSaved(Z, dz);
        s.gradientOfSaved(N, dn);
        Activations.tanhBackward(dn, n, dzxN, s.n); // (3') n was tanh(zx_n + r ⊙ zh_n)
        for (int k = 0; k < s.n; k++) { // (3') into the two factors of r ⊙ zh_n
            dr[k] = dzxN[k] * zhN[k];
            dzhN[k] = dzxN[k] * r[k];
        }
        s.gradientOfSaved(R, dr);
        s.gradientOfSaved(ZH_N, dzhN);
        Activations.sigmoidBackward(dr, r, s.dzx[R], s.n); // (2') r was σ(zx_r + zh_r), z alike
        Activations.sigmoidBackward(dz, z, s.dzx[Z], s.n);
        System.arraycopy(s.dzx[R], 0, s.dzh[R], 0, s.n); // (2') both sides of a sum get the same gradient
        System.arraycopy(s.dzx[Z], 0, s.dzh[Z], 0, s.n);
        // (1') dh_prev += dzh W_hᵀ, dx = dzx W_xᵀ, dW_h, dW_x, db (and db_h): the engine
    }

    private static void add(double[] a, double[] b, double[] sum, int length) {
        for (int k = 0; k < length; k++) {
            sum[k] = a[k] + b[k];
        }
    }
    // </double>

    // The float form of the methods above, written by tools/generate/FloatForms.java; a test compares the two.
    // <float>
    @Override
    public void forward(FloatStep s) {
        float[] r = s.saved[R];
        float[] z = s.saved[Z];
        float[] n = s.saved[N];
        float[] zhN = s.saved[ZH_N];
        float[] hPrev = s.prev[0];
        float[] h = s.next[0];
        add(s.zx[R], s.zh[R], r, s.n); // (2)  r = σ(zx_r + zh_r), z alike
        add(s.zx[Z], s.zh[Z], z, s.n);
        Activations.sigmoid(r, r, s.n);
        Activations.sigmoid(z, z, s.n);
        // n is the candidate, s.n the length of every array
        for (int k = 0; k < s.n; k++) { // (3)  n = tanh(zx_n + r ⊙ zh_n)
            zhN[k] = s.zh[N][k];
            n[k] = s.zx[N][k] + r[k] * zhN[k];
        }
        Activations.tanh(n, n, s.n);
        float shift = keeps ? 0 : 1; // q = z or 1-z, as shift + slope z without a branch in the loop
        float slope = keeps ? 1 : -1; // dq/dz
        for (int k = 0; k < s.n; k++) { // (4)  h = q ⊙ h_prev + (1-q) ⊙ n
            float q = shift + slope * z[k];
            h[k] = q * hPrev[k] + (1 - q) * n[k];
        }
    }

    @Override
    public void backward(FloatStep s) {
        float[] r = s.saved[R];
        float[] z = s.saved[Z];
        float[] n = s.saved[N];
        float[] zhN = s.saved[ZH_N];
        float[] hPrev = s.prev[0];
        float[] dh = s.dNext[0];
        float[] dhPrev = s.dPrev[0];
        float shift = keeps ? 0 : 1; // q = z or 1-z, as in forward
        float slope = keeps ? 1 : -1; // dq/dz
        // In place: dzx_r, dzx_z hold dr, dz until (2'), dzx_n holds dn until (3').
        float[] dr = s.dzx[R];
        float[] dz = s.dzx[Z];
        float[] dn = s.dzx[N];
        float[] dzxN = dn;
        float[] dzhN = s.dzh[N];
        for (int k = 0; k < s.n; k++) { // (4') h was q ⊙ h_prev + (1-q) ⊙ n
            float q = shift + slope * z[k];
            dz[k] = slope * dh[k] * (hPrev[k] - n[k]);
            dn[k] = dh[k] * (1 - q);
            dhPrev[k] += dh[k] * q;
        }
        s.gradientOfSaved(Z, dz);
        s.gradientOfSaved(N, dn);
        Activations.tanhBackward(dn, n, dzxN, s.n); // (3') n was tanh(zx_n + r ⊙ zh_n)
        for (int k = 0; k < s.n; k++) { // (3') into the two factors of r ⊙ zh_n
            dr[k] = dzxN[k] * zhN[k];
            dzhN[k] = dzxN[k] * r[k];
        }
        s.gradientOfSaved(R, dr);
        s.gradientOfSaved(ZH_N, dzhN);
        Activations.sigmoidBackward(dr, r, s.dzx[R], s.n); // (2') r was σ(zx_r + zh_r), z alike
        Activations.sigmoidBackward(dz, z, s.dzx[Z], s.n);
        System.arraycopy(s.dzx[R], 0, s.dzh[R], 0, s.n); // (2') both sides of a sum get the same gradient
        System.arraycopy(s.dzx[Z], 0, s.dzh[Z], 0, s.n);
        // (1') dh_prev += dzh W_hᵀ, dx = dzx W_xᵀ, dW_h, dW_x, db (and db_h): the engine
    }

    private static void add(float[] a, float[] b, float[] sum, int length) {
        for (int k = 0; k < length; k++) {
            sum[k] = a[k] + b[k];
        }
    }
    // </float>
}
