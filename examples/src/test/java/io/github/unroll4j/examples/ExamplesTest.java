// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What all programs share. */
class ExamplesTest {
    private static final Path SOURCES = Path.of("src/main/java/io/github/unroll4j/examples");

    @TempDir
    Path folder;

    private String at(String name) {
        return folder.resolve(name).toString();
    }

    private static List<Program> programs() throws IOException {
        return Ran.names().stream()
                .filter(name -> !name.startsWith("quick-"))
                .map(Ran::program)
                .toList();
    }

    @Test
    void theLauncherListsTheProgramsThatThereAre() throws IOException {
        String list = Files.readString(Path.of("examples.txt")).replace("\r\n", "\n");
        for (Program program : programs()) {
            assertThat(list).contains(String.format("  %-20s  %s\n", program.name(), program.description()));
        }
        try (Stream<Path> sources = Files.list(SOURCES)) {
            List<String> mains = sources.filter(file -> declares(file, "public static void main("))
                    .map(file -> file.getFileName().toString().replace(".java", ""))
                    // a server does not end, and what a document shows in parts is no example of its own
                    .filter(type ->
                            !List.of("Program", "WriterServer", "StopAndGoOn").contains(type))
                    .toList();
            assertThat(Ran.names().stream().map(Ran::typeName)).containsExactlyInAnyOrderElementsOf(mains);
        }
    }

