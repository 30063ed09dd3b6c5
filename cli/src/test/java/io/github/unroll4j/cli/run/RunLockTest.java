// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLockTest {
    @TempDir
    Path folder;

    @Test
    @SuppressWarnings("try") // the lock does its work by being held
    void aSecondRunIsToldWhoHoldsTheFolderUntilTheFirstHasEnded() throws IOException {
        try (RunLock first = RunLock.take(folder, "char-rnn")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> RunLock.take(folder, "char-lstm"))
                    .withMessageContaining("another run (char-rnn, process "
                            + ProcessHandle.current().pid() + ") is writing to " + folder);
        }
        RunLock.take(folder, "char-lstm").close();
    }
}
