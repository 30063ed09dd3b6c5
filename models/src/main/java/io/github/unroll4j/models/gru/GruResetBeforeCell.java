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
import io.github.unroll4j.models.cell.StepBlocks;
import io.github.unroll4j.models.cell.StepCell;
import io.github.unroll4j.models.cell.StepGrad;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The gated recurrent unit with the reset gate before the recurrent product: Cho et al. (2014), "Learning phrase
 * representations using RNN encoder-decoder for statistical machine translation", from the third version of arXiv:1406.1078
 * on; Chung et al. (2014) and Bahdanau et al. (2014) with the other polarity of z.
 *
 * <pre>
 * (1)  zx = x_t W_x + b                    [B,3H] blocks r | z | n
 *      zh = h_prev W_h                     [B,2H] blocks r | z
 * (2)  r = σ(zx_r + zh_r)   z = σ(zx_z + zh_z)
 * (3)  rh = r ⊙ h_prev   zh_n = rh U_n   n = tanh(zx_n + zh_n)
 * (4)  h = q ⊙ h_prev + (1-q) ⊙ n          q = z, and dq/dz = 1, where the update gate KEEPS
 *                                          q = 1-z, and dq/dz = -1, where it WRITES
 * </pre>
 *
 * <p>x_t [B,D]; h, the gates r, z, the candidate n and the share q of the old state [B,H]; W_x [D,3H] blocks r | z | n, W_h
 * [H,2H] blocks r | z, U_n [H,H], b [3H]. The product in (3) waits for r, so the step is not pointwise after two affine maps:
 * this cell runs step by step, in {@code Unrolled}. {@link GruCell} is the unit with the reset after the product.
 *
 * <p>Starts from Glorot-uniform W_x, orthogonal blocks of W_h, an orthogonal U_n, and zero b.
 */
public final class GruResetBeforeCell implements StepCell<GruResetBeforeCell.Cache> {
    private static final int R = 0;
    private static final int Z = 1;
    private static final int N = 2;

