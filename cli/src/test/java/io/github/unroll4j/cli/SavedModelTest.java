// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.cli.run.SavedModel;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.text.CharVocabulary;
import io.github.unroll4j.text.Tokenizers;
import io.github.unroll4j.text.Vocabulary;
import io.github.unroll4j.text.WordVocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code generate} and {@code evaluate}, for models over characters and over words. */
class SavedModelTest {
    private static final String TEXT = "the crow saw a jug.\nthe jug was deep.\n";

    @TempDir
    Path folder;

    private Path characters(String cell) {
        return save(CharVocabulary.of(TEXT), cell);
    }

    private Path words() {
        return save(WordVocabulary.of(Tokenizers.NOTEBOOK, TEXT), "lstm");
    }

    private Path save(Vocabulary vocabulary, String cell) {
        Path file = folder.resolve("model.safetensors");
        try (LanguageModel model = LanguageModel.create(vocabulary, new LanguageModelConfig(cell, 8), Rng.seeded(1))) {
            model.save(file);
        }
        return file;
    }

    private static Ran run(String command, Path model, String... more) {
        Stream<String> given = Stream.concat(Stream.of(command, model.toString()), Stream.of(more));
        Ran ran = Ran.of(given.toArray(String[]::new));
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        return ran;
    }

    @ParameterizedTest
    @ValueSource(strings = {"rnn", "rnn-relu", "lstm", "gru", "gru-cho-2014"})
    void aModelOfAnyCellWritesTheSameForTheSameSeed(String cell) {
        Path model = characters(cell);
        String[] flags = {"--prime", "the c", "--length=40", "--temperature=1", "--seed=7"};
        String written = run("generate", model, flags).out();
        assertThat(written)
                .startsWith("the c")
                .hasSize(5 + 40 + System.lineSeparator().length());
        assertThat(run("generate", model, flags).out()).isEqualTo(written);
        flags[4] = "--seed=8";
        assertThat(run("generate", model, flags).out()).isNotEqualTo(written);
    }

    @Test
    void eachOfSeveralPrimesIsContinuedAsItWouldBeAlone() {
        Path model = characters("lstm");
        String[] flags = {"--length=30", "--temperature=1", "--seed=7", "--prime=the c", "--prime", "", "--prime=a jug"
        };
        String first = run("generate", model, "--length=30", "--temperature=1", "--seed=7", "--prime=the c")
                .out();
        String second = run("generate", model, "--length=30", "--temperature=1", "--seed=8")
                .out();
        String third = run("generate", model, "--length=30", "--temperature=1", "--seed=9", "--prime=a jug")
                .out();
        assertThat(run("generate", model, flags).out()).isEqualTo(first + second + third);
    }

    @Test
    void writingEndsBeforeAStopAndWithoutWhatIsBanned() {
        Path model = characters("gru");
        String[] flags = {"--prime=t", "--length=300", "--temperature=1"};
        String all = run("generate", model, flags).out();
        assertThat(all).contains("j").contains("w");
        String stopped = run("generate", model, flags[0], flags[1], flags[2], "--stop=j", "--stop=w")
                .out();
        assertThat(all).startsWith(stopped.strip());
        assertThat(stopped).doesNotContain("j").doesNotContain("w");
        String banned = run("generate", model, flags[0], flags[1], flags[2], "--ban=j", "--ban=w")
                .out();
        assertThat(banned).hasSizeGreaterThan(300).doesNotContain("j").doesNotContain("w");
    }

    @Test
    void aQuotationMarkClosesWhatThePrimeHasOpened() {
        var words = WordVocabulary.of(Tokenizers.UNICODE_WORDS, "\"It is late,\" she said.");
        try (LanguageModel model = LanguageModel.create(words, new LanguageModelConfig("rnn", 4), Rng.seeded(1))) {
            SavedModel saved = new SavedModel(model);
            assertThat(saved.join("\"It is", "late, \"she said.")).isEqualTo("\"It is late,\" she said.");
            assertThat(saved.join("It is ", "late.")).isEqualTo("It is late.");
            assertThat(saved.join("It", ", she said.")).isEqualTo("It, she said.");
            assertThat(saved.join("It", "<UNK> late")).isEqualTo("It <UNK> late");
        }
    }

    @Test
    void theWordsOfAPrimeThatAreUnknownAreNamed() {
        Ran ran = run("generate", words(), "--prime=the raven saw a raven fly", "--length=5");
        assertThat(ran.err())
                .contains("--prime: the model does not know raven, fly and reads <UNK> in place of each")
                .doesNotContain("crow");
    }

    @Test
    void aModelOverWordsWritesUnknownOnlyIfAllowed() {
        Path model = words();
        String[] flags = {"--prime=the raven", "--length=300", "--temperature=2", "--stop=jug jug jug jug"};
        String written = run("generate", model, flags).out();
        assertThat(written).startsWith("the raven").doesNotContain("<UNK>").doesNotContain("<SOS>");
        String allowed = run("generate", model, flags[0], flags[1], flags[2], flags[3], "--allow-unknown")
                .out();
        assertThat(allowed).contains("<UNK>").doesNotContain("<SOS>");
    }

    @Test
    void aTextIsMeasuredTokenByToken() throws IOException {
        Path model = characters("lstm");
        Path text = Files.writeString(folder.resolve("text"), "the jug\nsaw a crow");
        Path tokens = folder.resolve("tokens.tsv");
        String result = run("evaluate", model, text.toString(), "--tokens", tokens.toString())
                .out();
        assertThat(result)
                .containsPattern("^\\d\\.\\d{4} nats, \\d\\.\\d{4} bits per character, perplexity .* over 17 char");
        List<String> lines = Files.readAllLines(tokens);
        assertThat(lines).hasSize(1 + 18);
        assertThat(lines.get(0)).isEqualTo("token\tid\tln_p");
        assertThat(lines.get(1)).matches("t\t\\d+\t");
        assertThat(lines.get(8)).matches("\\\\n\t0\t-\\d\\.\\d{6}");
        double mean = lines.stream()
                .skip(2)
                .mapToDouble(line -> -Double.parseDouble(line.split("\t", -1)[2]))
                .average()
                .orElseThrow();
        assertThat(Double.parseDouble(result.split(" ", -1)[0])).isCloseTo(mean, within(1e-4));
    }

    @Test
    void unknownWordsAreCounted() throws IOException {
        Path model = words();
        Path text = Files.writeString(folder.resolve("text"), "the raven saw\na jug.\n");
        assertThat(run("evaluate", model, text.toString()).out()).contains("over 5 words, 1 of them <UNK>");
        assertThat(run("evaluate", model, text.toString(), "--end-of-line").out())
                .contains("over 7 words, 1 of them <UNK>");
        Path letters = save(CharVocabulary.of("the raven saw\na jug."), "rnn");
        assertThat(Ran.of("evaluate", letters.toString(), text.toString(), "--end-of-line")
                        .err())
                .contains("--end-of-line is for models over words, the model's tokens are characters");
    }

    @Test
    void theEndOfALineIsATokenWhereItWasOneInTraining() throws IOException {
        Path model = save(WordVocabulary.of(Tokenizers.WHITESPACE, TEXT), "rnn");
        Path text = Files.writeString(folder.resolve("text"), "the crow\nsaw\n");
        assertThat(run("evaluate", model, text.toString()).out()).contains("over 2 words, 0 of them");
        assertThat(run("evaluate", model, text.toString(), "--end-of-line").out())
                .contains("over 4 words, 0 of them");
    }
}
