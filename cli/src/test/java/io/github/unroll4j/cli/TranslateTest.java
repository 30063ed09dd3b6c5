// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.models.seq2seq.Seq2SeqConfig;
import io.github.unroll4j.text.ParallelText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TranslateTest {
    private static final String SMALL = "--hidden=16 --embed=16 --batch=8 ";

    @TempDir
    Path folder;

    private Numerals numerals;

    @BeforeEach
    void makeFiles() {
        numerals = new Numerals(folder);
    }

    private static Ran translate(String flags) {
        return Ran.of(("translate " + flags.strip()).split(" ", -1));
    }

    private static double figure(Ran ran, String pattern) {
        Matcher matcher = Pattern.compile(pattern, Pattern.MULTILINE).matcher(ran.err());
        assertThat(matcher.find()).as(pattern + " in " + ran.err()).isTrue();
        return Double.parseDouble(matcher.group(1));
    }

    @Test
    void threePairsOfFilesAreLearnedMeasuredAndTranslated() throws IOException {
        Path out = folder.resolve("out");
        String files = numerals.files("", "train", 300, 1)
                + numerals.files("valid-", "valid", 40, 2)
                + numerals.files("test-", "test", 50, 3);
        Ran ran = translate(files + SMALL + "--bidirectional --lr=0.02 --epochs=8 --beam=3 --out " + out);
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.err())
                .contains("304 iterations of 8 pairs; adam, learning rate 0.02 falling to 0, loss mean")
                .contains("8 different source words, 8 different target words")
                .contains("300 pairs to train on, 40 held out for validation, 50 kept for the test")
                .contains("gru 16 x 1 of embedding 16 both ways -> gru 16 x 1 of embedding 16 in FLOAT, additive")
                .containsPattern("epoch +1\\.00.* validation")
                .containsPattern("epoch +8\\.00.* validation")
                .containsPattern("time +\\d\\d:\\d\\d")
                .containsPattern("translate +unroll4j translate-text .*best.safetensors --text ");
        // numerals are learned word by word: perplexity 1.01 and BLEU 98 where it was tuned
        assertThat(figure(ran, "^best .* perplexity ([0-9.]+)$")).isBetween(1.0, 1.2);
        assertThat(figure(ran, "^test .* perplexity ([0-9.]+) over ")).isBetween(1.0, 1.2);
        assertThat(figure(ran, "^own words .* perplexity ([0-9.]+) over "))
                .as("no word is another's neighbour: one wrong costs the next ones nothing")
                .isBetween(1.0, 2.0);
        assertThat(figure(ran, "^greedy +BLEU = ([0-9.]+) ")).isBetween(85.0, 100.0);
        assertThat(figure(ran, "^beam of 3 +BLEU = ([0-9.]+) ")).isBetween(85.0, 100.0);
        assertThat(figure(ran, "^greedy .*, ([0-9.]+) % exact")).isBetween(80.0, 100.0);
        try (Seq2Seq best = Seq2Seq.load(out.resolve("best.safetensors"))) {
            ParallelText valid = ParallelText.read(folder.resolve("valid.en"), folder.resolve("valid.de"));
            assertThat(best.evaluate(valid.encode(best.source(), best.target())).nats())
                    .as("the best one was saved")
                    .isCloseTo(figure(ran, "^best +([0-9.]+) nats"), within(1e-4));
        }
        assertThat(out.resolve("alignment.png")).isNotEmptyFile();
        assertThat(out.resolve("loss.png")).isNotEmptyFile();
        assertThat(out.resolve("gradients.png")).isNotEmptyFile();
    }

    /** What the command line builds for a preset is what the library offers under the same name. */
    @ParameterizedTest
    @CsvSource({"cho-2014, adadelta", "bahdanau-2014, adadelta"})
    void thePresetsOf2014AreThoseOfTheLibrary(String preset, String optimizer) throws IOException {
        Path out = folder.resolve(preset);
        Ran ran = translate("--preset=" + preset + " --embed=6 --hidden=8 --maxout=4 --iterations=2 --out " + out);
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.err())
                .contains("; " + optimizer + ", learning rate 1.0 throughout, loss mean, gradients limited");
        try (Seq2Seq model = Seq2Seq.load(out.resolve("model.safetensors"))) {
            assertThat(model.config().describe())
                    .isEqualTo(
                            (preset.startsWith("cho") ? Seq2SeqConfig.cho2014(6, 8) : Seq2SeqConfig.bahdanau2014(6, 8))
                                    .describe());
            double[] U = model.parameters().get("decoder.l0.gru.W_h").valuesCopy();
            double squares = Arrays.stream(U).map(x -> x * x).sum();
            // two steps of some 0.004 from orthonormal columns, 8 of each gate
            assertThat(squares).isCloseTo(U.length / 8.0, within(0.5));
        }
    }

    @Test
    void pairsWithAnEmptySideAreLeftOutAndCounted() throws IOException {
        Path en = numerals.write("train.en", "One two\n\nthree\nfour four\n");
        Path de = numerals.write("train.de", "Eins zwei\nzwei\n\nvier vier\n");
        Ran ran = translate(Numerals.flags("", en, de) + SMALL + "--lower-case --min-count=2 --dry-run");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.err())
                .contains("4 different source words (<UNK> is 50.0 %), 4 different target words (<UNK> is 50.0 %)")
                .contains("2 pairs to train on, none held out; 2 left out because one side is empty");
        assertThat(ran.out()).contains("> One two", "= Eins zwei");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void aPairWithoutATokenIsEmptyWhateverTheTokenizer() throws IOException {
        Path en = numerals.write("odd.en", "one two\n\u00A0\n\uD83D\uDE42\nfour\rfour\n");
        Path de = numerals.write("odd.de", "eins zwei\nzwei\ndrei\nvier vier\n");
        String flags = Numerals.flags("", en, de) + SMALL + "--dry-run --tokenizer=";
        assertThat(translate(flags + "notebook").err())
                .contains("2 pairs to train on, none held out; 2 left out because one side is empty");
        for (String other : List.of("whitespace", "words", "characters")) {
            assertThat(translate(flags + other).err())
                    .contains("3 pairs to train on, none held out; 1 left out because one side is empty");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--attention=none                       | no attention, bridge tanh",
                "--attention=none --summary --maxout=4  | a summary at every step, maxout 4",
                "--attention=none --summary --maxout=4 --bridge=summary --cell=gru-cho-2014 --decoder-cell=gru-cho-2014-decoder --init=papers-2014 | gru-cho-2014 16 x 1 of embedding 16 -> gru-cho-2014-decoder 16 x 1 of embedding 16 in FLOAT, a summary at every step, maxout 4, bridge summary",
                "--attention-size=5 --maxout=8 --bidirectional --directions=summed | additive attention of 5, maxout 8, bridge tanh of summed",
                "--attention=dot --bridge=identity      | dot attention, input feeding, bridge identity",
                "--attention=general --focus=predictive --radius=3 | general attention within 3 of a predicted position",
                "--attention=concat --focus=monotonic --input-feeding=false | concat attention of 16 within 10 of its own step, bridge",
                "--attention=location                   | location attention of 100, input feeding",
                "--bridge=zeros --reversed --dropout=0.2 --layers=2 | x 2 of embedding 16 in FLOAT, additive attention of 16, bridge zeros, sources reversed, dropout 0.2",
                "--one-embedding --dtype=double         | in DOUBLE, additive attention of 16, bridge tanh, one embedding",
                "--cell=lstm --label-smoothing=0.1 --scheduled-sampling=20 | label smoothing 0.1, scheduled sampling with k = 20",
                "--teacher-forcing=0.5                  | , the true word read with probability 0.5",
                "--tokenizer=characters --accumulate=3  | loss mean, 3 batches an iteration",
            })
    void everythingAModelIsBuiltOfCanBeAskedFor(String flags, String described) {
        Ran ran = translate("--preset=tiny --dry-run " + flags);
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.err()).contains(described, "all fits; nothing was written");
        assertThat(ran.out()).contains("= Zucker ist süß und Zitronen sind sauer.");
    }

    @Test
    void theSettingForMulti30kIsAPreset() throws IOException {
        Ran ran = translate("--preset=multi30k " + numerals.files("", "train", 300, 1) + "--dry-run");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.err())
                .contains("48 iterations of 80 pairs; adam, learning rate 0.001 falling to 0")
                .contains("gru 256 x 1 of embedding 256 both ways", "maxout 256", "tanh of backward, dropout 0.4");
    }

    @Test
    void aRunThatIsResumedEndsLikeOneLeftAlone() throws IOException {
        String files = numerals.files("", "train", 60, 1) + numerals.files("valid-", "valid", 10, 2);
        String flags = files + SMALL + "--dropout=0.3 --lr-decay=1 --accumulate=2 --sample-every=0 --out ";
        Path alone = folder.resolve("alone");
        Path parts = folder.resolve("parts");
        assertThat(translate(flags + alone + " --iterations=30").exitCode()).isZero();
        assertThat(translate(flags + parts + " --iterations=17").exitCode()).isZero();
        Path model = parts.resolve("model.safetensors");
        Ran resumed = translate("--resume " + model + " --iterations=30");
        assertThat(resumed.exitCode()).as(resumed.err()).isZero();
        assertThat(resumed.err())
                .contains("resumed     at iteration 17, learning rate 1.00e-03" + System.lineSeparator())
                .contains("training is the mean over about 100 iterations");
        assertThat(weights(parts)).containsExactly(weights(alone));
        Ran other = translate("--resume " + model + " --iterations=40 --accumulate=1");
        assertThat(other.err()).contains("was begun with --accumulate 2, which cannot change on the way");
    }

    @Test
    void aRunThatIsMadeLongerSaysThatItsLearningRateRises() throws IOException {
        String files = numerals.files("", "train", 24, 1);
        assertThat(translate(files + SMALL + "--iterations=4 --lr=0.01 --out " + folder)
                        .exitCode())
                .isZero();
        Ran longer = translate("--resume " + folder.resolve("model.safetensors") + " --iterations=8");
        assertThat(longer.exitCode()).as(longer.err()).isZero();
        // half a cosine over 4 iterations ends with 0.01 (1 + cos(3π/4)) / 2; over 8 it is half way at iteration 4
        assertThat(longer.err())
                .contains(
                        "resumed     at iteration 4, learning rate 5.00e-03, up from 1.46e-03: that of a run of 8 iter");
    }

    private static double[] weights(Path run) {
        try (Seq2Seq model = Seq2Seq.load(run.resolve("model.safetensors"))) {
            return model.parameters().values().toDoubles();
        }
    }

    @Test
    void aRunEndsWhenItGetsNoBetter() throws IOException {
        String files = numerals.files("", "train", 24, 1) + numerals.files("valid-", "valid", 10, 2);
        // a rate of 0 teaches nothing, so that the first measurement stays the best
        Ran ran = translate(files + SMALL + "--lr=0 --epochs=50 --patience=3 --sample-every=0 --out " + folder);
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.err()).contains("ended       after 12 iterations: the best loss is that of iteration 3");
        assertThat(Files.readAllLines(folder.resolve("metrics.csv")).get(12)).startsWith("12,");
        Ran none = translate("--preset=tiny --patience=3 --out " + folder.resolve("out"));
        assertThat(none.exitCode()).isEqualTo(1);
        assertThat(none.err())
                .contains("--patience is about the validation loss, and nothing is held out for validation");
    }

    @Test
    void theSameSeedLearnsTheSame() {
        String flags = "--preset=tiny --iterations=20 --quiet --out=" + folder;
        Ran first = translate(flags);
        assertThat(first.out()).isNotEmpty().isEqualTo(translate(flags).out());
        assertThat(translate(flags + " --seed=2").out()).isNotEqualTo(first.out());
    }

    @Test
    void aRunIsNotResumedOnOtherPairsOrAsAnotherModel() throws IOException {
        String files = numerals.files("", "train", 24, 1);
        assertThat(translate(files + SMALL + "--iterations=3 --out " + folder).exitCode())
                .isZero();
        String resume = "--resume " + folder.resolve("model.safetensors") + " --iterations=5 ";
        assertRefused("holds a model of gru 16 x 1 of embedding 16 -> ", resume + "--hidden=17");
        assertRefused("leave these flags out", resume + "--attention=dot");
        assertRefused("was trained on another text than ", resume + numerals.files("", "other", 24, 2));
        Path words = numerals.write("words", "six\n");
        assertRefused("was trained on a text of other tokens", resume + Numerals.flags("", words, words));
        Path letters = folder.resolve("letters");
        assertThat(Ran.of("train-lm", "--preset=tiny", "--hidden=4", "--iterations=2", "--out=" + letters)
                        .exitCode())
                .isZero();
        assertRefused(
                "model.safetensors is one of train-lm, which alone can go on with it",
                "--resume " + letters.resolve("model.safetensors"));
    }

    @Test
    void whatTheDecoderReadsIsAskedForInOneWay() throws IOException {
        Ran both = translate("--preset=tiny --dry-run --scheduled-sampling=10 --teacher-forcing=0.5");
        assertThat(both.exitCode()).isEqualTo(2);
        assertThat(both.err())
                .as("before anything else is said")
                .hasLineCount(1)
                .contains("--scheduled-sampling=K, --teacher-forcing=RATE are mutually exclusive");
        String files = numerals.files("", "train", 24, 1);
        assertThat(translate(files + SMALL + "--teacher-forcing=0.5 --iterations=3 --out " + folder)
                        .exitCode())
                .isZero();
        Path model = folder.resolve("model.safetensors");
        assertRefused(
                "--resume: the run in " + model + " was begun with --teacher-forcing 0.5, which cannot change on the"
                        + " way; leave out --scheduled-sampling 10",
                "--resume " + model + " --iterations=5 --scheduled-sampling 10");
        Ran on = translate("--resume " + model + " --iterations=5");
        assertThat(on.exitCode()).as(on.err()).isZero();
        assertThat(on.err()).contains("the true word read with probability 0.5");
    }

    private static void assertRefused(String sentence, String flags) {
        Ran ran = translate(flags);
        assertThat(ran.exitCode()).as(ran.err()).isEqualTo(1);
        List<String> lines = ran.err().lines().toList();
        assertThat(lines.get(lines.size() - 1))
                .as(ran.err())
                .startsWith("translate: ")
                .contains(sentence);
        assertThat(ran.err()).doesNotContain("\tat ");
    }
}
