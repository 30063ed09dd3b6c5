// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A program that is stopped and goes on ends with the same file, byte for byte, and the same text as one left alone.
 */
class InterruptTest {
    @TempDir
    Path folder;

    private String at(String name) {
        return folder.resolve(name).toString();
    }

    // Of each a line that comes early, and two seconds or more of iterations after it, of which a busy machine may miss
    // one before the signal is sent.
    @ParameterizedTest
    @CsvSource({
        "char-rnn,  15001, iteration  1000,  model",
        "luong,     3000,  500 iterations,   model",
        "adding,    6000,  300 of 6000,      rnn",
        "copy,      3000,  150 of 3000,      lstm",
        "dates,     1500,  75 of 1500,       model",
    })
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Java has no way to ask a process there to end")
    void aSignalSavesAndSaysHowToGoOn(String name, String iterations, String line, String model)
            throws IOException, InterruptedException {
        String[] flags = {name, "--preset=tiny", "--iterations=" + iterations, "--out"};
        Ran alone = Ran.of(flags[0], flags[1], flags[2], flags[3], at("alone"));
        assertThat(alone.exitCode()).as(alone.err()).isZero();

        Process process = Ran.start(Program.class.getName(), flags[0], flags[1], flags[2], flags[3], at("stopped"));
        Ran.until(process, line);
        process.toHandle().destroy(); // SIGTERM; Ctrl-C, SIGINT, takes the same way
        String rest = Ran.until(process, "never printed");
        assertThat(process.waitFor()).isEqualTo(128 + 15);
        assertThat(rest)
                .containsPattern("stopped after \\d+ iterations; go on with: examples/run " + name + " --resume ")
                .contains(at("stopped"));

        Ran resumed = Ran.of(name, "--resume", at("stopped"));
        assertThat(resumed.exitCode()).as(resumed.err()).isZero();
        assertThat(resumed.out()).containsPattern(model + " goes on after [1-9]\\d* iterations");
        assertThat(folder.resolve("stopped/" + model + ".safetensors"))
                .hasSameBinaryContentAs(folder.resolve("alone/" + model + ".safetensors"));
        assertThat(end(resumed)).isEqualTo(end(alone));
    }

    /** What is printed after training. */
    private static String end(Ran ran) {
        String[] parts = ran.out().split("left\n", -1);
        return parts[parts.length - 1].replaceAll("drawn: .*|ask it: .*", "");
    }

    @Test
    void aKilledRunGoesOnFromWhatItSavedLast() throws IOException, InterruptedException {
        String[] flags = {"char-rnn", "--iterations=3001", "--out"};
        Ran.of(flags[0], flags[1], flags[2], at("alone"));
        Process process = Ran.start(Program.class.getName(), flags[0], flags[1], flags[2], at("killed"));
        Ran.until(process, "iteration  1000");
        process.destroyForcibly().waitFor();
        Ran resumed = Ran.of("char-rnn", "--resume", at("killed"));
        assertThat(resumed.out()).containsPattern("model goes on after [1-9]\\d* iterations");
        assertThat(folder.resolve("killed/model.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("alone/model.safetensors"));
    }
}