    private final int hidden;
    private final int inputSize;
    private final boolean keeps;
    private final Parameter b;
    private final StepAffine input;
    private final StepAffine recurrent;
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
        recurrent = new StepAffine(W_h);
        candidate = new StepAffine(U_n);
    }

    @Override
    public Step<Cache> forward(Tensor x_t, State prev) {
        Tensor zx = input.forward(x_t); // (1)  zx = x_t W_x + b
        Tensor zh = recurrent.forward(prev.h()); // (1)  zh = h_prev W_h
        Vec r = gate(zx, zh, R); // (2)  r = σ(zx_r + zh_r)
        Vec z = gate(zx, zh, Z); // (2)  z = σ(zx_z + zh_z)
        Vec hPrev = prev.h().data();
        Vec rh = r.copy();
        rh.multiply(0, hPrev, 0, rh.length()); // (3)  rh = r ⊙ h_prev
        Tensor zhN = candidate.forward(tensor(rh)); // (3)  zh_n = rh U_n
        Vec zxN = StepBlocks.block(zx, N, hidden);
        Vec n = zerosLike(hPrev);
        Vec h = zerosLike(hPrev);
        for (int k = 0; k < h.length(); k++) {
            n.set(k, Activations.tanh(zxN.get(k) + zhN.data().get(k))); // (3)  n = tanh(zx_n + zh_n)
            double q = keeps ? z.get(k) : 1 - z.get(k);
            h.set(k, q * hPrev.get(k) + (1 - q) * n.get(k)); // (4)  h = q ⊙ h_prev + (1-q) ⊙ n
        }
        Cache cache = new Cache(x_t, prev, tensor(r), tensor(z), tensor(n), tensor(rh));
        State next = new State(stateParts(), List.of(tensor(h)));
        return new Step<>(next, cache, () -> named(zx, zh, zhN, List.of(r, z, n, rh)));
    }

    /** σ of the sum of both sides of a block. */
    private Vec gate(Tensor zx, Tensor zh, int block) {
        Vec ofInput = StepBlocks.block(zx, block, hidden);
        Vec ofState = StepBlocks.block(zh, block, hidden);
        Vec gate = zerosLike(ofInput);
        for (int k = 0; k < gate.length(); k++) {
            gate.set(k, Activations.sigmoid(ofInput.get(k) + ofState.get(k)));
        }
        return gate;
    }

    @Override
    public StepGrad backward(State dNext, Cache cache) {
        Vec r = cache.r().data();
        Vec z = cache.z().data();
        Vec n = cache.n().data();
        Vec hPrev = cache.prev().h().data();
        Vec dh = dNext.h().data();
        Vec dhPrev = zerosLike(dh);
        Vec dz = zerosLike(dh);
        Vec dn = zerosLike(dh);
        Vec dzhN = zerosLike(dh);
        for (int k = 0; k < dh.length(); k++) {
            double q = keeps ? z.get(k) : 1 - z.get(k); // (4') h was q ⊙ h_prev + (1-q) ⊙ n
            dz.set(k, (keeps ? 1 : -1) * dh.get(k) * (hPrev.get(k) - n.get(k)));
            dn.set(k, dh.get(k) * (1 - q));
            dhPrev.set(k, dh.get(k) * q);
            dzhN.set(k, dn.get(k) * (1 - n.get(k) * n.get(k))); // (3') n was tanh(zx_n + zh_n)
        }
        Vec drh = candidate.backward(cache.rh(), tensor(dzhN)).data(); // (3') zh_n was rh U_n
        Vec dr = zerosLike(dh);
        Vec dzR = zerosLike(dh);
        Vec dzZ = zerosLike(dh);
        for (int k = 0; k < dh.length(); k++) {
            dr.set(k, drh.get(k) * hPrev.get(k)); // (3') rh was r ⊙ h_prev
            dhPrev.set(k, dhPrev.get(k) + drh.get(k) * r.get(k));
            dzR.set(k, dr.get(k) * r.get(k) * (1 - r.get(k))); // (2') r was σ(zx_r + zh_r)
            dzZ.set(k, dz.get(k) * z.get(k) * (1 - z.get(k))); // (2') z was σ(zx_z + zh_z)
        }
        Tensor dzh = StepBlocks.join(hidden, dzR, dzZ); // (2') both sides of a sum get the same gradient
        Tensor dzx = StepBlocks.join(hidden, dzR, dzZ, dzhN);
        dhPrev.add(0, recurrent.backward(cache.prev().h(), dzh).data(), 0, dhPrev.length()); // (1') zh was h_prev W_h
        Tensor dx = input.backward(cache.x_t(), dzx); // (1') zx was x_t W_x + b
        State dPrev = new State(stateParts(), List.of(tensor(dhPrev)));
        return new StepGrad(dx, dPrev, () -> named(dzx, dzh, tensor(dzhN), List.of(dr, dz, dn, drh)));
    }

    /** The names of a trace, for values and gradients alike; {@code inside} is r, z, n and rh. */
    private Map<String, Tensor> named(Tensor zx, Tensor zh, Tensor zhN, List<Vec> inside) {
        Map<String, Tensor> named = new LinkedHashMap<>();
        named.put("zx.r", tensor(StepBlocks.block(zx, R, hidden)));
        named.put("zx.z", tensor(StepBlocks.block(zx, Z, hidden)));
        named.put("zx.n", tensor(StepBlocks.block(zx, N, hidden)));
        named.put("zh.r", tensor(StepBlocks.block(zh, R, hidden)));
        named.put("zh.z", tensor(StepBlocks.block(zh, Z, hidden)));
        named.put("zh.n", zhN);
        named.put("r", tensor(inside.get(0)));
        named.put("z", tensor(inside.get(1)));
        named.put("n", tensor(inside.get(2)));
        named.put("rh", tensor(inside.get(3)));
        return named;
    }

    private Tensor tensor(Vec numbers) {
        return Tensor.of(numbers, numbers.length() / hidden, hidden);
    }

    private static Vec zerosLike(Vec other) {
        return Vec.zeros(other.dtype(), other.length());
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
    public int outputSize() {
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
        recurrent.close();
        candidate.close();
    }
}
