// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.gru;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Activations;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.cell.Step;
import io.github.unroll4j.models.cell.StepAffine;
import io.github.unroll4j.models.cell.StepCell;
import io.github.unroll4j.models.cell.StepGrad;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The gated recurrent unit with the reset gate before the recurrent product: Cho et al. (2014) from the third version on; Chung et al. (2014) and Bahdanau et al. (2014) with the other polarity of z.
 *
 * <pre>
 * (1)  zx = x_t W_x + b                    [B,3H] blocks r | z | n
 *      zh = h_prev W_h                     [B,2H] blocks r | z
 * (2)  r = σ(zx_r + zh_r)   z = σ(zx_z + zh_z)
 * (3)  zh_n = (r ⊙ h_prev) U_n   n = tanh(zx_n + zh_n)
 * (4)  h = z ⊙ h_prev + (1-z) ⊙ n          update gate KEEPS
 *      h = (1-z) ⊙ h_prev + z ⊙ n          update gate WRITES
 * </pre>
 *
 * <p>x_t [B,D]; h and every gate [B,H]; W_x [D,3H] blocks r | z | n, W_h [H,2H] blocks r | z, U_n [H,H], b [3H]. The product in
 * (3) waits for r, so the step is not pointwise after two affine maps: this cell runs step by step, in
 * {@code Unrolled}. {@link GruCell} is the unit with the reset after the product.
 *
 * <p>Starts from Glorot-uniform W_x, orthogonal W_h and U_n, and zero b.
 */
public final class GruResetBeforeCell implements StepCell<GruResetBeforeCell.Cache> {
    private static final List<String> GATES = List.of("r", "z", "n");

    private final int hidden;
    private final int inputSize;
    private final boolean keeps;
    private final Parameter b;
    private final StepAffine input;
    private final StepAffine gates;
    private final StepAffine candidate;

    /**
     * What backward reads.
     *
     * @param x_t input [B,D]
     * @param prev state before
     * @param r reset gate [B,H]
     * @param z update gate [B,H]
     * @param n candidate [B,H]
     * @param rh r ⊙ h_prev [B,H]
     */
    public record Cache(Tensor x_t, State prev, Tensor r, Tensor z, Tensor n, Tensor rh) {}

    /**
     * Declares the cell.
     *
     * @param hidden number of units H
     * @param inputSize size of an input row D
     * @param formulation one with {@link GruFormulation.Reset#BEFORE} and without a recurrent bias
     * @param p where to declare the parameters
     */
    public GruResetBeforeCell(int hidden, int inputSize, GruFormulation formulation, Parameters.Builder p) {
        if (formulation.reset() != GruFormulation.Reset.BEFORE || formulation.recurrentBias()) {
            throw new IllegalArgumentException("GruResetBeforeCell: the formulation is " + formulation
                    + ", expected one that resets BEFORE the product, with one bias.");
        }
        this.hidden = hidden;
        this.inputSize = inputSize;
        keeps = formulation.update() == GruFormulation.Update.KEEPS;
        Parameters.Builder scope = p.scope("gru");
        Parameter W_x = scope.add("W_x", "D,3H:r|z|n", Init.glorotUniform(3), inputSize, 3 * hidden);
        Parameter W_h = scope.add("W_h", "H,2H:r|z", Init.orthogonalBlocks(2), hidden, 2 * hidden);
        Parameter U_n = scope.add("U_n", "H,H", Init.orthogonal(), hidden, hidden);
        b = scope.add("b", "3H:r|z|n", Init.zeros(), 3 * hidden);
        input = new StepAffine(W_x, b);
        gates = new StepAffine(W_h);
        candidate = new StepAffine(U_n);
    }

    @Override
    public Step<Cache> forward(Tensor x_t, State prev) {
        Tensor zx = input.forward(x_t); // (1)
        Tensor zh = gates.forward(prev.h());
        Vec hPrev = prev.h().data();
        Tensor r = like(prev.h());
        Tensor z = like(prev.h());
        Tensor rh = like(prev.h());
        for (int k = 0; k < hPrev.length(); k++) { // (2)
            double sumR = zx.data().get(at(k, 0, 3)) + zh.data().get(at(k, 0, 2));
            double sumZ = zx.data().get(at(k, 1, 3)) + zh.data().get(at(k, 1, 2));
            r.data().set(k, Activations.sigmoid(sumR));
            z.data().set(k, Activations.sigmoid(sumZ));
            rh.data().set(k, r.data().get(k) * hPrev.get(k));
        }
        Tensor zhN = candidate.forward(rh); // (3)
        Tensor n = like(prev.h());
        Tensor h = like(prev.h());
        for (int k = 0; k < hPrev.length(); k++) {
            double sumN = zx.data().get(at(k, 2, 3)) + zhN.data().get(k);
            n.data().set(k, Activations.tanh(sumN));
            double old = keeps ? z.data().get(k) : 1 - z.data().get(k);
            h.data().set(k, old * hPrev.get(k) + (1 - old) * n.data().get(k)); // (4)
        }
        Cache cache = new Cache(x_t, prev, r, z, n, rh);
        return new Step<>(new State(stateParts(), List.of(h)), cache, () -> named(zx, zh, zhN, List.of(r, z, n, rh)));
    }

