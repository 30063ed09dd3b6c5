// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cell;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StepBlocksTest {
    /** Two rows of three blocks of two units: block g of row b holds 10b + g, and then the same and a half. */
    private static final double[] ROWS = {0, 0.5, 1, 1.5, 2, 2.5, 10, 10.5, 11, 11.5, 12, 12.5};

    @ParameterizedTest
    @EnumSource(Dtype.class)
    void aBlockIsItsColumnsOfEveryRow(Dtype dtype) {
        Tensor rows = Tensor.of(Vec.of(dtype, ROWS), 2, 6);

        assertThat(StepBlocks.block(rows, 0, 2).toDoubles()).containsExactly(0, 0.5, 10, 10.5);
        assertThat(StepBlocks.block(rows, 2, 2).toDoubles()).containsExactly(2, 2.5, 12, 12.5);
    }

    @ParameterizedTest
    @EnumSource(Dtype.class)
    void joinedBlocksAreTheRowsAgain(Dtype dtype) {
        Tensor rows = Tensor.of(Vec.of(dtype, ROWS), 2, 6);
        Vec[] blocks = {StepBlocks.block(rows, 0, 2), StepBlocks.block(rows, 1, 2), StepBlocks.block(rows, 2, 2)};

        Tensor joined = StepBlocks.join(2, blocks);

        assertThat(joined.shape()).containsExactly(2, 6);
        assertThat(joined.dtype()).isEqualTo(dtype);
        assertThat(joined.data().toDoubles()).containsExactly(ROWS);
    }
}
