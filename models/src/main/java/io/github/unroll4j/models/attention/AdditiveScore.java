// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.attention;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.tensor.Vec;
import java.util.Objects;

/**
 * The additive score of Bahdanau, Cho and Bengio (2015), appendix A.1.2.
 *
 * <pre>
 * (1)  q = s W_a                 once a step     } by {@link Attention}
 *      key_j = h_j U_a           once a batch    }
 * (2)  u_j = tanh(q + key_j)
 * (3)  e_j = ⟨v_a, u_j⟩
 * </pre>
 *
 * <p>s [B,H] is the decoder's state, h_j [B,M] an annotation; W_a [H,A], U_a [M,A], v_a [A]; no bias, as in the paper.
 * Luong, Pham and Manning's (2015) concat score v_aᵀ tanh(W_a [h_t ; h̄_s]) is this one: their W_a is the transpose of
 * W_a above U_a here.
 *
 * <p>The paper starts W_a and U_a from N(0, 0.001²) and v_a from zero.
 *
 * @since 0.1.0
 */
public final class AdditiveScore implements Score {
    private final ScoreLayout layout;
    private final ScoreLayout.Vector V_A;
    private final ScoreLayout.Scratch U;

    /**
     * A score that starts from Glorot-uniform W_a, U_a and v_a.
     *
     * @param size width A
     */
    public AdditiveScore(int size) {
        this(size, Init.glorotUniform(), Init.glorotUniform());
    }

    /**
     * A score.
     *
     * @param size width A
     * @param maps how W_a and U_a start
     * @param vector how v_a starts
     */
    public AdditiveScore(int size, Init maps, Init vector) {
        Objects.requireNonNull(maps, "maps");
        Objects.requireNonNull(vector, "vector");
        layout = new ScoreLayout("additive", size).query("W_a", maps).key("U_a", maps);
        V_A = layout.vector("v_a", vector);
        U = layout.scratch("u");
    }

    @Override
    public ScoreLayout layout() {
        return layout;
    }

    @Override
    public void forward(Pairs p) {
        Vec v = p.p(V_A);
        Vec u = p.scratch(U);
        for (int j = 0; j < p.positions(); j++) {
            u.tanh(u.sum(p.q(), p.key(j))); // (2)
            p.e(j).dots(v, u); // (3)
        }
    }

    @Override
    public void backward(Pairs p) {
        Vec v = p.p(V_A);
        Vec u = p.scratch(U);
        for (int j = 0; j < p.positions(); j++) {
            u.tanh(u.sum(p.q(), p.key(j))); // (2) again
            p.dp(V_A).addProduct(p.de(j), u); // (3') e_j was ⟨v_a, u_j⟩
            Vec d = p.d(U).product(p.de(j), v); //      du
            d.tanhBackward(d, u); // (2') u was tanh(q + key)
            p.dq().add(d);
            p.dKey(j).add(d);
        }
        // (1') dW_a, dU_a, ds and dh_j: Attention
    }
}
