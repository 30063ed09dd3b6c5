// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.models.testing.Crowd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@link SharedModels} in JVMs of its own: a defect of native memory would take the whole process with it. */
class SharedProcessesTest {
    private static void requireAlive(String heap, String what, int times) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                heap,
                "-XX:-OmitStackTraceInFastThrow",
                "-Dorg.nd4j.log.initialization=false",
                "-cp",
                System.getProperty("java.class.path"),
                SharedModels.class.getName(),
                what,
                Integer.toString(times)));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(output).isZero();
            assertThat(output).contains("alive");
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void noProcessWithSharedModelsDies() {
        for (int i = 0; i < Crowd.size(2, 50); i++) {
            requireAlive("-Xmx500m", "answers", Crowd.size(1, 10));
        }
    }

    /** A batch of 20,000 rows over 200 steps under a heap of 300 MB, of which the model must recover. */
    @Test
    void aModelThatRanOutOfMemoryWorksForWhatFits() {
        requireAlive("-Xmx300m", "memory", 1);
    }
}
