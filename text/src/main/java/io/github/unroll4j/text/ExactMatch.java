// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import java.util.List;

/**
 * The strictest measure of what a model writes: the share of texts in which every character is right.
 *
 * @since 0.1.0
 */
public final class ExactMatch {
    private ExactMatch() {}

    /**
     * Returns the share of equal texts.
     *
     * @param hypotheses texts to judge, at least one
     * @param references the right texts, in the same order
     * @return 0 to 1
     * @throws IllegalArgumentException if there is no text, or the lists differ in length
     */
    public static double share(List<String> hypotheses, List<String> references) {
        Bleu.requireSameSize("ExactMatch", hypotheses.size(), references.size());
        if (hypotheses.isEmpty()) {
            throw new IllegalArgumentException("ExactMatch.share: there is no text, expected at least one");
        }
        int equal = 0;
        for (int i = 0; i < hypotheses.size(); i++) {
            equal += hypotheses.get(i).equals(references.get(i)) ? 1 : 0;
        }
        return (double) equal / hypotheses.size();
    }
}
