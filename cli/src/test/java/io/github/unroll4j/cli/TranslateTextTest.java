// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.attention.DotScore;
import io.github.unroll4j.models.seq2seq.AttentionKind;
import io.github.unroll4j.models.seq2seq.Bridge;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.models.seq2seq.Seq2SeqConfig;
import io.github.unroll4j.models.seq2seq.Seq2SeqParts;
import io.github.unroll4j.text.Tokenizers;
import io.github.unroll4j.text.WordVocabulary;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a saved model is asked afterwards. */
class TranslateTextTest {
    @TempDir
    static Path folder;

    private static String model = "";
    private static String plain = "";

    @BeforeAll
    static void train() throws IOException {
        Numerals numerals = new Numerals(folder);
        String flags = numerals.files("", "train", 300, 1) + "--hidden=16 --embed=16 --batch=8 --lr=0.02 --quiet --out "
                + folder;
        model = trained(flags + "/model --bidirectional --epochs=8");
        plain = trained(flags + "/plain --attention=none --iterations=2");
    }

    private static String trained(String flags) {
        Ran ran = Ran.of(("translate " + flags).split(" ", -1));
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        return ran.err()
                .lines()
                .filter(line -> line.startsWith("model "))
                .map(line -> line.substring(12))
                .findFirst()
                .orElseThrow();
    }

    private static Ran of(String model, String... flags) {
        return Ran.of(Stream.concat(Stream.of("translate-text", model), Stream.of(flags))
                .toArray(String[]::new));
    }

