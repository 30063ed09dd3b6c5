// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.param;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Row-sparse parameters: which rows are named, visited and cleared. */
class TouchedRowsTest {
    private final Parameter before;
    private final Parameter table;
    private final Parameter after;
    private final Parameters parameters;

    TouchedRowsTest() {
        Parameters.Builder p = Parameters.builder();
        before = p.add("before", "N", Init.zeros(), 3);
        table = p.addRowSparse("table", "V,E", Init.zeros(), 4, 2);
        after = p.add("after", "N", Init.zeros(), 1);
        parameters = p.build(Dtype.DOUBLE, Rng.seeded(1));
    }

    private static List<String> visited(Consumer<Parameters.RangeVisitor> touched) {
        List<String> ranges = new ArrayList<>();
        touched.accept((at, n) -> ranges.add(at + "+" + n));
        return ranges;
    }

    private static int[] rows(TouchedRows rows) {
        return IntStream.range(0, rows.count()).map(rows::row).toArray();
    }

    @Test
    void rowsAreKeptOnceInTheOrderOfTheirFirstNaming() {
        table.rows().add(2);
        table.rows().add(0);
        table.rows().add(2);

        assertThat(rows(table.rows())).containsExactly(2, 0);
        assertThat(table.rows().all()).isFalse();
        assertThat(visited(table::forEachTouched)).containsExactly("7+2", "3+2");
        assertThat(visited(parameters::forEachTouched)).containsExactly("0+3", "7+2", "3+2", "11+1");
    }

    @Test
    void nothingIsTouchedAtTheStart() {
        assertThat(table.rows().sparse()).isTrue();
        assertThat(table.rows().count()).isZero();
        assertThat(visited(table::forEachTouched)).isEmpty();
        assertThat(visited(parameters::forEachTouched)).containsExactly("0+3", "11+1");
    }

    @Test
    void aDenseWriterTouchesAllRowsUntilTheyAreCleared() {
        table.rows().add(1);
        table.rows().addAll();

        assertThat(rows(table.rows())).containsExactly(0, 1, 2, 3);
        assertThat(visited(table::forEachTouched)).containsExactly("3+8");
        assertThat(visited(parameters::forEachTouched)).containsExactly("0+12");

        parameters.gradients().fill(0, 12, 1);
        parameters.zeroGradients();

        assertThat(parameters.gradients().toDoubles()).containsOnly(0);
        assertThat(table.rows().all()).isFalse();
        assertThat(rows(table.rows())).isEmpty();
    }

    @Test
    void everyRowOfAnyOtherParameterAlwaysCounts() {
        assertThat(before.rows().sparse()).isFalse();
        before.rows().add(77); // code that writes need not know which kind of parameter it has
        before.rows().addAll();

        assertThat(rows(before.rows())).containsExactly(0, 1, 2);
        parameters.zeroGradients();
        assertThat(before.rows().all()).isTrue();
        assertThat(visited(after::forEachTouched)).containsExactly("11+1");
    }

    @Test
    void clearingLeavesTheOtherRowsAlone() {
        parameters.gradients().fill(0, 12, 1);
        table.rows().add(1);

        parameters.zeroGradients();

        // rows 0, 2 and 3 were not named: a clearing must skip them, so their numbers must stay
        assertThat(parameters.gradients().toDoubles()).containsExactly(0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 0);
    }

    @Property(tries = 200)
    void whateverIsNamedIsVisitedOnceAndCleared(@ForAll long seed) {
        Random random = new Random(seed);
        for (int step = 0; step < 3; step++) {
            double[] expected = new double[12];
            Arrays.fill(expected, 0, 3, 1);
            expected[11] = 1;
            for (int k = random.nextInt(6); k > 0; k--) {
                int row = random.nextInt(4);
                table.rows().add(row);
                Arrays.fill(expected, 3 + 2 * row, 5 + 2 * row, 1);
            }
            if (random.nextInt(5) == 0) {
                table.rows().addAll();
                Arrays.fill(expected, 1);
            }

            parameters.forEachTouched((at, n) -> {
                for (int k = at; k < at + n; k++) {
                    parameters.gradients().set(k, parameters.gradients().get(k) + 1);
                }
            });

            assertThat(parameters.gradients().toDoubles()).isEqualTo(expected);
            parameters.zeroGradients();
            assertThat(parameters.gradients().toDoubles()).containsOnly(0);
            assertThat(table.rows().count()).isZero();
        }
    }

    @Test
    void aParameterWithoutRowsIsVisitedNowhere() {
        Parameters.Builder p = Parameters.builder();
        Parameter empty = p.addRowSparse("empty", "V,E", Init.zeros(), 0, 2);
        Parameters none = p.build(Dtype.FLOAT, Rng.seeded(1));

        assertThat(visited(empty::forEachTouched)).isEmpty();
        assertThat(visited(none::forEachTouched)).isEmpty();
    }

    @Test
    void aRowThatDoesNotExistIsRefused() {
        assertThatThrownBy(() -> table.rows().add(4)).isInstanceOf(ArrayIndexOutOfBoundsException.class);
    }

    @Test
    void aNumberHasNoRows() {
        assertThatThrownBy(() -> Parameters.builder().addRowSparse("gain", "", Init.ones()))
                .isInstanceOf(ShapeException.class)
                .hasMessage("Parameters.addRowSparse(gain): the shape is [], expected a first axis of rows.");
    }
}
