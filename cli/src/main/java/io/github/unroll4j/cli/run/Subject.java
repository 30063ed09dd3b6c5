// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import io.github.unroll4j.text.Vocabulary;
import java.util.List;
import java.util.Optional;

/**
 * What must be the same for a run to go on.
 *
 * @param vocabularies tokens that the model reads and writes
 * @param config what the model is built of
 * @param model the same in words
 * @param text where the text is from
 * @param hash of the text to train on
 */
record Subject(List<? extends Vocabulary> vocabularies, Object config, String model, String text, String hash) {
    /** How many tokens the model chooses among: those of the last vocabulary. */
    int tokens() {
        return vocabularies.get(vocabularies.size() - 1).size();
    }

    /** Why a saved run with another subject cannot go on here, as the end of a sentence about its file. */
    Optional<String> objectionTo(Subject saved) {
        for (int i = 0; i < vocabularies.size(); i++) {
            Optional<String> difference = vocabularies.get(i).differenceFrom(saved.vocabularies.get(i));
            if (difference.isPresent()) {
                return Optional.of("was trained on a text of other tokens: " + difference.get()
                        + ", here being this text, there the model; give the text it was trained on");
            }
        }
        if (!config.equals(saved.config)) {
            return Optional.of("holds a model of " + saved.model + ", the flags ask for " + model
                    + "; what a model is built of cannot be changed, leave these flags out");
        }
        if (!hash.equals(saved.hash)) {
            return Optional.of("was trained on another text than " + text
                    + ", or on another share of it; give the text it was trained on");
        }
        return Optional.empty();
    }
}
