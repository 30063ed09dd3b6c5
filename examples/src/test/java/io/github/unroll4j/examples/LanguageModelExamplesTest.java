// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each example in seconds; {@link CharRnnTest} looks at all that they share. */
class LanguageModelExamplesTest {
    private static final Pattern RESULT = Pattern.compile("validation {2}([0-9.]+) nats, .* over (\\d+) (\\w+)s");

    @TempDir
    Path folder;

    // The loss where it was tuned, give or take what another BLAS and hundreds of iterations make of other roundings.
    @ParameterizedTest
    @CsvSource({
        "char-lstm, l0.lstm.W_h, characters, 1932, 1.45, 1.65",
        "char-gru,  l0.gru.W_h,  characters, 1932, 1.35, 1.55",
        "word-rnn,  l0.rnn.W_h,  words,      486,  3.8,  4.2",
        "word-lstm, l0.lstm.W_h, words,      486,  4.0,  4.4",
        "word-gru,  l0.gru.W_h,  words,      486,  3.65, 4.1",
    })
    void theTinyPresetLearnsAndWrites(
            String name, String weights, String unit, int measured, double atLeast, double below) {
        Ran ran = Ran.of(name, "--preset=tiny", "--sample-every=0", "--out", folder.toString());
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.err()).contains("lighthouse (bundled)", "different " + unit, weights, "total", "tokens/s");
        Matcher result = RESULT.matcher(ran.err());
        assertThat(result.find()).as(ran.err()).isTrue();
        assertThat(result.group(3) + "s").isEqualTo(unit);
        assertThat(Integer.parseInt(result.group(2))).isEqualTo(measured);
        assertThat(Double.parseDouble(result.group(1))).isBetween(atLeast, below);
        assertThat(ran.out().strip())
                .startsWith(unit.equals("words") ? "the" : "T")
                .doesNotContain("<UNK>");
        assertThat(folder.resolve("loss.png")).isNotEmptyFile();
        assertThat(folder.resolve("model.safetensors")).isNotEmptyFile();
    }
}
