// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the thread that first needs the backend happens to be does not spoil its start. */
class BackendStartTest {
    static final class Interrupted {
        private Interrupted() {}

        public static void main(String... args) {
            Thread.currentThread().interrupt();
            System.out.println(Backend.describe());
            System.out.println(Thread.interrupted());
        }
    }

    /** As a thread of a common pool in a program that is loaded by a loader of its own. */
    static final class Elsewhere {
        private Elsewhere() {}

        public static void main(String... args) {
            Thread.currentThread().setContextClassLoader(ClassLoader.getPlatformClassLoader());
            System.out.println(Backend.describe());
        }
    }

    /** In a folder of its own, so that the libraries are unpacked, under a lock that an interrupt would break. */
    @Test
    void aPendingInterruptIsKeptAndTheBackendStarts(@TempDir Path folder) throws IOException, InterruptedException {
        List<String> said = said(Interrupted.class, "-Dorg.bytedeco.javacpp.cachedir=" + folder);
        assertThat(said).hasSize(2).first().asString().startsWith("ND4J CpuBackend");
        assertThat(said).last().isEqualTo("true");
    }

    @Test
    void theBackendIsFoundWhateverTheThreadsClassLoaderSees() throws IOException, InterruptedException {
        assertThat(said(Elsewhere.class)).singleElement().asString().startsWith("ND4J CpuBackend");
    }

    private static List<String> said(Class<?> program, String... flags) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Dorg.nd4j.log.initialization=false");
        command.addAll(Arrays.asList(flags));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said.lines().toList();
    }
}