    private static boolean declares(Path file, String words) {
        try {
            return Files.isRegularFile(file) && Files.readString(file).contains(words);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aProgramIsReadOnOneScreenOrTwo() throws IOException {
        for (String name : Ran.names()) {
            assertThat(Files.readAllLines(SOURCES.resolve(Ran.typeName(name) + ".java")))
                    .as(name)
                    .hasSizeLessThanOrEqualTo(80);
        }
    }

    @Test
    void eachProgramExplainsItself() throws IOException {
        for (Program program : programs()) {
            Ran ran = Ran.of(program.name(), "--help");
            assertThat(ran.exitCode()).isZero();
            assertThat(ran.out())
                    .contains("examples/run " + program.name() + " [flags]\n\n" + program.description())
                    .contains("--seed=N", "--out=FOLDER", "--preset=tiny", "--plot=text")
                    .contains("  examples/run " + program.name() + " --preset tiny\n");
            assertThat(ran.err()).isEmpty();
        }
        assertThat(Ran.of("char-lstm", "--help").out().replaceAll("\\s+", " "))
                .containsSubsequence(
                        "--data=FILE text in UTF-8 (default: bundled:crow.txt)",
                        "--iterations=N in all",
                        "(default: 10000; tiny: 300)",
                        "--resume=FOLDER goes on",
                        "--seed=N of all that is drawn at random (default: 42)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bahdanau --src a                | 2 | bahdanau: there is no --src",
                "char-rnn out                    | 2 | char-rnn: out is one argument too many",
                "adding --data a.txt             | 2 | adding: there is no --data",
                "char-rnn --seed                 | 2 | char-rnn: Missing required parameter for option '--seed' (N)",
                "char-rnn --preset small         | 1 | char-rnn: --preset is small, expected tiny",
                "char-rnn --plot png             | 1 | char-rnn: --plot is png, expected text",
                "char-rnn --seed one             | 1 | char-rnn: --seed is 'one', expected a number",
                "char-rnn --seed -1              | 1 | char-rnn: --seed is -1, expected a whole number of 0 or more",
                "char-rnn --iterations 1.5       | 1 | char-rnn: --iterations is 1.5, expected a whole number",
                "char-rnn --data missing.txt     | 1 | char-rnn: TextFiles.read: missing.txt does not exist; likely cause",
                "char-rnn --data bundled:x.txt   | 1 | char-rnn: there is no bundled text x.txt",
                "char-rnn --resume nowhere       | 1 | char-rnn: --resume: there is no run in nowhere",
                "vanishing-gradients --steps 1   | 1 | vanishing-gradients: --steps is 1, expected a whole number of 3 or more",
            })
    void misuseIsOneSentence(String command, int exitCode, String sentence) {
        Ran ran = Ran.of(command.split(" ", -1));
        assertThat(ran.exitCode()).isEqualTo(exitCode);
        assertThat(ran.err()).startsWith(sentence).hasLineCount(1);
        assertThat(ran.out()).isEmpty();
    }

    @Test
    void textThatIsTooShortIsRefused() throws IOException {
        Path text = Files.writeString(folder.resolve("short.txt"), "One sentence.");
        Ran characters = Ran.of("char-rnn", "--data", text.toString(), "--out", at("a"));
        assertThat(characters.exitCode()).isEqualTo(1);
        assertThat(characters.err()).contains("the text has 13 tokens, expected at least 27");
        Ran pairs = Ran.of("luong", "--data", text.toString(), "--out", at("b"));
        assertThat(pairs.exitCode()).isEqualTo(1);
        assertThat(pairs.err()).contains("the text has 1 sentence, expected two or more");
    }

    @Test
    void theSameSeedWritesTheSameTextAndAnotherSeedAnother() {
        Ran first = Ran.of("char-rnn", "--iterations=30", "--out", at("a"));
        assertThat(first.exitCode()).as(first.err()).isZero();
        assertThat(after(Ran.of("char-rnn", "--iterations=30", "--out", at("b"))))
                .isEqualTo(after(first))
                .contains("iteration     0  smoothed loss 89.5880", "notebook  char 01");
        assertThat(after(Ran.of("char-rnn", "--iterations=30", "--seed=2", "--out", at("c"))))
                .isNotEqualTo(after(first));
    }

    /** All but the lines that name the folder and the time left. */
    private static String after(Ran ran) {
        return ran.out().replaceAll("(files go to|drawn:) .*\n", "").replaceAll("\\d+:\\d\\d left", "");
    }

    @Test
    void whatAnEarlierRunLeftMovesAsideAndNothingElse() throws IOException {
        Path own =
                Files.writeString(Files.createDirectories(folder.resolve("run")).resolve("own.png"), "mine");
        Ran first = Ran.of("char-rnn", "--iterations=30", "--out", at("run"));
        byte[] one = Files.readAllBytes(folder.resolve("run/model.safetensors"));
        Ran second = Ran.of("char-rnn", "--iterations=31", "--out", at("run"));
        byte[] two = Files.readAllBytes(folder.resolve("run/model.safetensors"));
        Ran third = Ran.of("char-rnn", "--iterations=32", "--out", at("run"));
        assertThat(first.out()).doesNotContain("earlier");
        assertThat(second.out()).contains("the files of an earlier run there are in " + at("run/earlier.1") + " now");
        assertThat(third.out()).contains("the files of an earlier run there are in " + at("run/earlier.2") + " now");
        assertThat(folder.resolve("run/earlier.1/model.safetensors")).hasBinaryContent(one);
        assertThat(folder.resolve("run/earlier.2/model.safetensors")).hasBinaryContent(two);
        assertThat(own).hasContent("mine");
        Ran again = Ran.of("char-rnn", "--resume", at("run/earlier.1"), "--iterations=33");
        assertThat(again.out()).as(again.err()).contains("model goes on after 30 iterations");
    }

    @Test
    void aRunGoesOnWithItsOwnFlagsAndFolderAlone() throws IOException {
        Path text = Files.writeString(folder.resolve("text.txt"), "All work and no play. ".repeat(20));
        Ran.of("char-gru", "--iterations=30", "--seed=7", "--data=" + text, "--out", at("run"));
        Ran more = Ran.of("char-gru", "--resume", at("run"), "--iterations", "40");
        assertThat(more.exitCode()).as(more.err()).isZero();
        assertThat(more.out()).contains("model goes on after 30 iterations").doesNotContain("holds some");
        assertThat(Files.readAllLines(folder.resolve("run/command.txt")))
                .contains("char-gru", "--seed=7", "--iterations=40", "--data=" + text);
        assertThat(Checkpoint.load(folder.resolve("run/model.safetensors")).metadata("notebook.curve"))
                .as("the points of the curve, those of the first run included")
                .startsWith("1.0 ")
                .contains(" 30.0 ", " 40.0 ");

        assertThat(Ran.of("char-rnn", "--resume", at("run")).err())
                .contains("the run in " + at("run") + " is one of char-gru", "expected one of char-rnn");
        assertThat(Ran.of("char-gru", "--resume", at("run"), "--out", at("other"))
                        .err())
                .contains("no --out");
    }

    @Test
    void aFolderThatCannotBeWrittenIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        Ran ran = Ran.of(
                "char-rnn", "--iterations=30", "--out", file.resolve("below").toString());
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err()).contains("--out: " + file.resolve("below")).hasLineCount(1);
    }
}
