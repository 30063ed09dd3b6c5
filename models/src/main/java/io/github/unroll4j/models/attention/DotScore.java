// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.attention;

/**
 * The dot score of Luong, Pham and Manning (2015), section 3.1, after equation 7, first line.
 *
 * <pre>
 * (1)  e_s = ⟨h_t, h̄_s⟩
 * </pre>
 *
 * <p>The query h_t is the decoder's state [B,H], the key the annotation h̄_s [B,M] itself, so M = H. No parameters.
 */
public final class DotScore implements Score {
    private final ScoreLayout layout;

    /**
     * A score.
     *
     * @param hidden size H of the decoder's state and of an annotation
     */
    public DotScore(int hidden) {
        layout = new ScoreLayout("dot", hidden);
    }

    @Override
    public ScoreLayout layout() {
        return layout;
    }

    @Override
    public void forward(Pairs p) {
        for (int s = 0; s < p.positions(); s++) {
            p.e(s).dots(p.q(), p.key(s)); // (1)
        }
    }

    @Override
    public void backward(Pairs p) {
        for (int s = 0; s < p.positions(); s++) {
            p.dq().addProduct(p.de(s), p.key(s)); // (1')
            p.dKey(s).addProduct(p.de(s), p.q());
        }
    }
}
