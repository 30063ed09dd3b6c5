// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.layer;

import static io.github.unroll4j.models.testing.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.core.check.GradientReport;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.layer.WordRig.Spoilt;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Embedding, layer and linear map together, tied and untied: one loss, the gradients of all parameters at once. */
class WordGradientTest {
    @ParameterizedTest
    @CsvSource({"false, 0", "true, 0", "false, 0.4", "true, 0.4"})
    void gradientsAreRight(boolean tied, double rowDropout) {
        try (WordRig rig = new WordRig(Dtype.DOUBLE, tied, rowDropout, Spoilt.NOTHING)) {
            GradientReport report = rig.check().full();

            report.require(CellCheck.GRADIENT_TOLERANCE);
            assertThat(rig.parameters.list())
                    .extracting(Parameter::name)
                    .containsExactly(
                            tied
                                    ? new String[] {"embedding.W", "lstm.W_x", "lstm.W_h", "lstm.b", "head.b"}
                                    : new String[] {"embedding.W", "lstm.W_x", "lstm.W_h", "lstm.b", "head.W", "head.b"
                                    });
        }
    }

    @ParameterizedTest
    @CsvSource({
        "EMBEDDING_OVERWRITES, true, 0",
        "EMBEDDING_OVERWRITES, false, 0",
        "MAP_OVERWRITES, true, 0",
        "ROWS_NOT_NAMED, false, 0",
        "LAST_OCCURRENCE_ONLY, false, 0",
        "LAST_OCCURRENCE_ONLY, true, 0",
        "MASK_FORGOTTEN, false, 0.4",
        "MASK_NOT_SCALED, false, 0.4"
    })
    void plantedErrorsAreCaught(Spoilt spoilt, boolean tied, double rowDropout) {
        try (WordRig rig = new WordRig(Dtype.DOUBLE, tied, rowDropout, spoilt)) {
            GradientReport report = rig.check().full();

            assertThat(report.passed(CellCheck.GRADIENT_TOLERANCE))
                    .as("%s", report)
                    .isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void floatAgreesWithDouble(boolean tied) {
        try (WordRig exact = new WordRig(Dtype.DOUBLE, tied, 0.4, Spoilt.NOTHING);
                WordRig single = new WordRig(Dtype.FLOAT, tied, 0.4, Spoilt.NOTHING)) {
            assertClose(single.outcome(), exact.outcome(), CellCheck.FLOAT_TOLERANCE);
        }
    }

    @Test
    void theMasksOfTheseChecksDropSomeTokensAndKeepSome() {
        try (WordRig rig = new WordRig(Dtype.DOUBLE, false, 0.4, Spoilt.NOTHING)) {
            rig.outcome();

            assertThat(rig.embedding.W().rows().count()).isBetween(1, 3);
        }
    }

    @Test
    void theTiedTableGetsTheSumOfBothUses() {
        try (WordRig tied = new WordRig(Dtype.DOUBLE, true, 0, Spoilt.NOTHING);
                WordRig apart = new WordRig(Dtype.DOUBLE, false, 0, Spoilt.NOTHING)) {
            // the untied model with the weights of the tied one: head.W = tableᵀ
            for (Parameter p : tied.parameters.list()) {
                apart.parameters.get(p.name()).set(p.valuesCopy());
            }
            apart.map.W().set(transposed(tied.embedding.W().valuesCopy(), WordRig.V, WordRig.E));

            Map<String, double[]> both = tied.outcome();
            Map<String, double[]> each = apart.outcome();

            assertClose("Y", get(both, "Y"), get(each, "Y"), CellCheck.EQUAL_TOLERANCE);
            double[] sum = get(each, "embedding.W").clone();
            double[] head = transposed(get(each, "head.W"), WordRig.E, WordRig.V);
            for (int k = 0; k < sum.length; k++) {
                assertThat(sum[k] == 0).as("only padding reads token 2").isEqualTo(k / WordRig.E == 2);
                assertThat(head[k]).isNotZero();
                sum[k] += head[k];
            }
            assertClose("embedding.W", get(both, "embedding.W"), sum, CellCheck.EQUAL_TOLERANCE);
        }
    }

    private static double[] get(Map<String, double[]> outcome, String name) {
        return Objects.requireNonNull(outcome.get(name), name);
    }

    private static double[] transposed(double[] matrix, int rows, int cols) {
        double[] result = new double[matrix.length];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < cols; c++) {
                result[c * rows + r] = matrix[r * cols + c];
            }
        }
        return result;
    }

    @Test
    void anUntiedTableIsTouchedInTheRowsOfTheRealTokensOnlyATiedOneWhole() {
        try (WordRig tied = new WordRig(Dtype.FLOAT, true, 0, Spoilt.NOTHING);
                WordRig apart = new WordRig(Dtype.FLOAT, false, 0, Spoilt.NOTHING)) {
            tied.outcome();
            apart.outcome();

            assertThat(tied.embedding.W().rows().all()).isTrue();
            assertThat(apart.embedding.W().rows().all()).isFalse();
            assertThat(apart.embedding.W().rows().count()).isEqualTo(4);
            assertThat(apart.map.W().rows().sparse()).isFalse();
        }
    }
}
