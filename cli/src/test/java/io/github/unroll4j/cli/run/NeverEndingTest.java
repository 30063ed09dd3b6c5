// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

class NeverEndingTest {
    /** Ctrl-C ends a command that does not come to its end, after a while, and says so. */
    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "a process is ended there without being told")
    void whatNeverEndsIsEnded() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        NeverEnding.class.getName())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader out = process.inputReader()) {
            assertThat(out.readLine()).isEqualTo("begun");
            process.toHandle().destroy(); // Process.destroy would close the streams as well
            assertThat(out.readLine()).startsWith("Stopped in the middle of").contains("more than 1 s");
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
    }
}
