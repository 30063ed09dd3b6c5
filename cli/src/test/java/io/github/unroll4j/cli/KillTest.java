// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run that is killed at random moments, again and again, each time goes on from what it saved, and ends with the same
 * file, byte for byte, as one that was left alone.
 */
class KillTest {
    private static final int KILLS = Length.of(3, 100);
    /** Saved twenty times, before each line that is printed. */
    private static final List<String> RUN =
            List.of("train-lm", "--cell=rnn", "--hidden=16", "--batch=4", "--seq-len=10", "--iterations=4000");

    @TempDir
    private Path folder;

    @Test
    void aRunKilledAtRandomMomentsEndsLikeOneLeftAlone() throws IOException, InterruptedException {
        Path alone = folder.resolve("alone");
        Ran left = Ran.of(fresh(alone).toArray(String[]::new));
        assertThat(left.exitCode()).as(left.err()).isZero();
        SplittableRandom random = new SplittableRandom(Long.getLong("unroll4j.seed", 1));
        int kills = 0;
        for (int run = 0; kills < KILLS; run++) {
            Path killed = folder.resolve("killed" + run);
            Path model = killed.resolve("model.safetensors");
            boolean ended = false;
            while (!ended && kills < KILLS) {
                Process process = Ran.start(Ran.classPath(), command(killed).toArray(String[]::new));
                boolean anywhere = random.nextInt(4) == 0; // while it starts, too
                if (!anywhere) {
                    Ran.errUntil(process, "/4000  epoch");
                }
                ended = process.waitFor(random.nextInt(anywhere ? 2000 : 300), TimeUnit.MILLISECONDS);
                if (ended) {
                    assertThat(process.exitValue()).isZero();
                } else {
                    process.destroyForcibly().waitFor();
                    kills++;
                    if (Files.exists(model)) {
                        assertThat(Checkpoint.load(model).names())
                                .as("kill " + kills)
                                .isNotEmpty();
                    }
                }
            }
            if (!ended) {
                Ran rest = Ran.of(command(killed).toArray(String[]::new));
                assertThat(rest.exitCode()).as(rest.err()).isZero();
            }
            assertThat(model).as("after kill " + kills).hasSameBinaryContentAs(alone.resolve("model.safetensors"));
        }
    }

    /** Goes on where something was saved, or begins. */
    private static List<String> command(Path to) {
        Path model = to.resolve("model.safetensors");
        return Files.exists(model) ? List.of("train-lm", "--resume", model.toString()) : fresh(to);
    }

    private static List<String> fresh(Path to) {
        List<String> command = new ArrayList<>(RUN);
        command.add("--out=" + to);
        return command;
    }
}
