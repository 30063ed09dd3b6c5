// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What every run has, at the example of an Elman network over characters. */
class RunTest {
    private static final Pattern RESULT = Pattern.compile(
            "validation {2}([0-9.]+) nats, ([0-9.]+) bits per character, perplexity ([0-9.]+) over 1932");

    @TempDir
    Path folder;

    /** A model so small that a run takes a moment. */
    private Ran quick(String... flags) {
        String[] small = {"train-lm", "--cell=rnn", "--hidden=8", "--layers=2", "--batch=4", "--seq-len=10", "--lr=0.01"
        };
        return Ran.of(Stream.concat(Stream.of(small), Stream.of(flags)).toArray(String[]::new));
    }

    private String at(String name) {
        return folder.resolve(name).toString();
    }

    @Test
    void theTinyPresetLearnsWritesAndLeavesAllItsFiles() throws IOException {
        Ran ran = Ran.of(
                "train-lm",
                "--preset",
                "tiny",
                "--cell=rnn",
                "--hidden=64",
                "--lr=0.004",
                "--iterations=1000",
                "--out",
                folder.toString());

        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.err())
                .contains("ND4J", "1 BLAS thread", "lighthouse (bundled), 53 different characters")
                .contains("17389 to train on, 1933 held out", "seed 1", "l0.rnn.W_h", "10997")
                .contains("   1000/1000  epoch  11.49")
                .contains("unroll4j train-lm --resume", "unroll4j generate");
        // 1.703 where it was tuned; another BLAS rounds otherwise, and 1000 iterations make that visible
        Matcher result = RESULT.matcher(ran.err());
        assertThat(result.find()).as(ran.err()).isTrue();
        double nats = Double.parseDouble(result.group(1));
        assertThat(nats).isBetween(1.6, 1.8);
        // from nats that are printed to four digits
        assertThat(Double.parseDouble(result.group(2))).isCloseTo(nats / Math.log(2), within(2e-4));
        assertThat(Double.parseDouble(result.group(3))).isCloseTo(Math.exp(nats), within(2e-3));
        assertThat(ran.out().split("\n\n\n", -1))
                .as("four samples on the way and one at the end")
                .hasSize(5);

