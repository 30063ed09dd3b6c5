// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackendTest {
    @Test
    void itSaysWhatComputes() {
        assertThat(Backend.describe()).matches("ND4J CpuBackend, OpenBLAS [\\w.-]+ on [\\w-]+, \\d+ BLAS threads?");
    }

    @Test
    void threadsAreSet() {
        Backend.setThreads(1);

        assertThat(Backend.describe()).endsWith(", 1 BLAS thread");
    }

    @Test
    void noThreadsAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Backend.setThreads(0))
                .withMessage("Backend.setThreads: threads is 0, expected 1 or more.");
    }

    /** What a user runs who forgot the dependency: every door to native memory, one after the other. */
    static final class WithoutBackend {
        private WithoutBackend() {}

        public static void main(String[] args) {
            attempt(() -> NativeArray.allocate(Dtype.FLOAT, 1));
            attempt(Backend::describe);
            attempt(() -> Tensor.zeros(Dtype.FLOAT, 1).toINDArray());
        }

        private static void attempt(Runnable use) {
            try {
                use.run();
                System.out.println("no exception");
            } catch (IllegalStateException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    void aMissingBackendIsNamedInOneSentenceAtEveryUse(@TempDir Path folder) throws IOException, InterruptedException {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !new File(entry).getName().startsWith("nd4j-native"))
                .collect(Collectors.joining(File.pathSeparator));
        File output = folder.resolve("output.txt").toFile();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classPath,
                        WithoutBackend.class.getName())
                .redirectOutput(output)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();

        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();

        String said = Files.readString(output.toPath(), StandardCharsets.UTF_8);
        assertThat(process.exitValue()).as(said).isZero();
        assertThat(said.lines().filter(line -> !line.isBlank()).toList())
                .hasSize(3)
                .allSatisfy(line -> assertThat(line)
                        .startsWith("unroll4j: no ND4J CPU backend could be started on ")
                        .contains("; add the dependency org.nd4j:nd4j-native:1.0.0-M2.1"));
    }
}
