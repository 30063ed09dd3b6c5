// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.github.unroll4j.examples.notebook.NextSentences;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.text.Pair;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the tiny presets of the nine notebooks reach on the two stories, by the model that they leave behind. */
class TinyPresetTest {
    private static final String MODEL = "model.safetensors";

    @TempDir
    Path folder;

    /** Runs the tiny preset on a story, and returns the story. */
    private String run(String name, String story) {
        String data = "--data=bundled:" + story + ".txt";
        Ran ran = Ran.of(name, "--preset=tiny", data, "--out", folder.toString());
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        return new Example(Ran.program(name), new PrintWriter(new StringWriter()), data).text();
    }

    // Nats a token as found. 300 iterations in double repeat to many digits, and 5 % is for the other roundings of
    // another BLAS. Guessing costs ln V: 3.6 and 4.0 for characters, 4.6 and 6.5 for words.
    @ParameterizedTest
    @CsvSource({
        "char-rnn,  crow,       2.803",
        "char-rnn,  lighthouse, 3.005",
        "char-lstm, crow,       2.917",
        "char-lstm, lighthouse, 3.008",
        "char-gru,  crow,       2.837",
        "char-gru,  lighthouse, 2.995",
        "word-rnn,  crow,       3.395",
        "word-rnn,  lighthouse, 4.872",
        "word-lstm, crow,       3.611",
        "word-lstm, lighthouse, 4.897",
        "word-gru,  crow,       3.116",
        "word-gru,  lighthouse, 4.819",
    })
    void aTextIsLearned(String name, String story, double found) throws IOException {
        String text = run(name, story);
        assertThat(ImageIO.read(folder.resolve("loss.png").toFile())).isNotNull();
        try (LanguageModel model = LanguageModel.load(folder.resolve(MODEL))) {
            assertThat(model.evaluate(model.vocabulary().encode(text)).nats()).isCloseTo(found, withinPercentage(5));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "encoder-decoder, crow,       3.521",
        "encoder-decoder, lighthouse, 4.733",
        "bahdanau,        crow,       1.366",
        "bahdanau,        lighthouse, 4.580",
        "luong,           crow,       0.946",
        "luong,           lighthouse, 4.513",
    })
    void theNextSentenceIsLearnedAndAttentionIsDrawn(String name, String story, double found) throws IOException {
        List<String> sentences = NextSentences.split(run(name, story));
        try (Seq2Seq model = Seq2Seq.load(folder.resolve(MODEL))) {
            List<Pair> pairs = IntStream.range(1, sentences.size())
                    .mapToObj(i -> new Pair(
                            model.source().encode(sentences.get(i - 1)),
                            model.target().encode(sentences.get(i))))
                    .toList();
            assertThat(model.evaluate(pairs).nats()).isCloseTo(found, withinPercentage(5));
        }
        if (!name.equals("encoder-decoder")) {
            assertThat(ImageIO.read(folder.resolve("alignment.png").toFile()))
                    .as("null where the file is no picture that Java can read")
                    .isNotNull();
        }
    }
}
