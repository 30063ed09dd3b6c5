// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar as it was built: it runs by itself in any folder, and the commands that it prints run too. */
class JarIT {
    private static final Path JAR = Path.of(System.getProperty("unroll4j.cli.jar", "target/unroll4j-cli.jar"));

    @TempDir
    Path folder;

    private Ran run(String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        if (Runtime.version().feature() >= 24) { // without it Java warns of what JavaCPP does
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        command.addAll(List.of("-jar", JAR.toAbsolutePath().toString()));
        command.addAll(List.of(args));
        Path out = folder.resolve("stdout");
        Path err = folder.resolve("stderr");
        int code = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start()
                .waitFor();
        return new Ran(code, Files.readString(out), Files.readString(err, StandardCharsets.UTF_8));
    }

    @Test
    void trainsAndWritesWithTheCommandThatItPrints() throws IOException, InterruptedException {
        Ran trained = run("train-lm", "--preset=tiny", "--hidden=8", "--iterations=100", "--out=here");
        assertThat(trained.exitCode()).as(trained.err()).isZero();
        assertThat(folder.resolve("here/loss.png")).isNotEmptyFile();

        String write = trained.err()
                .lines()
                .filter(line -> line.startsWith("write "))
                .map(line -> line.substring(12))
                .findFirst()
                .orElseThrow();
        assertThat(write).startsWith("java -jar ").contains(String.valueOf(JAR.getFileName()));
        Ran written = run(write.substring(write.indexOf(" generate ") + 1).split(" ", -1));
        assertThat(written.exitCode()).as(written.err()).isZero();
        assertThat(written.out()).startsWith("T");
        assertThat(written.err()).as("no library speaks").isEmpty();
    }

    @Test
    void listsItsCommands() throws IOException, InterruptedException {
        Ran ran = run();
        assertThat(ran.exitCode()).isZero();
        assertThat(ran.out()).startsWith("Usage: java -jar ").contains("train-lm", "evaluate-translation");
        assertThat(run("--version").out()).matches("unroll4j \\d\\S+\\s+");
    }
}
