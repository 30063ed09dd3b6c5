// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeMemory;
import io.github.unroll4j.core.tensor.ShapeException;
import org.junit.jupiter.api.Test;

class SlabBufferTest {
    @Test
    void moreNumbersThanAnIntCountsAreRefused() {
        long held = NativeMemory.held();
        try (SlabBuffer buffer = new SlabBuffer(1 << 16)) {
            assertThatThrownBy(() -> buffer.heap(Dtype.FLOAT, 1 << 10, 1 << 5))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("[1024, 32, 65536], expected at most 2^31-1 elements");
            assertThat(NativeMemory.held()).isEqualTo(held);
        }
    }
}
