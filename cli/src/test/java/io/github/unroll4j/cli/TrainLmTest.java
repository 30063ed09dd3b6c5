// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.models.lm.LanguageModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainLmTest {
    @TempDir
    Path folder;

    private Ran train(String flags) {
        Stream<String> given = Stream.of(flags.split(" ", -1));
        return Ran.of(Stream.concat(Stream.of("train-lm"), given).toArray(String[]::new));
    }

    private Path text(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static double nats(Ran ran, String label) {
        Matcher matcher = Pattern.compile("^" + label + " +([0-9.]+) nats", Pattern.MULTILINE)
                .matcher(ran.err());
        assertThat(matcher.find()).as(ran.err()).isTrue();
        return Double.parseDouble(matcher.group(1));
    }

    @Test
    void zarembasSmallSettingsAreAPresetForThreeFiles() throws IOException {
        Path train = text("train", " the cat sat on the mat \n the dog sat on the log \n".repeat(200));
        Path valid = text("valid", " the dog sat on the mat \n the cat sat on the log \n".repeat(5));
        Path test = text("test", " the cat sat \n the bird sat \n".repeat(5));
        Ran ran = train("--preset=zaremba-small --train " + train + " --valid " + valid + " --test " + test
                + " --hidden=16 --embed=16 --epochs=2.5 --out " + folder.resolve("out"));
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.err())
                // 2800 tokens in 20 streams of 140 are 7 windows of 20 an epoch; the last pair has no successor
                .contains("18 iterations of 20 streams of 20 steps; sgd, learning rate 1.0 times 0.5 an epoch after 4,"
                        + " loss batch-mean, state carried, gradients limited to a norm of 5.0")
                .contains("10 different words", "2800 to train on, 70 held out for validation, 40 kept for the test")
                .contains("model       lstm 16 x 2 in FLOAT, embedding 16", "embedding.W", "l1.lstm.W_h");
        assertThat(nats(ran, "test")).as("has a bird, which is <UNK>").isGreaterThan(nats(ran, "best"));
        assertThat(ran.err())
                .containsPattern("epoch +1\\.00.* validation")
                .containsPattern("epoch +2\\.00.* validation");
    }

    @Test
    void theDefaultSettingsOfCharRnnAreAPreset() {
        Ran ran = train("--preset=char-rnn --text=lighthouse --dry-run");
        assertThat(ran.err())
                .contains(
                        "streams of 50 steps; rmsprop, learning rate 0.002 times 0.97 an epoch after 10, loss batch-mean,"
                                + " state carried, gradients limited to values of at most 5.0")
                .contains("18355 to train on, 967 held out", "lstm 128 x 2");
    }

    @Test
    void theBestModelIsKeptAndMeasuredAtTheEnd() throws IOException {
        Path train = text("train", "the cat sat on the mat. ".repeat(40));
        Path valid = text("valid", "the mat sat on the cat. the cat sat. ".repeat(10));
        Path out = folder.resolve("out");
        // learns the text by heart and then gets worse on the other
        Ran ran = train("--train " + train + " --valid " + valid + " --test " + valid
                + " --hidden=32 --batch=4 --seq-len=20 --lr=0.02 --lr-decay=1 --epochs=30 --out " + out);
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        double best = nats(ran, "best");
        assertThat(best).isLessThan(nats(ran, "validation") - 0.05);
        assertThat(nats(ran, "test"))
                .as("of the best model, here on the same text")
                .isEqualTo(best);
        try (LanguageModel model = LanguageModel.load(out.resolve("best.safetensors"))) {
            String text = Files.readString(valid);
            assertThat(model.evaluate(model.vocabulary().encode(text)).nats()).isCloseTo(best, within(1e-4));
        }
        List<String> metrics = Files.readAllLines(out.resolve("metrics.csv"));
        double smallest = metrics.stream()
                .skip(1)
                .map(line -> line.split(",", -1)[3])
                .filter(field -> !field.isEmpty())
                .mapToDouble(Double::parseDouble)
                .min()
                .orElseThrow();
        assertThat(smallest).isCloseTo(best, within(1e-4));
    }

    @Test
    void everythingAModelIsBuiltOfCanBeAskedFor() {
        String flags = "--cell=gru --layers=2 --hidden=12 --embed=12 --tied --residual --dropout=0.2 --variational"
                + " --embedding-dropout=0.1 --recurrent-dropout=0.1 --weight-drop=0.1 --zoneout=0.1 --tokenizer=words"
                + " --min-count=2 --state=reset --optimizer=lazy-adam --reduction=sum --init=normal:0.1 --batch=4"
                + " --seq-len=10 --iterations=6 --dtype=double --out " + folder;
        Ran ran = train(flags);
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.err())
                .contains(
                        "gru 12 x 2 in DOUBLE, embedding 12, tied, residual, variational dropout 0.2, embedding dropout 0.1,"
                                + " recurrent dropout 0.1, weight drop 0.1, zoneout 0.1, zoneout of the memory 0.1")
                .contains("lazy-adam", "loss sum, state reset", "<UNK>")
                .doesNotContain("head.W");
        try (LanguageModel model = LanguageModel.load(folder.resolve("model.safetensors"))) {
            assertThat(model.config().regularisation().recurrent().weightDrop()).isEqualTo(0.1);
        }
        Ran more = train("--resume " + folder.resolve("model.safetensors") + " --iterations=8");
        assertThat(more.exitCode()).as(more.err()).isZero();
    }

    @Test
    void aRunWithMasksThatIsResumedEndsLikeOneLeftAlone() throws IOException {
        String flags =
                "--hidden=16 --embed=8 --dropout=0.3 --weight-drop=0.2 --batch=4 --seq-len=20 --lr-decay=1 --out ";
        Path alone = folder.resolve("alone");
        Path parts = folder.resolve("parts");
        assertThat(train(flags + alone + " --iterations=40 --sample-every=0").exitCode())
                .isZero();
        assertThat(train(flags + parts + " --iterations=25 --sample-every=0").exitCode())
                .isZero();
        Ran resumed = train("--resume " + parts.resolve("model.safetensors") + " --iterations=40");
        assertThat(resumed.exitCode()).as(resumed.err()).isZero();
        try (LanguageModel a = LanguageModel.load(alone.resolve("model.safetensors"));
                LanguageModel b = LanguageModel.load(parts.resolve("model.safetensors"))) {
            assertThat(b.parameters().values().toDoubles())
                    .containsExactly(a.parameters().values().toDoubles());
        }
    }

    @Test
    void aShareOfOneTextIsHeldOut() {
        assertThat(train("--preset=tiny --held-out=0.25 --dry-run").err()).contains("14491 to train on, 4831 held out");
        assertThat(train("--preset=tiny --held-out=0 --dry-run").err()).contains("19322 to train on, none held out");
    }

    @Test
    void aRunEndsWhenItGetsNoBetter() {
        // a rate of 0 teaches nothing, so that the first measurement stays the best
        Ran ran = train("--preset=tiny --hidden=4 --lr=0 --accumulate=40 --epochs=9 --patience=2 --out " + folder);
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        // 87 windows an epoch, 40 a step
        assertThat(ran.err())
                .contains("27 iterations of 8 streams of 25 steps", "loss mean, 40 batches an iteration, state carried")
                .contains("ended       after 9 iterations: the best loss is that of iteration 3");
    }
}
