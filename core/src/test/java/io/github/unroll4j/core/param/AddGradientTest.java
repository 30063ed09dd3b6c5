// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.param;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.Vec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The first gradient after a clearing may be copied, but what was written before it must not be lost. */
class AddGradientTest {
    private final NativeArray memory = NativeArray.allocate(Dtype.DOUBLE, 2);
    private final NativeMatrix dW = memory.matrix(0, 1, 2);
    private final Parameter first;
    private final Parameter second;
    private final Parameter sparse;
    private final Parameters parameters;

    AddGradientTest() {
        Parameters.Builder p = Parameters.builder();
        first = p.add("first", "N", Init.zeros(), 2);
        second = p.add("second", "N", Init.zeros(), 2);
        sparse = p.addRowSparse("sparse", "V,E", Init.zeros(), 2, 1);
        parameters = p.build(Dtype.DOUBLE, Rng.seeded(1));
        dW.put(Vec.of(Dtype.DOUBLE, 3, 5), 0);
    }

    @AfterEach
    void close() {
        memory.close();
    }

    @Test
    void addsUpFromTheStartAndFromEachClearing() {
        first.addGradient(dW);
        first.addGradient(dW);
        assertThat(first.gradientCopy()).containsExactly(6, 10);

        parameters.zeroGradients();
        assertThat(first.gradientCopy()).containsExactly(0, 0);

        parameters.zeroGradients();
        first.addGradient(dW);
        assertThat(first.gradientCopy()).containsExactly(3, 5);
        first.addGradient(dW);
        assertThat(first.gradientCopy()).containsExactly(6, 10);
        assertThat(second.gradientCopy()).containsExactly(0, 0);
    }

    @Test
    void keepsWhatWasWrittenThroughTheParameter() {
        parameters.zeroGradients();
        first.gradients().set(first.offset(), 1);
        first.addGradient(dW);
        second.addGradient(dW);

        assertThat(first.gradientCopy()).containsExactly(4, 5);
        assertThat(second.gradientCopy()).containsExactly(3, 5);
    }

    @Test
    void keepsWhatWasWrittenThroughTheFlatArray() {
        parameters.zeroGradients();
        parameters.gradients().set(second.offset(), 1);
        second.addGradient(dW);

        assertThat(second.gradientCopy()).containsExactly(4, 5);
    }

    @Test
    void keepsTheRowsOfARowSparseParameter() {
        parameters.zeroGradients();
        sparse.rows().add(1);
        sparse.gradients().set(sparse.offset() + 1, 1);
        sparse.addGradient(dW);

        assertThat(sparse.gradientCopy()).containsExactly(3, 6);
        assertThat(sparse.rows().all()).isTrue();
        parameters.zeroGradients();
        assertThat(sparse.gradientCopy()).containsExactly(0, 0);
    }
}
