// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ProgramTest {
    @TempDir
    Path folder;

    @Test
    void flagsFromAFileAreAsIfTyped() throws IOException {
        Path out = folder.resolve("my own");
        Path file = Files.writeString(
                folder.resolve("my.args"),
                "# mine\n--iterations=20 --seed\n 7\n  --out '" + out + "'\n--preset tiny\n");
        Ran ran = Ran.of("char-lstm", "@" + file);
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(Files.readAllLines(out.resolve("command.txt")))
                .contains("--iterations=20", "--seed=7", "--out=" + out, "--preset=tiny");
        assertThat(Ran.of("char-lstm", "@" + folder.resolve("none")).err()).contains("there is no @");
    }

    @Test
    @DisabledOnOs(
            value = {OS.WINDOWS, OS.MAC},
            disabledReason = "fonts come with these systems")
    void aMachineWithoutFontsCostsAPictureAndNothingElse() throws IOException, InterruptedException {
        Process process = Ran.start(
                "-Dsun.awt.fontconfig=/nonexistent/x",
                Program.class.getName(),
                "bahdanau",
                "--preset=tiny",
                "--iterations=20",
                "--out=" + folder.resolve("out"));
        String printed = Ran.until(process, "never printed");
        assertThat(process.waitFor()).as(printed).isZero();
        assertThat(printed)
                .containsPattern(
                        "drawn: none, .*alignment.png cannot be drawn here: .*; likely cause: a machine without"
                                + " fonts; its figures are printed")
                .contains("next      examples/run translate")
                .doesNotContain("\tat ");
    }

    /** Between the end of training and that of the program, where a model is measured on many questions. */
    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Java has no way to ask a process there to end")
    void aSignalOutsideOfTrainingSaysWhatIsSaved() throws IOException, InterruptedException {
        Path out = folder.resolve("stopped");
        Process process = Ran.start(
                Program.class.getName(),
                "addition",
                "--preset=tiny",
                "--iterations=20",
                "--held-out=200000",
                "--out=" + out);
        Ran.until(process, "wrong: "); // some of its answers; all are asked after them
        process.toHandle().destroy();
        String rest = Ran.until(process, "never printed");
        assertThat(process.waitFor()).isEqualTo(128 + 15);
        assertThat(rest)
                .contains("stopped; what was trained is saved, go on with: examples/run addition --resume " + out)
                .doesNotContain("expected");
    }
}