    @Override
    public StepGrad backward(State dNext, Cache cache) {
        Vec dh = dNext.h().data();
        Vec hPrev = cache.prev().h().data();
        Tensor dz = like(dNext.h());
        Tensor dn = like(dNext.h());
        Tensor dzhN = like(dNext.h());
        Tensor dhPrev = like(dNext.h());
        for (int k = 0; k < dh.length(); k++) {
            double n = cache.n().data().get(k);
            // (4') h was old ⊙ h_prev + (1-old) ⊙ n, old being z or 1-z
            double old = keeps ? cache.z().data().get(k) : 1 - cache.z().data().get(k);
            dz.data().set(k, (keeps ? 1 : -1) * dh.get(k) * (hPrev.get(k) - n));
            dn.data().set(k, dh.get(k) * (1 - old));
            dhPrev.data().set(k, dh.get(k) * old);
            // (3') n was tanh(zx_n + zh_n), zh_n was (r ⊙ h_prev) U_n
            dzhN.data().set(k, dn.data().get(k) * (1 - n * n));
        }
        Tensor drh = candidate.backward(cache.rh(), dzhN);
        Tensor dr = like(dNext.h());
        Tensor dzx = Tensor.zeros(dh.dtype(), dNext.h().size(0), 3 * hidden);
        Tensor dzh = Tensor.zeros(dh.dtype(), dNext.h().size(0), 2 * hidden);
        for (int k = 0; k < dh.length(); k++) {
            double r = cache.r().data().get(k);
            double z = cache.z().data().get(k);
            dr.data().set(k, drh.data().get(k) * hPrev.get(k));
            dhPrev.data().set(k, dhPrev.data().get(k) + drh.data().get(k) * r);
            dzx.data().set(at(k, 2, 3), dzhN.data().get(k));
            // (2')
            both(dzx, dzh, k, 0, dr.data().get(k) * r * (1 - r));
            both(dzx, dzh, k, 1, dz.data().get(k) * z * (1 - z));
        }
        // (1')
        Tensor dhGates = gates.backward(cache.prev().h(), dzh);
        dhPrev.data().add(0, dhGates.data(), 0, dhGates.data().length());
        return new StepGrad(
                input.backward(cache.x_t(), dzx),
                new State(stateParts(), List.of(dhPrev)),
                () -> named(dzx, dzh, dzhN, List.of(dr, dz, dn, drh)));
    }

    /** Both sides of the sum in (2) get the same gradient. */
    private void both(Tensor dzx, Tensor dzh, int k, int gate, double value) {
        dzx.data().set(at(k, gate, 3), value);
        dzh.data().set(at(k, gate, 2), value);
    }

    /** Unit k of [B,H] inside a gate of rows [B, gates·H]. */
    private int at(int k, int gate, int gatesInRow) {
        return (k / hidden * gatesInRow + gate) * hidden + k % hidden;
    }

    /** The names of a trace, for values and gradients alike. */
    private Map<String, Tensor> named(Tensor zx, Tensor zh, Tensor zhN, List<Tensor> gates) {
        Map<String, Tensor> named = new LinkedHashMap<>();
        for (int gate = 0; gate < 3; gate++) {
            named.put("zx." + GATES.get(gate), block(zx, gate, 3));
        }
        for (int gate = 0; gate < 2; gate++) {
            named.put("zh." + GATES.get(gate), block(zh, gate, 2));
        }
        named.put("zh.n", zhN);
        for (int i = 0; i < gates.size(); i++) {
            named.put(i < 3 ? GATES.get(i) : "rh", gates.get(i));
        }
        return named;
    }

    private Tensor block(Tensor rows, int gate, int gatesInRow) {
        Tensor block = Tensor.zeros(rows.dtype(), rows.size(0), hidden);
        for (int k = 0; k < block.data().length(); k++) {
            block.data().set(k, rows.data().get(at(k, gate, gatesInRow)));
        }
        return block;
    }

    private static Tensor like(Tensor other) {
        return Tensor.zeros(other.dtype(), other.shape());
    }

    @Override
    public String name() {
        return "GruResetBeforeCell";
    }

    @Override
    public int inputSize() {
        return inputSize;
    }

    @Override
    public int hidden() {
        return hidden;
    }

    @Override
    public List<String> stateParts() {
        return List.of("h");
    }

    @Override
    public Parameters parameters() {
        return b.owner();
    }

    @Override
    public void close() {
        input.close();
        gates.close();
        candidate.close();
    }
}
