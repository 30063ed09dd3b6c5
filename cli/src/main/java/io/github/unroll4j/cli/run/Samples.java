// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import io.github.unroll4j.cli.flags.SampleFlags;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.lm.Generation;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.text.CharVocabulary;
import java.util.Arrays;

/** What the model writes on the way and at the end. */
final class Samples {
    private static final int CHARACTERS = 300;
    private static final int WORDS = 60;

    private final Console console;
    private final SampleFlags flags;
    private final Rng rng;

    Samples(Console console, SampleFlags flags, Rng rng) {
        this.console = console;
        this.flags = flags;
        this.rng = rng;
    }

    /** Writes one. */
    void write(LanguageModel model, Corpus text) {
        boolean characters = model.vocabulary() instanceof CharVocabulary;
        String prime = prime(model, text);
        Generation request = Generation.of(prime, characters ? CHARACTERS : WORDS, flags.policy());
        String written = model.generate(request.stopAt(), rng);
        String shown = written.isBlank() ? (characters ? " " : "") + "(nothing but white space)" : written;
        console.text("\n" + SavedModel.join(model.vocabulary(), prime, shown) + "\n");
    }

    /** The token to start with: the first of the text with a letter in it, or the first of all where there is none. */
    static String prime(LanguageModel model, Corpus text) {
        return Arrays.stream(text.train())
                .mapToObj(model.vocabulary()::token)
                .filter(token -> !token.startsWith("<") && token.codePoints().anyMatch(Character::isLetter))
                .findFirst()
                .orElseGet(() -> model.vocabulary().token(text.train()[0]));
    }

    String temperatureFlag() {
        return flags.temperatureFlag();
    }
}
