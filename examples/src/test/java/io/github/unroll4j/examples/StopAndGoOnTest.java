// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What docs/using.md says of stopping and going on. */
class StopAndGoOnTest {
    private static final String TEXT =
            "The crow was thirsty. The jug was deep. The crow found a stone and a key. ".repeat(40);

    @TempDir
    Path folder;

    @Test
    void theDocumentShowsTheProgram() throws IOException {
        assertThat(Snippets.shownIn("docs/using.md")).contains(Snippets.region("StopAndGoOn.java", "run"));
    }

    /** The state and the best model end byte for byte as those of a run that was left alone. */
    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Java has no way to ask a process there to end")
    void aStoppedRunGoesOn() throws IOException, InterruptedException {
        Path alone = Files.createDirectory(folder.resolve("alone"));
        Process whole = start(alone, "4000");
        String said = Ran.until(whole, "never printed");
        assertThat(whole.waitFor()).as(said).isZero();

        Path stopped = Files.createDirectory(folder.resolve("stopped"));
        Process first = start(stopped, "4000");
        Ran.until(first, "100");
        first.toHandle().destroy(); // SIGTERM; Ctrl-C, SIGINT, takes the same way
        assertThat(Ran.until(first, "never printed")).containsPattern("Stopped\\[iteration=\\d+]");
        assertThat(first.waitFor()).isEqualTo(128 + 15);
        Process second = start(stopped, "4000");
        said = Ran.until(second, "never printed");
        assertThat(second.waitFor()).as(said).isZero();
        for (String file : new String[] {"run.safetensors", "best.safetensors"}) {
            assertThat(stopped.resolve(file)).hasSameBinaryContentAs(alone.resolve(file));
        }
    }

    @Test
    void aBadFileIsToldInASentence() throws IOException, InterruptedException {
        Files.writeString(folder.resolve("run.safetensors"), "no run");
        Process process = start(folder, "100");
        String said = Ran.until(process, "never printed");
        assertThat(process.waitFor()).isZero();
        assertThat(said).startsWith("run.safetensors").doesNotContain("\tat ");
    }

    private Process start(Path where, String iterations) throws IOException {
        Path text = Files.writeString(folder.resolve("text.txt"), TEXT);
        return Ran.start(where, StopAndGoOn.class.getName(), text.toString(), iterations);
    }
}
