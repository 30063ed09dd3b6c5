// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Threads that use models for a long time: no wrong answer, no death, no memory kept. */
class SoakTest {
    private static final int SECONDS = Length.of(2, 1800);

    @Test
    void aModelForEachThread() throws IOException, InterruptedException {
        soak("own");
    }

    @Test
    void oneModelForAllThreads() throws IOException, InterruptedException {
        soak("shared");
    }

    private static void soak(String models) throws IOException, InterruptedException {
        Ran ran = Ran.apart(Soak.class, "-Xmx256m", Integer.toString(SECONDS), models);
        assertThat(ran.exitCode()).as(ran.out()).isZero();
        assertThat(ran.out()).containsPattern("[1-9]\\d* calls were right");
    }
}
