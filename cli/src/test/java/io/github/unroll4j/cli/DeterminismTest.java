// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Equal commands give equal files, in one JVM and in another. */
class DeterminismTest {
    private static final int REPEATS = Length.of(1, 10);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "train-lm --cell=lstm --dropout=0.2 --zoneout=0.1 --hidden=12 --iterations=60 --batch=4 --seq-len=8",
                "train-lm --cell=gru --dropout=0.2 --hidden=12 --iterations=40 --batch=32 --seq-len=8 --workers=2",
                "train-lm --cell=gru --dropout=0.2 --hidden=12 --iterations=40 --batch=32 --seq-len=8 --workers=3",
                "translate --preset=tiny --hidden=8 --embed=8 --iterations=20 --batch=4",
                "translate --preset=tiny --hidden=8 --embed=8 --iterations=20 --batch=32 --workers=2"
            })
    void equalCommandsGiveEqualFiles(String line) throws IOException, InterruptedException {
        Path first = here(line, "first");
        for (int i = 0; i < REPEATS; i++) {
            assertThat(here(line, "again" + i)).hasSameBinaryContentAs(first);
            List<String> command = command(line, "apart" + i);
            Process process = Ran.start(Ran.classPath(), command.toArray(String[]::new));
            String err = Ran.errUntil(process, "never printed");
            assertThat(process.waitFor()).as(err).isZero();
            assertThat(file("apart" + i)).hasSameBinaryContentAs(first);
        }
        assertThat(Checkpoint.load(first).names()).isNotEmpty();
        assertThat(Files.readAllBytes(here(line + " --seed=99", "other"))).isNotEqualTo(Files.readAllBytes(first));
    }

    private Path here(String line, String name) {
        Ran ran = Ran.of(command(line, name).toArray(String[]::new));
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        return file(name);
    }

    private Path file(String name) {
        return folder.resolve(name).resolve("model.safetensors");
    }

    private List<String> command(String line, String name) {
        List<String> command = new ArrayList<>(List.of(line.split(" ", -1)));
        command.add("--out=" + folder.resolve(name));
        return command;
    }
}
