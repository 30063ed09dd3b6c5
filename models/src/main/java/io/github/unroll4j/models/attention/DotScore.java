// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.attention;

import io.github.unroll4j.core.param.Init;

/**
 * The dot and the general score of Luong, Pham and Manning (2015), section 3.1, after equation 7, first and second
 * line.
 *
 * <pre>
 * (1)  key_s = h̄_s               the dot score;  h̄_s W_a  the general score, once a batch, by Attention
 * (2)  e_s = ⟨h_t, key_s⟩
 * </pre>
 *
 * <p>The query h_t is the decoder's state [B,H]; annotations h̄_s [B,M]. The dot score has no parameters and needs M =
 * H. W_a [M,H] is the transpose of the paper's, whose product h_tᵀ W_a h̄_s is the same number. Some programs map the
 * query instead; theirs is this W_a transposed.
 *
 * @since 0.1.0
 */
public final class DotScore implements Score {
    private final ScoreLayout layout;

    /**
     * The dot score.
     *
     * @param hidden size H of the decoder's state and of an annotation
     */
    public DotScore(int hidden) {
        this(new ScoreLayout("dot", hidden));
    }

    private DotScore(ScoreLayout layout) {
        this.layout = layout;
    }

    /**
     * The general score, which starts from Glorot-uniform W_a.
     *
     * @param hidden size H of the decoder's state
     * @return the score
     */
    public static DotScore general(int hidden) {
        return new DotScore(new ScoreLayout("general", hidden).key("W_a", Init.glorotUniform()));
    }

    @Override
    public ScoreLayout layout() {
        return layout;
    }

    @Override
    public void forward(Pairs p) {
        for (int s = 0; s < p.positions(); s++) {
            p.e(s).dots(p.q(), p.key(s)); // (2)
        }
    }

    @Override
    public void backward(Pairs p) {
        for (int s = 0; s < p.positions(); s++) {
            p.dq().addProduct(p.de(s), p.key(s)); // (2')
            p.dKey(s).addProduct(p.de(s), p.q());
        }
        // (1') dW_a and the annotations' share: Attention
    }
}
