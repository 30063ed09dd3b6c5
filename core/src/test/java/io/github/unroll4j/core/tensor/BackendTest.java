// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

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

    @Test
    void theTimeOfTheStartIsThatOfTheFirst() {
        assertThat(Backend.start()).isPositive().isEqualTo(Backend.start());
    }
}
