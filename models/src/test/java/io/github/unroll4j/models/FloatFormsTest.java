// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The committed float forms are those that the generator derives from the double forms. */
class FloatFormsTest {
    private static final String SOURCES = "src/main/java";
    private static final Path ROOT = Path.of("..");

    /** The exit code and what was printed. */
    private record Outcome(int code, String text) {}

    private static Outcome check(Path... folders) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add(ROOT.resolve("tools/generate/FloatForms.java").toString());
        command.add("--check");
        Arrays.stream(folders).map(Path::toString).forEach(command::add);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Outcome(process.exitValue(), text);
    }

    private static Path sources(String module) {
        return ROOT.resolve(module).resolve(SOURCES);
    }

    @Test
    void everyCommittedFloatFormIsUpToDate() throws Exception {
        Outcome outcome = check(sources("core"), sources("optim"), sources("models"));

        assertThat(outcome.text()).isEmpty();
        assertThat(outcome.code()).isZero();
    }

    @Test
    void aFloatFormEditedByHandIsCaught(@TempDir Path folder) throws Exception {
        String right = """
                final class Cell {
                    // <double>
                    static double half(double x) {
                        return 0.5 * x;
                    }
                    // </double>

                    // <float>
                    static float half(float x) {
                        return 0.5f * x;
                    }
                    // </float>
                }
                """;
        Path file = folder.resolve("Cell.java");
        Files.writeString(file, right);
        assertThat(check(folder).code()).isZero();

        Files.writeString(file, right.replace("0.5f", "0.51f"));
        Outcome outcome = check(folder);

        assertThat(outcome.text()).startsWith("stale float form: ").contains("Cell.java");
        assertThat(outcome.code()).isEqualTo(1);
    }

    @Test
    void aDoubleFileWithoutItsSiblingIsCaught(@TempDir Path folder) throws Exception {
        Path vec = sources("core").resolve("io/github/unroll4j/core/tensor/DoubleVec.java");
        Files.copy(vec, folder.resolve("DoubleVec.java"));

        Outcome outcome = check(folder);

        assertThat(outcome.text()).startsWith("stale float form: ").contains("FloatVec.java");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(folder.resolve("FloatVec.java")).doesNotExist();
    }
}
