// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a machine may lack: each is one sentence, before the work where that can be known, and costs no result. */
class FaultsTest {
    @TempDir
    static Path folder;

    private static String letters;
    private static String pairs;

    @BeforeAll
    static void train() {
        letters = trained("train-lm", "--text=crow");
        pairs = trained("translate");
    }

    private static String trained(String... command) {
        List<String> words = new ArrayList<>(List.of(command));
        Path out = folder.resolve(command[0]);
        words.addAll(List.of("--preset=tiny", "--hidden=4", "--iterations=2", "--out=" + out));
        Ran ran = Ran.of(words.toArray(String[]::new));
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        return out.resolve("model.safetensors").toString();
    }

    /** Runs a command in a JVM of its own. */
    private static Ran apart(List<String> options, Path out, String... command)
            throws IOException, InterruptedException {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(options);
        words.addAll(List.of("-cp", String.join(File.pathSeparator, Ran.classPath()), Main.class.getName()));
        words.addAll(List.of(command));
        Path err = folder.resolve("stderr");
        int code = new ProcessBuilder(words)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start()
                .waitFor();
        boolean regular = Files.isRegularFile(out);
        return new Ran(code, regular ? Files.readString(out) : "", Files.readString(err, StandardCharsets.UTF_8));
    }

    private static void assertRefused(String sentence, Ran ran) {
        assertThat(ran.exitCode()).as(ran.err()).isEqualTo(1);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err().lines()).as(ran.err()).hasSize(1);
        assertThat(ran.err()).contains(sentence);
    }

    @Test
    void aPlaceThatCannotBeWrittenIsRefusedBeforeTheWork() throws IOException {
        Path file = Files.writeString(folder.resolve("precious"), "It was a dark night.");
        Path below = file.resolve("below");
        Path none = folder.resolve("none");
        String[] evaluate = {"evaluate", letters, file.toString(), "--tokens", ""};
        evaluate[4] = none.resolve("s.tsv").toString();
        assertRefused("--tokens: " + evaluate[4] + " cannot be written: there is no folder " + none, Ran.of(evaluate));
        evaluate[4] = below.toString();
        assertRefused(
                "--tokens: " + below + " cannot be written: " + file + " is a file, expected a folder",
                Ran.of(evaluate));
        evaluate[4] = folder.toString();
        assertRefused("--tokens: " + folder + " is a folder, expected a file", Ran.of(evaluate));

        String[] translate = {"translate-text", pairs, "--text=one", "--pictures", ""};
        translate[4] = file.toString();
        assertRefused("--pictures: " + file + " is a file, expected a folder", Ran.of(translate));
        translate[4] = below.toString();
        assertRefused("--pictures: ", Ran.of(translate));
        assertThat(file).hasContent("It was a dark night.");
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "there is no device that is always full")
    void aFullDiskIsToldAndTheFiguresAreThere() throws IOException, InterruptedException {
        assumeTrue(Files.isWritable(Path.of("/dev/full")), "there is no /dev/full here");
        Path text = Files.writeString(folder.resolve("text"), "the crow");
        Ran ran = Ran.of("evaluate", letters, text.toString(), "--tokens", "/dev/full");
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.out()).contains(" nats, ");
        assertThat(ran.err().lines()).hasSize(1);
        assertThat(ran.err()).contains("evaluate: /dev/full cannot be written: ");

        Ran full = apart(List.of(), Path.of("/dev/full"), "evaluate", letters, text.toString());
        assertThat(full.exitCode()).isEqualTo(1);
        assertThat(full.err()).contains("the text could not be written to the standard output; likely cause: ");
    }

    @Test
    @DisabledOnOs(
            value = {OS.WINDOWS, OS.MAC},
            disabledReason = "fonts come with these systems")
    void aMachineWithoutFontsCostsAPictureAndNothingElse() throws IOException, InterruptedException {
        List<String> fontless = List.of("-Dsun.awt.fontconfig=/nonexistent/x");
        Path out = folder.resolve("stdout");
        String[] flags = {"translate", "--preset=tiny", "--hidden=4", "--iterations=2", "--out=" + folder.resolve("f")};
        Ran trained = apart(fontless, out, flags);
        assertThat(trained.exitCode()).as(trained.err()).isZero();
        assertThat(trained.err())
                .contains("training    ", "translate   ")
                .containsPattern("alignment   none, .*alignment.png cannot be drawn here: .*; likely cause: a machine"
                        + " without fonts; it is printed above")
                .containsPattern("picture     none, .*loss.png cannot be drawn here: ")
                .doesNotContain("\tat ");

        Path pictures = folder.resolve("pictures");
        String[] three = {
            "translate-text", pairs, "--text=the cat", "--text=the dog", "--text=one", "--pictures", pictures.toString()
        };
        Ran asked = apart(fontless, out, three);
        assertThat(asked.exitCode()).isEqualTo(1);
        assertThat(asked.out().lines()).as("every line is translated").hasSize(3);
        assertThat(asked.err())
                .contains("--pictures: ", "1.png cannot be drawn here: ")
                .doesNotContain("\tat ");
    }

    /** Locales whose numbers have other digits, or other letters than ASCII for i. */
    @ParameterizedTest
    @ValueSource(strings = {"ar-EG", "fa-IR", "hi-IN-u-nu-deva", "tr-TR"})
    void numbersHaveTheDigitsOfAnyMachine(String tag) throws IOException, InterruptedException {
        Path latin = Files.write(folder.resolve("latin"), new byte[] {'a', 'b', (byte) 0xE4, 'c'});
        List<String> options = List.of(
                "-Duser.language=" + tag.substring(0, 2),
                "-Duser.country=" + tag.substring(3, 5),
                "-Duser.extensions=" + (tag.length() > 6 ? tag.substring(6) : ""));
        Path out = folder.resolve("stdout");
        assertThat(apart(options, out, "evaluate", letters, latin.toString()).err())
                .contains("byte 0xE4 at offset 2, line 1");
        String[] flags = {"train-lm", "--preset=tiny", "--hidden=4", "--iterations=20", "--out=" + folder.resolve(tag)};
        Ran ran = apart(options, out, flags);
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        String all =
                ran.err() + ran.out() + Files.readString(folder.resolve(tag).resolve("metrics.csv"));
        assertThat(all.codePoints().filter(c -> Character.isDigit(c) && c > '9'))
                .isEmpty();
        assertThat(apart(options, out, "train-lm", "--help").out()).contains("(default: 128)", "lighthouse (default:");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "train-lm --hidden=20000 --layers=3",
                "train-lm --hidden=20000 --embed=20000 --layers=100 --cell=gru",
                "translate --hidden=15000 --embed=15000",
                "translate --hidden=20000 --layers=100 --attention=general",
            })
    void absurdSizesAreOneSentence(String command) {
        long before = Runtime.getRuntime().totalMemory();
        Ran ran = Ran.of((command + " --dry-run --quiet").split(" ", -1));
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err().lines()).as(ran.err()).hasSize(1);
        assertThat(ran.err()).contains("expected at most 2^31-1");
        assertThat(Runtime.getRuntime().totalMemory() - before)
                .as("nothing was allocated")
                .isLessThan(500_000_000);
    }

    @Test
    void aPendingInterruptSpoilsNoCommand() throws IOException {
        Path text = Files.writeString(folder.resolve("crow"), "the crow");
        Thread.currentThread().interrupt();
        try {
            Ran pending = Ran.of("translate", "--src=" + text, "--trg=" + text, "--dry-run", "--hidden=4");
            assertThat(pending.exitCode()).as(pending.err()).isZero();
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
