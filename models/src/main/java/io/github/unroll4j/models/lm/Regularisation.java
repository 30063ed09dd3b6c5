// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import io.github.unroll4j.models.sequence.Noise;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import java.util.Objects;

/**
 * The regularisers of a language model; each rate is a probability of dropping, 0 for off. All are off outside
 * training, where only zoneout leaves a mark: h is then the mean that its masks have in training.
 *
 * @param dropout of what enters the first layer (where that is an embedding), of what goes from layer to layer, and of
 *     what leaves the top one: everywhere but on the recurrent path (Zaremba, Sutskever and Vinyals, 2014)
 * @param variational whether these masks are drawn once for all steps of a window (Gal and Ghahramani, 2016) instead of
 *     at each step
 * @param embeddingDropout of whole rows of the embedding, i.e. of all occurrences of a token in a window (Gal and
 *     Ghahramani, 2016)
 * @param recurrent on the recurrent path of every layer
 * @since 0.1.0
 */
public record Regularisation(double dropout, boolean variational, double embeddingDropout, RecurrentNoise recurrent) {
    /** No regulariser. */
    public static final Regularisation NONE = new Regularisation(0, false, 0, RecurrentNoise.NONE);

    /**
     * Checks the rates.
     *
     * @param dropout {@link #dropout()}
     * @param variational {@link #variational()}
     * @param embeddingDropout {@link #embeddingDropout()}
     * @param recurrent {@link #recurrent()}
     */
    public Regularisation {
        Objects.requireNonNull(recurrent, "recurrent");
        Noise.requireRate("Regularisation", "dropout", dropout);
        Noise.requireRate("Regularisation", "embeddingDropout", embeddingDropout);
    }

    /**
     * Dropout between the layers with a fresh mask at each step.
     *
     * @param rate probability of dropping
     * @return the regularisers of Zaremba, Sutskever and Vinyals (2014)
     */
    public static Regularisation dropout(double rate) {
        return new Regularisation(rate, false, 0, RecurrentNoise.NONE);
    }

    /**
     * The same with one mask for all steps of a pass instead of one for each step (Gal and Ghahramani, 2016).
     *
     * @param once whether to
     * @return the changed copy
     */
    public Regularisation variational(boolean once) {
        return new Regularisation(dropout, once, embeddingDropout, recurrent);
    }

    /**
     * The same with dropout of whole tokens.
     *
     * @param rate probability that a token is dropped from a pass
     * @return the changed copy
     */
    public Regularisation embeddingDropout(double rate) {
        return new Regularisation(dropout, variational, rate, recurrent);
    }

    /**
     * The same with regularisers of the recurrent path.
     *
     * @param noise the regularisers
     * @return the changed copy
     */
    public Regularisation with(RecurrentNoise noise) {
        Objects.requireNonNull(noise, "noise");
        return new Regularisation(dropout, variational, embeddingDropout, noise);
    }
}
