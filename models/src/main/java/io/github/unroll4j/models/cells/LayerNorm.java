// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cells;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.Step;
import java.util.List;

/**
 * Layer normalisation inside a cell, LN(x; γ) of Ba, Kiros and Hinton (2016, arXiv:1607.06450), "Layer normalization",
 * over some blocks of each batch row by itself; the bias is left to the cell.
 *
 * <pre>
 * (1)  u = x - mean(x)                     means over the N = blocks·H numbers of a row
 * (2)  x̂ = scale · u                       scale = 1 / √(mean(u²) + ε), one number per row
 * (3)  y = γ ⊙ x̂
 * (3') dγ = dy ⊙ x̂   dx̂ = dy ⊙ γ
 * (2') du = scale · (dx̂ - x̂ ⊙ mean(dx̂ ⊙ x̂))
 * (1') dx = du - mean(du)
 * </pre>
 *
 * <p>ε is 1e-5, as in the authors' program; the paper has none. Saved for backward: x̂ and scale. In (2') the first
 * term is the way of u through the numerator of u / √(mean(u²) + ε), the second that through its denominator, where
 * ∂mean(u²)/∂u_j = 2u_j/N.
 */
final class LayerNorm {
    private static final double EPSILON = 1e-5;

    private final List<Layout.Saved> XHAT;
    private final Layout.Saved SCALE;
    private final List<Layout.Unit> GAMMA;

    /**
     * Declares γ and what is saved.
     *
     * @param name of what is normalised, e.g. {@code x}
     * @param blocks ends of names of the blocks that are normalised together, e.g. {@code _i}
     */
    LayerNorm(Layout layout, String name, List<String> blocks) {
        XHAT = blocks.stream().map(j -> layout.saved("xhat_" + name + j)).toList();
        SCALE = layout.saved("scale_" + name);
        GAMMA = blocks.stream()
                .map(j -> layout.unit("gamma_" + name + j, Init.ones()))
                .toList();
    }

    /** {@code y += LN(x; γ)}, an array [B,H] for each block. */
    void forward(Step s, List<Vec> x, List<Vec> y) {
        List<Vec> xHat = XHAT.stream().map(s::saved).toList();
        for (int j = 0; j < x.size(); j++) {
            xHat.get(j).set(x.get(j));
        }
        centre(s, xHat); // (1)  u = x - mean(x)
        int H = s.units();
        for (int at = 0; at < s.rows() * H; at += H) {
            double scale = 1 / Math.sqrt(meanOfProduct(s, xHat, xHat, at) + EPSILON);
            s.saved(SCALE).fill(at, H, scale);
            for (Vec u : xHat) {
                u.scale(at, H, scale); // (2)  x̂ = scale · u
            }
        }
        for (int j = 0; j < y.size(); j++) {
            y.get(j).addProduct(s.p(GAMMA.get(j)), xHat.get(j)); // (3)  y = γ ⊙ x̂
        }
    }

    /** From dy to dx; adds to dγ. */
    void backward(Step s, List<Vec> dy, List<Vec> dx) {
        List<Vec> xHat = XHAT.stream().map(s::saved).toList();
        List<Vec> dxHat = XHAT.stream().map(s::d).toList();
        for (int j = 0; j < dy.size(); j++) { // (3') y was γ ⊙ x̂
            s.dp(GAMMA.get(j)).addProduct(dy.get(j), xHat.get(j));
            dxHat.get(j).product(dy.get(j), s.p(GAMMA.get(j)));
        }
        int H = s.units();
        for (int at = 0; at < s.rows() * H; at += H) { // (2') x̂ was scale · u
            double mean = meanOfProduct(s, dxHat, xHat, at);
            double scale = s.saved(SCALE).get(at);
            s.d(SCALE).fill(at, H, mean * dx.size() * H / scale); // Σ dx̂ ⊙ u, which (2') holds already: for traces
            for (int j = 0; j < dx.size(); j++) {
                Vec du = dx.get(j);
                du.copy(at, dxHat.get(j), at, H);
                du.addScaled(at, -mean, xHat.get(j), at, H);
                du.scale(at, H, scale);
            }
        }
        centre(s, dx); // (1') u was x - mean(x)
    }

    /** Takes the mean off every row; its own transpose, so that it is (1) and (1'). */
    private static void centre(Step s, List<Vec> blocks) {
        int H = s.units();
        for (int at = 0; at < s.rows() * H; at += H) {
            double sum = 0;
            for (Vec block : blocks) {
                sum += block.sum(at, H);
            }
            for (Vec block : blocks) {
                block.shift(at, H, -sum / (blocks.size() * H));
            }
        }
    }

    /** mean(a ⊙ b) over the row that begins at {@code at}. */
    private static double meanOfProduct(Step s, List<Vec> a, List<Vec> b, int at) {
        double sum = 0;
        for (int j = 0; j < a.size(); j++) {
            sum += a.get(j).dot(at, b.get(j), s.units());
        }
        return sum / (a.size() * s.units());
    }
}
