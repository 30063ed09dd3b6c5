// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A run that is stopped and resumed ends with the same file, byte for byte, as one that was left alone. */
class InterruptTest {
    /** Long enough that the first progress lines, at 200 and 400 iterations, come well before the end. */
    private static final String[] RUN = {
        "train-lm", "--cell=rnn", "--hidden=24", "--layers=2", "--batch=5", "--seq-len=20", "--iterations=4000", "--out"
    };

    @TempDir
    static Path folder;

    private static Ran alone;

    @BeforeAll
    static void leaveOneAlone() {
        alone = Ran.of(command("alone"));
        assertThat(alone.exitCode()).as(alone.err()).isZero();
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Java has no way to ask a process there to end")
    void aSignalSavesAndSaysHowToGoOn() throws IOException, InterruptedException {
        Path model = folder.resolve("stopped/model.safetensors");
        Process process = Ran.start(Ran.classPath(), command("stopped"));
        Ran.errUntil(process, "/4000  epoch");
        process.toHandle().destroy(); // SIGTERM; Ctrl-C, SIGINT, takes the same way
        String rest = Ran.errUntil(process, "never printed");
        assertThat(process.waitFor()).isEqualTo(128 + 15);
        assertThat(rest)
                .containsPattern("stopped     after \\d+ iterations")
                .contains("go on       unroll4j train-lm --resume " + model);
        assertThatResumingEndsLikeARunLeftAlone(model);
    }

    @Test
    void aKilledRunGoesOnFromWhatItSavedLast() throws IOException, InterruptedException {
        Process process = Ran.start(Ran.classPath(), command("killed"));
        Ran.errUntil(process, "/4000  epoch");
        Ran.errUntil(process, "/4000  epoch"); // its state is saved before the line is printed
        process.destroyForcibly().waitFor();
        assertThatResumingEndsLikeARunLeftAlone(folder.resolve("killed/model.safetensors"));
    }

    private static void assertThatResumingEndsLikeARunLeftAlone(Path model) {
        Ran resumed = Ran.of("train-lm", "--resume", model.toString());
        assertThat(resumed.exitCode()).as(resumed.err()).isZero();
        assertThat(resumed.err()).containsPattern("resumed     at iteration [1-9]");
        assertThat(model).hasSameBinaryContentAs(folder.resolve("alone/model.safetensors"));
        assertThat(alone.out()).endsWith(resumed.out());
    }

    private static String[] command(String name) {
        String[] command = Arrays.copyOf(RUN, RUN.length + 1);
        command[RUN.length] = folder.resolve(name).toString();
        return command;
    }
}
