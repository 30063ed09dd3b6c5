// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.checkpoint.Json;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.text.CharVocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a run takes from its files when it goes on, and what no file can make it do. */
class ResumedRunTest {
    @TempDir
    Path folder;

    private Path train;
    private Path valid;
    private Path out;
    private Path model;
    private Path best;

    /** Texts that belong so little together that the first epoch is the best one: each later one unlearns the other. */
    @BeforeEach
    void writeTexts() throws IOException {
        train = Files.writeString(folder.resolve("train.txt"), "abcd".repeat(200));
        valid = Files.writeString(folder.resolve("valid.txt"), "acbd".repeat(40));
        out = folder.resolve("out");
        model = out.resolve("model.safetensors");
        best = out.resolve("best.safetensors");
    }

    private Ran begin(String... more) {
        String[] flags = {
            "train-lm",
            "--train=" + train,
            "--valid=" + valid,
            "--cell=rnn",
            "--hidden=8",
            "--batch=4",
            "--seq-len=10",
            "--lr=0.03",
            "--lr-decay=1",
            "--epochs=5",
            "--sample-every=0",
            "--out=" + out
        };
        return run(flags, more);
    }

    private Ran goOn(String... more) {
        return run(new String[] {"train-lm", "--resume=" + model, "--epochs=7"}, more);
    }

    private static Ran run(String[] flags, String... more) {
        return Ran.of(Stream.concat(Stream.of(flags), Stream.of(more)).toArray(String[]::new));
    }

    private static void assertDone(Ran ran) {
        assertThat(ran.exitCode()).as(ran.err()).isZero();
    }

    private static String bestLine(Ran ran) {
        List<String> lines = ran.err()
                .lines()
                .filter(line -> line.startsWith("best  ") && line.contains("nats"))
                .toList();
        assertThat(lines).as(ran.err()).hasSize(1);
        return lines.get(0);
    }

    @Test
    void theBestIsThatOfTheCheckpointWithoutMetrics() throws IOException {
        Ran first = begin();
        assertDone(first);
        byte[] kept = Files.readAllBytes(best);
        assertThat(kept).as("not the last model is the best").isNotEqualTo(Files.readAllBytes(model));
        Files.delete(out.resolve("metrics.csv"));

        Ran more = goOn();
        assertDone(more);
        assertThat(bestLine(more)).isEqualTo(bestLine(first));
        assertThat(best).hasBinaryContent(kept);
    }

    @Test
    void theBestGoesAlongToAnotherFolder() throws IOException {
        Ran first = begin();
        byte[] kept = Files.readAllBytes(best);
        Path other = folder.resolve("other");

        Ran more = goOn("--out=" + other);
        assertDone(more);
        assertThat(bestLine(more)).isEqualTo(bestLine(first));
        assertThat(other.resolve("best.safetensors")).hasBinaryContent(kept);
        assertThat(more.err()).contains("the best one in " + other.resolve("best.safetensors"));
    }

    @Test
    void otherDataToMeasureOnBeginsTheBestAnewInWhicheverWayTheFolderIsNamed() throws IOException {
        assertDone(begin());
        byte[] kept = Files.readAllBytes(best);
        Path other = Files.writeString(folder.resolve("other.txt"), "aabbccdd".repeat(20));
        Path linked = Files.createSymbolicLink(folder.resolve("linked"), out);

        Ran more = goOn("--valid=" + other, "--out=" + linked);
        assertDone(more);
        assertThat(more.err()).contains("best        begins anew: it was measured on other data");
        assertThat(best).exists();
        assertThat(Files.readAllBytes(best)).isNotEqualTo(kept);
        assertThat(out.resolve("earlier.1/best.safetensors")).hasBinaryContent(kept);
    }

    @Test
    void aFileOfAnotherModelIsNotTakenForTheBest() throws IOException {
        assertDone(begin());
        Files.copy(model, best, StandardCopyOption.REPLACE_EXISTING);
        Ran more = goOn();
        assertDone(more);
        assertThat(more.err()).contains("best        begins anew: " + best + " is not the model that was measured");
    }

    @Test
    void equalRunsWriteEqualFiles() throws IOException {
        assertDone(begin());
        byte[] first = Files.readAllBytes(model);
        byte[] firstBest = Files.readAllBytes(best);
        out = folder.resolve("again");
        assertDone(begin());
        assertThat(out.resolve("model.safetensors")).hasBinaryContent(first);
        assertThat(out.resolve("best.safetensors")).hasBinaryContent(firstBest);
        Map<String, Object> flags = Json.parse("flags", Checkpoint.load(model).metadata("unroll4j.flags"));
        assertThat(List.copyOf(flags.keySet()))
                .as("an order that no hash decides")
                .isSorted()
                .contains("--hidden", "--batch");
    }

    private Path edited(String flags) {
        Checkpoint right = Checkpoint.load(model);
        Checkpoint.Builder wrong = Checkpoint.builder();
        for (String name : right.names()) {
            if (name.equals("carried.inputs")) {
                wrong.put(name, right.ints(name));
            } else if (List.of("trainer.iteration", "trainer.parts").contains(name) || name.endsWith("counts")) {
                wrong.put(name, right.longs(name));
            } else {
                wrong.put(name, right.tensor(name));
            }
        }
        right.metadata()
                .forEach((key, text) -> wrong.metadata(
                        key, key.equals("unroll4j.flags") ? text.replaceFirst("\\{", "{" + flags + ",") : text));
        Path file = out.resolve("edited.safetensors");
        wrong.build().save(file);
        return file;
    }

