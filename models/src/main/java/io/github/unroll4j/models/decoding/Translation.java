// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.decoding;

import java.util.Objects;
import java.util.Optional;

/**
 * What a model makes of a source text.
 *
 * @param text the target as text
 * @param logProbability ln p of its tokens, and of its end
 * @param score what it competed by in a search
 * @param finished whether the model ended it; false where the longest length was reached first
 * @param alignment where it looked, of a model with attention: for each token and, where it is finished, for {@code
 *     <EOS>}
 * @since 0.1.0
 */
public record Translation(
        String text, double logProbability, double score, boolean finished, Optional<Alignment> alignment) {
    /**
     * Requires what is not optional.
     *
     * @param text {@link #text()}
     * @param logProbability {@link #logProbability()}
     * @param score {@link #score()}
     * @param finished {@link #finished()}
     * @param alignment {@link #alignment()}
     */
    public Translation {
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(alignment, "alignment");
    }
}
