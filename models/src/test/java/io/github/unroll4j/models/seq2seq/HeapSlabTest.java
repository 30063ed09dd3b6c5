// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.sequence.Sequence;
import org.junit.jupiter.api.Test;

class HeapSlabTest {
    @Test
    void numbersComeFromTheHeapAndFromNativeMemory() {
        Tensor X = Tensor.zeros(Dtype.DOUBLE, 2, 1, 3);
        X.data().copy(0, Vec.of(Dtype.DOUBLE, 1, 2, 3, 4, 5, 6), 0, 6);
        try (HeapSlab one = new HeapSlab(3);
                HeapSlab other = new HeapSlab(3)) {
            one.pull(Dtype.DOUBLE, Sequence.of(X));
            other.pull(Dtype.DOUBLE, one.push());
            assertThat(other.heap().toDoubles()).containsExactly(1, 2, 3, 4, 5, 6);
        }
    }

    @Test
    void tokensAreNoNumbers() {
        try (HeapSlab slab = new HeapSlab(3)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> slab.pull(Dtype.DOUBLE, Sequence.ids(new int[] {1, 2}, 2, 1)))
                    .withMessage("HeapSlab.pull: the sequence holds token ids, expected numbers [T,B,3].");
        }
    }
}