    @ParameterizedTest
    @CsvSource({"--out", "--data", "--valid", "--resume", "--threads", "--dry-run", "--quiet", "--help", "@args", "a"})
    void aModelFileDoesNotSteerACommand(String flag) throws IOException {
        assertDone(begin());
        Path victim = folder.resolve("victim");
        Path file = edited("\"" + flag + "\":\"" + victim + "\"");

        Ran ran = Ran.of("train-lm", "--resume=" + file, "--epochs=7");
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err())
                .contains("unroll4j.flags: the file says " + flag + ", which is not for a model file to say")
                .doesNotContain("epoch ");
        assertThat(victim).doesNotExist();
    }

    @Test
    void whatARunReadsIsWrittenBesideItAndShownWhenItGoesOn() throws IOException {
        assertDone(begin());
        assertThat(Checkpoint.load(model).metadata("unroll4j.flags")).doesNotContain(folder.toString());
        assertThat(out.resolve("inputs.txt")).hasContent("--train=" + train + "\n--valid=" + valid);
        Ran more = goOn("--quiet");
        assertDone(more);
        assertThat(more.err()).contains("reads       --train=" + train, "reads       --valid=" + valid);
        Files.writeString(out.resolve("inputs.txt"), "--out=" + folder.resolve("elsewhere"));
        Ran steered = goOn("--epochs=9");
        assertThat(steered.exitCode()).isEqualTo(1);
        assertThat(steered.err()).contains("inputs.txt has the line '--out=");
    }

    @Test
    void noPlantedLinkIsFollowed() throws IOException {
        assertDone(begin());
        Path victim = Files.writeString(folder.resolve("victim"), "precious");
        for (String name :
                List.of("model.safetensors.tmp", "best.safetensors.tmp", "metrics.csv", "inputs.txt", "loss.png")) {
            Path link = out.resolve(name);
            Files.deleteIfExists(link);
            Files.createSymbolicLink(link, victim);
        }
        assertDone(begin());
        assertThat(victim).hasContent("precious");
        assertDone(goOn());
        assertThat(victim).hasContent("precious");
    }

    @Test
    void rightsStayAsNarrowAsTheyWere() throws IOException {
        assertDone(begin());
        assumeTrue(Files.getFileStore(out).supportsFileAttributeView("posix"), "this system has no such rights");
        Files.setPosixFilePermissions(model, PosixFilePermissions.fromString("rw-------"));
        assertDone(goOn());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(model)))
                .isEqualTo("rw-------");
    }

    @Test
    void aTornLastLineOfTheMetricsIsMendedAndTold() throws IOException {
        assertDone(begin());
        Path metrics = out.resolve("metrics.csv");
        String text = Files.readString(metrics);
        Files.writeString(metrics, text.substring(0, text.length() - 9));
        Ran more = goOn();
        assertDone(more);
        assertThat(more.err()).contains("metrics     the last line of " + metrics + " was cut off and is left out");
        assertThat(Files.readString(metrics)).endsWith("\n");
    }

    @Test
    void aSaveThatFailsIsToldAndEndsTheRunOnlyAtItsEnd() throws IOException {
        Files.createDirectories(out.resolve("model.safetensors.tmp")); // in the way of what is to replace the model
        Ran ran = begin();
        assertThat(ran.exitCode()).isEqualTo(1);
        List<String> lines = ran.err().lines().toList();
        assertThat(lines)
                .as(ran.err())
                .anyMatch(line -> line.startsWith("not saved   " + model + ": cannot be saved: ")
                        && line.endsWith("Training goes on, and the next save is another try."))
                .anyMatch(line -> line.startsWith("validation  "))
                .anyMatch(line -> line.startsWith("picture     "));
        assertThat(lines.get(lines.size() - 1)).startsWith("train-lm: " + model + ": cannot be saved: ");
        assertThat(ran.err()).doesNotContain("\tat ");
        assertThat(best).exists();
    }

    @Test
    void aFileIsCheckedWithoutItsModel() throws IOException {
        assertDone(begin());
        Ran ran = Ran.of("check", model.toString());
        assertDone(ran);
        assertThat(ran.out())
                .contains(
                        model + " is sound",
                        "it writes: rnn 8 x 1 in FLOAT",
                        "of train-lm, saved after 100 iterations");
        assertThat(Ran.of("check", best.toString()).out()).contains("it is a model only");
        Ran steering = Ran.of("check", edited("\"--out\":\"x\"").toString());
        assertThat(steering.exitCode()).isEqualTo(1);
        assertThat(steering.err()).contains("the file says --out");
        byte[] bytes = Files.readAllBytes(model);
        bytes[bytes.length - 1] ^= 1; // a number: in a small file the middle is the header
        Ran damaged = Ran.of("check", Files.write(model, bytes).toString());
        assertThat(damaged.exitCode()).isEqualTo(1);
        assertThat(damaged.err()).contains("does not match its checksum");
    }

    @Test
    void nothingOfAFileReachesTheTerminalRaw() {
        Path file = folder.resolve("evil.safetensors");
        CharVocabulary escapes = CharVocabulary.of("a\u001B\u009B\u0007\u202E");
        try (LanguageModel evil = LanguageModel.create(escapes, new LanguageModelConfig("rnn", 2), Rng.seeded(1))) {
            evil.save(file);
        }
        Ran ran = Ran.of("generate", file.toString(), "--length=200", "--temperature=5", "--prime=a");
        assertDone(ran);
        assertThat(ran.out())
                .contains("\\u001B", "\\u009B", "\\u0007", "\\u202E")
                .matches("[ -~\\s]*");
        Ran refused = Ran.of("generate", file.toString(), "--prime=b");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains("\\u001B").matches("[ -~\\s]*");
        assertThat(refused.err()).doesNotContain("\r\u001B");
    }
}