    private static List<String> lines(Ran ran) {
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.err()).isEmpty();
        return ran.out().lines().toList();
    }

    @Test
    void linesAreGivenOrReadFromAFileOrTheStandardInput() throws IOException {
        List<String> expected = List.of("zwei eins", "", "drei vier");
        assertThat(lines(of(model, "--text=two one", "--text=", "--text=three four")))
                .isEqualTo(expected);
        Path file = Files.writeString(folder.resolve("lines"), "two one\n\nthree four\n");
        assertThat(lines(of(model, "--input=" + file, "--beam=1"))).isEqualTo(expected);
        assertThat(lines(from("two one\n\nthree four\n"))).isEqualTo(expected);
        assertThat(lines(from("two one\n".repeat(70))))
                .as("more than a batch")
                .hasSize(70)
                .containsOnly("zwei eins");
        assertThat(lines(from(""))).isEmpty();
    }

    @Test
    void wordsThatTheModelHasNeverSeenAreNamed() {
        Ran ran = of(model, "--text=two zebras", "--text=one");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.err().strip()).isEqualTo("1 of 2 words are not in the vocabulary: zebras");
        assertThat(of(model, "--text=two " + "z".repeat(100_000)).err())
                .startsWith("1 of 2 words are not in the vocabulary: zzz")
                .contains(" more characters) ... ")
                .hasSizeLessThan(5000);
    }

    private static Ran from(String text) {
        return from(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Ran from(byte[] bytes) {
        InputStream before = System.in;
        try {
            System.setIn(new ByteArrayInputStream(bytes));
            return of(model);
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void severalTranslationsComeWithTheirScoresBestFirst() {
        List<String> lines = lines(of(model, "--text=two one", "--n-best=3", "--beam=4"));
        assertThat(lines).hasSize(3).doesNotHaveDuplicates().allMatch(line -> line.startsWith("1\t"));
        assertThat(lines.get(0)).endsWith("\tzwei eins");
        List<Double> scores = lines.stream()
                .map(line -> Double.parseDouble(line.split("\t", 3)[1]))
                .toList();
        assertThat(scores).isSortedAccordingTo((a, b) -> Double.compare(b, a)).allMatch(score -> score <= 0);
    }

    @Test
    void everyLineHasAnAnswerAndEveryAnswerSaysWhoseItIs() throws IOException {
        assertThat(lines(of(model, "--text="))).containsExactly("");
        assertThat(lines(of(model, "--text=two one", "--text="))).containsExactly("zwei eins", "");
        assertThat(lines(from("\n"))).containsExactly("");
        List<String> numbers =
                lines(of(model, "--text=two one", "--text= ", "--text=four", "--n-best=5", "--beam=5")).stream()
                        .map(line -> line.split("\t", -1)[0])
                        .toList();
        assertThat(numbers).containsExactly("1", "1", "1", "1", "1", "2", "3", "3", "3", "3", "3");
        assertThat(lines(of(model, "--text=two one", "--text=", "--alignment=json")))
                .hasSize(4)
                .last()
                .isEqualTo("{\"source\":[],\"target\":[],\"weights\":[]}");
        assertRefused("'two\\none' has a line feed in it", of(model, "--text=two\none"));
    }

    @Test
    void linesAreThoseThatOtherToolsCount() throws IOException {
        String text = "\uFEFFtwo\rone\r\nthree\u2028four\n\n";
        List<String> expected = List.of("zwei eins", "drei vier", "");
        assertThat(lines(from(text))).isEqualTo(expected);
        assertThat(lines(of(model, "--input=" + Files.createFile(folder.resolve("empty")))))
                .as("no line, as from the standard input")
                .isEmpty();
        assertThat(lines(of(model, "--input=" + Files.writeString(folder.resolve("odd"), text))))
                .isEqualTo(expected);
    }

    @Test
    void alignmentsArePrintedAndDrawn() throws IOException {
        assertThat(of(model, "--text=two one", "--alignment=text").out())
                .containsPattern("two +one")
                .containsPattern("zwei +[01]\\.\\d\\d +[01]\\.\\d\\d  \\|..\\|");
        assertThat(of(model, "--text=two one", "--alignment=csv").out())
                .contains("zwei eins", ",\"two\",\"one\"", "\"eins\",", "\"<EOS>\",");
        assertThat(lines(of(model, "--text=two one", "--text=four", "--alignment=json")))
                .hasSize(4)
                .element(1)
                .asString()
                .startsWith("{\"source\":[\"two\",\"one\"],\"target\":[\"zwei\",\"eins\",\"<EOS>\"],\"weights\":[[");
        Path pictures = folder.resolve("new").resolve("pictures");
        assertThat(lines(of(model, "--text=two one", "--text=", "--text=four", "--pictures=" + pictures)))
                .hasSize(3);
        assertThat(ImageIO.read(pictures.resolve("1.png").toFile())).isNotNull();
        assertThat(pictures.resolve("2.png")).as("of an empty line").doesNotExist();
        assertThat(pictures.resolve("3.png")).isNotEmptyFile();
    }

    @Test
    void theAlignmentAfterTrainingIsTheOneThatIsDrawnLater() throws IOException {
        Path out = folder.resolve("titled");
        String files = new Numerals(folder).files("", "titled", 24, 4);
        Ran ran = Ran.of(("translate " + files + "--hidden=8 --embed=8 --iterations=3 --sample-every=0 --out " + out)
                .split(" ", -1));
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        String first = Files.readAllLines(folder.resolve("titled.en")).get(0);
        assertThat(ran.out().lines()).contains("weights of attention: " + first);
        Ran later = of(out.resolve("model.safetensors").toString(), "--text=" + first, "--beam=1", "--pictures=" + out);
        assertThat(later.exitCode()).as(later.err()).isZero();
        assertThat(out.resolve("alignment.png")).as("title and all").hasSameBinaryContentAs(out.resolve("1.png"));
    }

    @Test
    void aModelWithoutAttentionTranslatesButLooksNowhere() {
        assertThat(lines(of(plain, "--text=two one"))).hasSize(1);
        for (String flag : List.of("--alignment=text", "--copy-unknown", "--pictures=" + folder)) {
            assertRefused("the model in " + plain + " has no attention", of(plain, "--text=two", flag));
        }
    }

    @Test
    void aModelWithAScoreOfOnesOwnCannotBeLoaded() {
        WordVocabulary words = WordVocabulary.of(Tokenizers.WHITESPACE, "one two");
        Seq2SeqConfig.Side side = new Seq2SeqConfig.Side("gru", 4, 4, 1);
        Seq2SeqConfig config = new Seq2SeqConfig(
                side,
                side,
                new AttentionKind.Luong(AttentionKind.ScoreName.OWN),
                new Bridge.Options(Bridge.Kind.TANH, Bridge.Directions.CONCATENATED),
                Seq2SeqConfig.Options.STANDARD);
        Seq2SeqParts parts = Seq2SeqParts.builtIn(config).with((H, M) -> new DotScore(H));
        Path file = folder.resolve("own.safetensors");
        try (Seq2Seq own = Seq2Seq.create(words, words, config, parts, Rng.seeded(1))) {
            own.save(file);
        }
        assertRefused("a score of your own", of(file.toString(), "--text=one"));
    }

    @Test
    void aSavedModelIsMeasured() throws IOException {
        Path en = Files.writeString(folder.resolve("a.en"), "one two three four\n\nfive two\n");
        Path de = Files.writeString(folder.resolve("a.de"), "eins zwei drei vier\n\nfünf zwei\n");
        Ran ran = Ran.of("evaluate-translation", model, en.toString(), de.toString(), "--beam=2");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out())
                .containsPattern("(?m)^left out    1 of 3 pairs because one side is empty$")
                .containsPattern("test +0\\.\\d+ nats, .* perplexity 1\\.\\d+ over 8 words\\R")
                .containsPattern("own words +0\\.\\d+ nats, .* over 8 words, each after the model's own ones\\R")
                .doesNotContain("<UNK>")
                .contains("greedy      BLEU = 100.00 ", "beam of 2   BLEU = 100.00 ", "100.00 % exact");
        assertThat(Ran.of("evaluate-translation", model, en.toString(), de.toString(), "--beam=1")
                        .out())
                .doesNotContain("beam");
        Path one = Files.writeString(folder.resolve("one.de"), "eins\n");
        assertRefused(
                en + " has 3 lines and " + one + " has 1",
                Ran.of("evaluate-translation", model, en.toString(), one.toString()));
    }

    @Test
    void wordsThatAreUnknownOnEitherSideAreCounted() throws IOException {
        Path en = Files.writeString(folder.resolve("u.en"), "one zebra three four\nfive two\n");
        Path de = Files.writeString(folder.resolve("u.de"), "eins Zebra drei vier\nfünf Paar Schuhe\n");
        Ran ran = Ran.of("evaluate-translation", model, en.toString(), de.toString(), "--beam=1");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out())
                .contains("<UNK>       1 of 6 source words, 3 of 7 target words are not in the vocabulary")
                .doesNotContain("left out");
    }

    @Test
    void whatCannotBeDoneIsRefusedInOneSentence() {
        assertRefused("--n-best: 6 of a beam of 5; expected 1 to --beam", of(model, "--text=one", "--n-best=6"));
        assertRefused("--n-best: 0 of a beam", of(model, "--text=one", "--n-best=0"));
        assertRefused("none does not exist", of(model, "--input=" + folder.resolve("none")));
        assertRefused("none: there is no such file", of(folder.resolve("none").toString(), "--text=one"));
        assertRefused("the standard input is not UTF-8", from(new byte[] {'o', (byte) 0xE4, '\n'}));
        assertRefused("generate: " + model, Ran.of("generate", model));
    }

    private static void assertRefused(String sentence, Ran ran) {
        assertThat(ran.exitCode()).as(ran.err()).isEqualTo(1);
        assertThat(ran.err()).hasLineCount(1).contains(sentence).doesNotContain("unexpected");
    }
}
