// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cells;

import static io.github.unroll4j.models.testing.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cells.GruFormulation.Reset;
import io.github.unroll4j.models.cells.GruFormulation.Update;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.testing.Built;
import io.github.unroll4j.models.testing.LayerCase;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The conversions of the class comment, on random weights. */
class GruFormulationTest {
    private static final int D = 3;
    private static final int H = 4;

    private static Built<Recurrent> built(GruFormulation formulation) {
        return Built.of(
                Dtype.DOUBLE,
                1,
                p -> formulation.reset() == Reset.AFTER
                        ? new HoistedLayer(new GruCell(H, formulation), D, p)
                        : new HoistedLayer(new GruResetBeforeCell(H, formulation), D, p));
    }

    private static LayerCase pass(Built<Recurrent> layer) {
        return LayerCase.random(layer.layer(), Dtype.DOUBLE, Lengths.of(4, 4, 2), Rng.seeded(2));
    }

    /** Block z of a row of blocks r | z (| n), negated. */
    private static double[] withZNegated(double[] values, int columns) {
        double[] negated = values.clone();
        for (int k = 0; k < negated.length; k++) {
            if (k % columns / H == 1) {
                negated[k] = -negated[k];
            }
        }
        return negated;
    }

    private static int columns(Parameter p) {
        return p.size(p.shape().length - 1);
    }

    static Stream<Arguments> places() {
        return Stream.of(Reset.values())
                .flatMap(reset -> Stream.of(Layout.Biases.values()).map(biases -> arguments(reset, biases)));
    }

    @ParameterizedTest
    @MethodSource("places")
    void keepsIsWritesWithTheBlockOfZNegated(Reset reset, Layout.Biases biases) {
        try (Built<Recurrent> keeps = built(new GruFormulation(Update.KEEPS, reset, biases));
                Built<Recurrent> writes = built(new GruFormulation(Update.WRITES, reset, biases))) {
            for (Parameter p : writes.parameters().list()) {
                Parameter from = keeps.parameters().get(p.name());
                double[] negated = withZNegated(from.valuesCopy(), columns(p));
                for (int k = 0; k < negated.length; k++) {
                    p.values().set(p.offset() + k, negated[k]);
                }
            }
            writes.parameters().changed();

            Map<String, double[]> expected = new LinkedHashMap<>(keeps.outcome(pass(keeps)));
            for (Parameter p : keeps.parameters().list()) {
                expected.computeIfPresent(
                        "gradient of " + p.name(), (name, gradient) -> withZNegated(gradient, columns(p)));
            }
            assertClose(writes.outcome(pass(writes)), expected, CellCheck.EQUAL_TOLERANCE);
        }
    }

    @Test
    void withoutARecurrentBiasIsWithOneOfZero() {
        try (Built<Recurrent> without = built(GruFormulation.NOTEBOOK_WORD);
                Built<Recurrent> with = built(GruFormulation.PYTORCH)) {
            for (Parameter p : with.parameters().list()) {
                if (p.name().equals("gru.b_h")) {
                    p.values().fill(p.offset(), p.size(), 0);
                } else {
                    copy(without.parameters(), p);
                }
            }
            with.parameters().changed();

            Map<String, double[]> found = new LinkedHashMap<>(with.outcome(pass(with)));
            found.remove("gradient of gru.b_h");
            assertClose(found, without.outcome(pass(without)), CellCheck.EQUAL_TOLERANCE);
        }
    }

    private static void copy(Parameters from, Parameter to) {
        Parameter source = from.get(to.name());
        to.values().copy(to.offset(), source.values(), source.offset(), to.size());
    }

    @Test
    void theGatesOfTheRecurrentBiasOnlyAddToTheFirst() {
        try (Built<Recurrent> two = built(GruFormulation.PYTORCH);
                Built<Recurrent> moved = built(GruFormulation.PYTORCH)) {
            Parameter b = moved.parameters().get("gru.b");
            Parameter b_h = moved.parameters().get("gru.b_h");
            b.values().add(b.offset(), b_h.values(), b_h.offset(), 2 * H);
            b_h.values().fill(b_h.offset(), 2 * H, 0);
            moved.parameters().changed();

            assertClose(moved.outcome(pass(moved)), two.outcome(pass(two)), CellCheck.EQUAL_TOLERANCE);
        }
    }

    /** Reset before, b_h stands beside b in every block: all of it may move there. */
    @Test
    void allOfTheRecurrentBiasOnlyAddsToTheFirstWhereTheResetComesBefore() {
        GruFormulation formulation = new GruFormulation(Update.KEEPS, Reset.BEFORE, Layout.Biases.TWO);
        try (Built<Recurrent> two = built(formulation);
                Built<Recurrent> moved = built(formulation)) {
            Parameter b = moved.parameters().get("gru.b");
            Parameter b_h = moved.parameters().get("gru.b_h");
            assertThat(b_h.size()).isEqualTo(3 * H);
            b.values().add(b.offset(), b_h.values(), b_h.offset(), 3 * H);
            b_h.values().fill(b_h.offset(), 3 * H, 0);
            moved.parameters().changed();

            assertClose(moved.outcome(pass(moved)), two.outcome(pass(two)), CellCheck.EQUAL_TOLERANCE);
        }
    }

    @Test
    void thePresetsAreThoseOfTheTable() {
        assertThat(GruFormulation.CHO_2014)
                .isEqualTo(new GruFormulation(Update.KEEPS, Reset.BEFORE, Layout.Biases.NONE));
        assertThat(GruFormulation.BAHDANAU_2014)
                .isEqualTo(new GruFormulation(Update.WRITES, Reset.BEFORE, Layout.Biases.NONE));
        assertThat(GruFormulation.PYTORCH).isEqualTo(new GruFormulation(Update.KEEPS, Reset.AFTER, Layout.Biases.TWO));
        assertThat(GruFormulation.KERAS).isEqualTo(GruFormulation.PYTORCH);
        assertThat(GruFormulation.KERAS_RESET_BEFORE)
                .isEqualTo(new GruFormulation(Update.KEEPS, Reset.BEFORE, Layout.Biases.ONE));
        assertThat(GruFormulation.NOTEBOOK_CHAR)
                .isEqualTo(new GruFormulation(Update.WRITES, Reset.BEFORE, Layout.Biases.ONE));
        assertThat(GruFormulation.NOTEBOOK_WORD)
                .isEqualTo(new GruFormulation(Update.KEEPS, Reset.AFTER, Layout.Biases.ONE));
    }
}
