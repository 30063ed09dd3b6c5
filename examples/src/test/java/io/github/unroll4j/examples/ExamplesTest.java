// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What all programs share. */
class ExamplesTest {
    private static final Path SOURCES = Path.of("src/main/java/io/github/unroll4j/examples");

    @RegisterExtension
    final Printed printed = new Printed();

    @TempDir
    Path folder;

    private String at(String name) {
        return folder.resolve(name).toString();
    }

    @Test
    void theLauncherListsTheProgramsThatThereAre() throws IOException {
        StringBuilder expected = new StringBuilder("Usage: examples/run NAME [flags], or examples/run NAME --help\n\n");
        Examples.ALL.forEach(
                program -> expected.append(String.format("  %-20s  %s\n", program.name(), program.description())));
        String list = Files.readString(Path.of("examples.txt"));
        assertThat(list.replace("\r\n", "\n")).as("the commands of cli follow").startsWith(expected.toString());
    }

    @Test
    void aProgramIsReadOnOneScreenOrTwo() throws IOException {
        for (Program program : Examples.ALL) {
            StringBuilder name = new StringBuilder();
            for (String word : program.name().split("-", -1)) {
                name.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1));
            }
            assertThat(Files.readAllLines(SOURCES.resolve(name + ".java")))
                    .as(program.name())
                    .hasSizeLessThanOrEqualTo(80);
        }
    }

    @Test
    void eachProgramExplainsItself() {
        for (Program program : Examples.ALL) {
            Ran ran = Ran.of(program.name(), "--help");
            assertThat(ran.exitCode()).isZero();
            assertThat(ran.out())
                    .startsWith("examples/run " + program.name() + " [flags]\n\n" + program.description() + "\n")
                    .contains("  --seed N", "  --out FOLDER", "  --preset tiny")
                    .contains("  examples/run " + program.name() + " --preset tiny\n");
            assertThat(ran.err()).isEmpty();
        }
        assertThat(Ran.of("char-lstm", "--help").out())
                .containsSubsequence(
                        "  --data FILE           text in UTF-8 (bundled:crow.txt)\n",
                        "  --iterations N        in all",
                        "(10000; tiny: 300)\n",
                        "  --resume FOLDER       goes on",
                        "  --seed N              of all that is drawn at random (42)\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "char-rn                         | examples/run: there is no char-rn, only quick-start, quick-translation",
                "bahdanau --src a                | bahdanau: there is no --src, only --help, --data, --iterations",
                "char-rnn out                    | char-rnn: there is no out, only --help",
                "adding --data a.txt             | adding: there is no --data",
                "quick-start --resume out        | quick-start: there is no --resume",
                "char-rnn --seed                 | char-rnn: --seed takes N: of all that is drawn",
                "char-rnn --out --seed 1         | char-rnn: --out takes FOLDER: ",
                "char-rnn --preset small         | char-rnn: --preset takes tiny: small enough",
                "char-rnn --seed one             | char-rnn: --seed is 'one', expected a number",
                "char-rnn --seed -1              | char-rnn: --seed is -1, expected a whole number of 0 or more",
                "char-rnn --iterations 1.5       | char-rnn: --iterations is 1.5, expected a whole number",
                "char-rnn --data missing.txt     | char-rnn: TextFiles.read: missing.txt does not exist; likely cause",
                "char-rnn --data bundled:x.txt   | char-rnn: --data: there is no bundled:x.txt",
                "char-rnn --resume nowhere       | char-rnn: --resume: there is no run in nowhere",
                "vanishing-gradients --steps 1   | vanishing-gradients: --steps is 1, expected a whole number of 3 or more",
            })
    void misuseIsOneSentence(String command, String sentence) {
        Ran ran = Ran.of(command.split(" ", -1));
        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.err()).startsWith(sentence).hasLineCount(1);
        assertThat(ran.out()).isEmpty();
    }

    @Test
    void textThatIsTooShortIsRefused() throws IOException {
        Path text = Files.writeString(folder.resolve("short.txt"), "One sentence.");
        Ran characters = Ran.of("char-rnn", "--data", text.toString(), "--out", at("a"));
        assertThat(characters.exitCode()).isEqualTo(2);
        assertThat(characters.err()).contains("the text has 13 tokens, expected at least 27");
        Ran pairs = Ran.of("luong", "--data", text.toString(), "--out", at("b"));
        assertThat(pairs.exitCode()).isEqualTo(2);
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

    /** All but the line that names the folder and the time left. */
    private static String after(Ran ran) {
        return ran.out().replaceFirst("files go to .*\n", "").replaceAll("\\d+:\\d\\d left", "");
    }

    @Test
    void whatAnEarlierRunLeftStaysWhereItIs() throws IOException {
        Ran.of("char-rnn", "--iterations=30", "--out", at("run"));
        byte[] earlier = Files.readAllBytes(folder.resolve("run/model.safetensors"));
        Ran second = Ran.of("char-rnn", "--iterations=31", "--out", at("run"));
        Ran third = Ran.of("char-rnn", "--iterations=32", "--out", at("run"));
        assertThat(folder.resolve("run/model.safetensors")).hasBinaryContent(earlier);
        assertThat(second.out()).contains("files go to " + at("run.2") + ", since " + at("run") + " holds some");
        assertThat(third.out()).contains("files go to " + at("run.3"));
        assertThat(folder.resolve("run.2/model.safetensors")).isNotEmptyFile();
        assertThat(folder.resolve("run.3/model.safetensors")).isNotEmptyFile();
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
        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.err())
                .contains("--out: " + file.resolve("below") + " cannot be written")
                .hasLineCount(1);
    }

    @Test
    void theProgramsOfTheReadmeRun() {
        Ran start = Ran.of("quick-start", "--preset=tiny", "--out", at("start"));
        assertThat(start.exitCode()).as(start.err()).isZero();
        Ran translation = Ran.of("quick-translation", "--out", at("translation"));
        assertThat(translation.exitCode()).as(translation.err()).isZero();
        assertThat(translation.out()).contains("Sugar is sweet and lemons are sour. → Zucker ist süß");
        assertThat(printed.text()).contains("100: ", "Finished", "  Zucker  ");
        assertThat(List.of("start/lighthouse.txt", "start/model.safetensors", "translation/model.safetensors"))
                .allSatisfy(name -> assertThat(folder.resolve(name)).isNotEmptyFile());
    }
}