        List<String> metrics = Files.readAllLines(folder.resolve("metrics.csv"));
        assertThat(metrics)
                .as("every fifth iteration, and 9 of the 11 ends of an epoch of 87")
                .hasSize(1 + 200 + 9);
        assertThat(figure(metrics, 5, 2)).as("the first five iterations guess").isBetween(3.5, Math.log(53) + 0.2);
        assertThat(figure(metrics, 1000, 2)).as("training loss").isBetween(1.6, 1.85);
        assertThat(figure(metrics, 1000, 3)).as("validation loss").isEqualTo(nats, within(1e-4));
        assertThat(figure(metrics, 87, 3)).as("validation loss at the start").isGreaterThan(nats + 0.5);
        assertThat(Objects.requireNonNull(
                                ImageIO.read(folder.resolve("loss.png").toFile()))
                        .getWidth())
                .isEqualTo(900);
    }

    private static double figure(List<String> metrics, int iteration, int field) {
        return metrics.stream()
                .filter(line -> line.startsWith(iteration + ","))
                .mapToDouble(line -> Double.parseDouble(line.split(",", -1)[field]))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theSameSeedWritesTheSameTextAndAnotherSeedAnother() {
        Ran first = quick("--iterations=30", "--out", at("a"));
        assertThat(first.exitCode()).as(first.err()).isZero();
        assertThat(quick("--iterations=30", "--out", at("b")).out()).isEqualTo(first.out());
        assertThat(quick("--iterations=30", "--seed=2", "--out", at("c")).out()).isNotEqualTo(first.out());
    }

    @Test
    void everyFlagHasAnEffect() throws IOException {
        Path file = Files.writeString(
                folder.resolve("text.txt"), "Zwölf Boxkämpfer jagen Viktor quer über den Deich.\n".repeat(20));
        Ran ran = quick(
                "--data=" + file,
                "--held-out=0",
                "--epochs=2.5",
                "--clip-value=1",
                "--optimizer=rmsprop",
                "--dtype=double",
                "--threads=2",
                "--sample-every=10",
                "--temperature=0",
                "--top-k=5",
                "--top-p=0.9",
                "--out",
                at("out"));
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        // 1019 pairs in 4 streams of 255 are 26 windows of 10 an epoch
        assertThat(ran.err())
                .contains("65 iterations of 4 streams of 10 steps; rmsprop", "limited to values of at most 1.0")
                .contains("2 BLAS threads", "DOUBLE", "none held out", "training    ", "over 1019 characters");
        assertThat(ran.out().split("\n\n\n", -1)).hasSize(7);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "                              | 5220 iterations of 4 streams of 50 steps; adam, learning rate 0.004 | lstm 128 x 1",
                "--preset=tiny                 | 261 iterations of 8 streams of 25 steps; adam, learning rate 0.01   | lstm 32 x 1",
                "--preset tiny --hidden 5      | 261 iterations of 8 streams of 25 steps; adam, learning rate 0.01   | lstm 5 x 1",
                "--preset=tiny --iterations=7  | 7 iterations of 8 streams of 25 steps; adam, learning rate 0.01     | lstm 32 x 1",
                "--data=FILE                   | 3000 iterations of 50 streams of 50 steps; adam, learning rate 0.004 | lstm 256 x 1",
                "--data=FILE --preset=tiny     | 60 iterations of 8 streams of 25 steps; adam, learning rate 0.01    | lstm 32 x 1",
            })
    void presetsLieUnderTheFlagsGiven(@Nullable String flags, String training, String model) throws IOException {
        Path file = Files.writeString(folder.resolve("text.txt"), "All work and no play. ".repeat(200));
        String given = flags == null ? "" : flags.replace("FILE", file.toString()) + " ";
        Ran ran = Ran.of(("train-lm " + given + "--dry-run").split(" ", -1));
        assertThat(ran.err()).contains(training, model);
    }

    @Test
    void aDryRunWritesNothing() {
        Ran ran = quick("--dry-run", "--out", at("out"));
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.err()).contains("      1/1  epoch", "nothing was written");
        assertThat(ran.out()).hasSizeGreaterThan(300);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void onATerminalTheProgressIsOneLineRewrittenInPlace() {
        System.setProperty("unroll4j.terminal", "true");
        try {
            Ran ran =
                    quick("--text=crow", "--iterations=30", "--sample-every=0", "--out", at("out")); // an epoch has 18
            List<String> progress = Stream.of(ran.err().split("\n", -1))
                    .filter(line -> line.contains("left"))
                    .toList();
            assertThat(progress).as("lines with a bar").hasSize(1);
            assertThat(progress.get(0)).containsPattern("\r\\[========\\] 30/30 training \\d\\.\\d{3} validation \\d");
            assertThat(ran.err()).as("no escape codes").doesNotContain("\u001B");
        } finally {
            System.clearProperty("unroll4j.terminal");
        }
    }

    @Test
    void aSampleOfWhiteSpaceIsSaidInWords() throws IOException {
        // one letter to begin with, and after it nothing to learn but spaces
        Path file = Files.writeString(folder.resolve("text.txt"), "a" + " ".repeat(2000));
        Ran ran = quick("--data=" + file, "--iterations=30", "--temperature=0", "--sample-every=0", "--out", at("out"));

        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out().strip()).isEqualTo("a (nothing but white space)");
    }

    @Test
    void quietPrintsTheResultOnly() {
        Ran ran = quick("--iterations=30", "--quiet", "--out", at("out"));
        assertThat(ran.err()).startsWith("validation  ").doesNotContain("epoch");
        assertThat(ran.out().strip()).as("one sample").startsWith("T").doesNotContain("\n\n\n");
    }

    @Test
    void theModelOfAnEarlierRunIsKept() throws IOException {
        quick("--iterations=30", "--out", folder.toString());
        byte[] earlier = Files.readAllBytes(folder.resolve("model.safetensors"));
        Ran second = quick("--iterations=31", "--out", folder.toString());
        quick("--iterations=32", "--out", folder.toString());
        assertThat(second.err()).contains("earlier run its files are in " + at("earlier.1") + " now");
        assertThat(folder.resolve("earlier.1/model.safetensors")).hasBinaryContent(earlier);
        assertThat(folder.resolve("earlier.1/metrics.csv")).exists();
        assertThat(folder.resolve("earlier.2/model.safetensors")).exists();
    }

    @Test
    void aFinishedRunTrainsOnWithItsOwnFlagsAndFiles() throws IOException {
        quick("--iterations=30", "--temperature=0.9", "--out", folder.toString());
        Ran more = Ran.of("train-lm", "--resume", at("model.safetensors"), "--iterations=50");
        assertThat(more.exitCode()).as(more.err()).isZero();
        assertThat(more.err())
                .contains("50 iterations of 4 streams of 10 steps", "resumed     at iteration 30")
                .contains("--temperature=0.9");
        List<String> metrics = Files.readAllLines(folder.resolve("metrics.csv"));
        assertThat(metrics).hasSize(51);
        assertThat(metrics.get(50)).startsWith("50,");
        assertThat(folder.resolve("earlier.1")).doesNotExist();
    }

    @Test
    void aRunThatDivergesSaysWhyAndKeepsTheEarlierModel() throws IOException {
        quick("--iterations=30", "--out", folder.toString());
        byte[] earlier = Files.readAllBytes(folder.resolve("model.safetensors"));
        Ran ran = Ran.of("train-lm", "--preset=tiny", "--lr=10", "--out", folder.toString());
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err()).contains("train-lm: Training diverged after ", "try a lower learning rate");
        assertThat(folder.resolve("earlier.1/model.safetensors")).hasBinaryContent(earlier);
    }

    @Test
    void aSavedModelWrites() {
        quick("--iterations=30", "--out", folder.toString());
        Ran ran = Ran.of(
                "generate", at("model.safetensors"), "--prime", "Ada ", "--length", "40", "--temperature", "0.8");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out().stripTrailing()).startsWith("Ada ");
        assertThat(ran.out()).hasSize(4 + 40 + System.lineSeparator().length());
        assertThat(ran.err()).isEmpty();
    }
}
