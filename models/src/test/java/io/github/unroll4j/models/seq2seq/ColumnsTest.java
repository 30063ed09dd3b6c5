// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import org.junit.jupiter.api.Test;

class ColumnsTest {
    @Test
    void rowsStandSideBySideAndComeBack() {
        Vec whole = Vec.zeros(Dtype.DOUBLE, 6);
        Columns.put(whole, 3, 0, Vec.of(Dtype.DOUBLE, 1, 2), 1);
        Columns.put(whole, 3, 1, Vec.of(Dtype.DOUBLE, 3, 4, 5, 6), 2);
        assertThat(whole.toDoubles()).containsExactly(1, 3, 4, 2, 5, 6);

        Vec part = Vec.of(Dtype.DOUBLE, 9, 9, 9, 9);
        Columns.get(part, 2, whole, 3, 1);
        assertThat(part.toDoubles()).containsExactly(3, 4, 5, 6);
        Columns.add(part, 2, whole, 3, 1);
        assertThat(part.toDoubles()).containsExactly(6, 8, 10, 12);
    }

    @Test
    void anotherNumberOfRowsIsRefused() {
        Vec whole = Vec.zeros(Dtype.DOUBLE, 6);
        Vec part = Vec.zeros(Dtype.DOUBLE, 3);
        String sentence = "Columns: 3 numbers in rows of 1 beside 6 in rows of 3, expected as many rows of both.";
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Columns.put(whole, 3, 0, part, 1))
                .withMessage(sentence);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Columns.get(part, 1, whole, 3, 0))
                .withMessage(sentence);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Columns.add(part, 1, whole, 3, 0))
                .withMessage(sentence);
    }
}
