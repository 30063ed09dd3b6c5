// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An interrupt that waits when the backend is started for the first time does not spoil the start. */
class BackendInterruptTest {
    static final class Interrupted {
        private Interrupted() {}

        public static void main(String... args) {
            Thread.currentThread().interrupt();
            System.out.println(Backend.describe());
            System.out.println(Thread.interrupted());
        }
    }

    /** In a folder of its own, so that the libraries are unpacked, under a lock that an interrupt would break. */
    @Test
    void aPendingInterruptIsKeptAndTheBackendStarts(@TempDir Path folder) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dorg.nd4j.log.initialization=false",
                        "-Dorg.bytedeco.javacpp.cachedir=" + folder,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Interrupted.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said.lines()).hasSize(2).first().asString().startsWith("ND4J CpuBackend");
        assertThat(said.strip()).endsWith("true");
    }
}
