// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLockTest {
    @TempDir
    Path folder;

    private Path metrics() {
        return folder.resolve("metrics.csv");
    }

    @Test
    void aLockThatWasRemovedIsPutBackBeforeASave() throws IOException {
        Path file = folder.resolve(".lock");
        try (RunLock lock = RunLock.take(folder, "char-rnn", metrics())) {
            lock.requireHeld();
            Files.delete(file);
            lock.requireHeld();
            assertThat(file)
                    .hasContent("char-rnn, process " + ProcessHandle.current().pid());
            lock.requireHeld();
        }
    }

    @Test
    void aPlantedLinkIsNotFollowed() throws IOException {
        Path victim = Files.writeString(folder.resolve("victim"), "precious");
        Files.createSymbolicLink(folder.resolve(".lock"), victim);
        assertThatThrownBy(() -> RunLock.take(folder, "char-rnn", metrics())).isInstanceOf(IOException.class);
        assertThat(victim).hasContent("precious");
        Files.delete(folder.resolve(".lock"));
        RunLock.take(folder, "char-rnn", metrics()).close();
    }

    @Test
    @SuppressWarnings("try") // the lock does its work by being held
    void aSecondRunIsToldWhoHoldsTheFolderUntilTheFirstHasEnded() throws IOException {
        try (RunLock first = RunLock.take(folder, "char-rnn", metrics())) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> RunLock.take(folder, "char-lstm", metrics()))
                    .withMessageContaining("another run (char-rnn, process "
                            + ProcessHandle.current().pid() + ") is writing to " + folder);
        }
        RunLock.take(folder, "char-lstm", metrics()).close();
    }
}
