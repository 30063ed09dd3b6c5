// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** After a call that ran out of memory a model answers every call that fits. */
class ScarceMemoryTest {
    private static final int CALLS = Length.of(30, 3000);

    @Test
    void aModelAnswersAfterItRanOutOfMemory() throws IOException, InterruptedException {
        Ran ran = Ran.apart(ScarceMemory.class, "-Xmx48m", Integer.toString(CALLS));

        assertThat(ran.exitCode()).as(ran.out()).isZero();
        assertThat(ran.out()).containsPattern("[1-9]\\d* calls ran out of memory");
    }
}
