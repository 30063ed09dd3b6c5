// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever comes from outside is read, or refused in one sentence. The short form changes valid inputs at random; the
 * whole one lets Jazzer look for inputs that reach new code, in a JVM of its own for each target.
 */
class FuzzTest {
    private static final int INPUTS = 1_000;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void changedInputs(FuzzTarget target) throws IOException {
        Fuzzer.mutate(target, INPUTS, 1);
    }

    /** A million in all; most for what takes least. */
    private static int guided(FuzzTarget target) {
        return switch (target) {
            case CHECKPOINT -> 500_000;
            case VECTORS -> 400_000;
            case TOKENIZERS, RUN_STATE -> 40_000;
            case FLAGS -> 20_000;
        };
    }

    @ParameterizedTest
    @EnumSource
    void inputsThatReachNewCode(FuzzTarget target) throws IOException, InterruptedException {
        assumeTrue(Length.WHOLE, "takes minutes: mvn verify -Plong");
        int inputs = guided(target);
        Path corpus = Files.createDirectory(folder.resolve("corpus"));
        List<byte[]> seeds = target.seeds();
        for (int i = 0; i < seeds.size(); i++) {
            Files.write(corpus.resolve("seed" + i), seeds.get(i));
        }
        Path log = Path.of("target", "fuzz-" + target + ".log");
        int code = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx1g",
                        "-Dunroll4j.fuzz=" + target,
                        "-Dorg.nd4j.log.initialization=false",
                        "-cp",
                        String.join(File.pathSeparator, Ran.classPath()),
                        "com.code_intelligence.jazzer.Jazzer",
                        "--target_class=" + Fuzzer.class.getName(),
                        "--instrumentation_includes=io.github.unroll4j.**",
                        "--custom_hook_includes=none.**", // no detectors of injections: nothing here runs commands
                        "-runs=" + inputs,
                        "-artifact_prefix=" + folder + File.separator,
                        "-max_len=4096",
                        "-rss_limit_mb=4096",
                        corpus.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start()
                .waitFor();
        String text = Files.readString(log);
        assertThat(code)
                .as("see %s\n%s", log, text.substring(Math.max(0, text.length() - 3000)))
                .isZero();
        assertThat(text).contains("Done " + inputs + " runs");
    }
}
