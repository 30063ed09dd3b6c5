// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cell;

import static io.github.unroll4j.models.testing.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.cells.GruCell;
import io.github.unroll4j.models.cells.GruFormulation;
import io.github.unroll4j.models.cells.GruFormulation.Reset;
import io.github.unroll4j.models.cells.GruFormulation.Update;
import io.github.unroll4j.models.cells.GruResetBeforeCell;
import io.github.unroll4j.models.cells.LstmCell;
import io.github.unroll4j.models.cells.MinimalGatedCell;
import io.github.unroll4j.models.cells.ProjectedLstmCell;
import io.github.unroll4j.models.cells.PublishedMinimalGatedCell;
import io.github.unroll4j.models.cells.RnnCell;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.testing.Built;
import io.github.unroll4j.models.testing.LayerCase;
import io.github.unroll4j.optim.Adam;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class BiasesTest {
    private static final int D = 3;
    private static final int H = 4;

    /** Every cell that can have none, one or two. */
    private static List<Cell> cells(Layout.Biases biases) {
        return List.of(
                new RnnCell(H, RnnCell.Activation.RELU, biases),
                new LstmCell(H, 1.5, biases),
                new ProjectedLstmCell(H, 3, 1.5, biases),
                new GruCell(H, new GruFormulation(Update.KEEPS, Reset.AFTER, biases)),
                new GruResetBeforeCell(H, new GruFormulation(Update.KEEPS, Reset.BEFORE, biases)),
                new MinimalGatedCell(H, biases),
                new PublishedMinimalGatedCell(H, biases));
    }

    static Stream<Cell> cellsWithTwo() {
        return cells(Layout.Biases.TWO).stream();
    }

    private static CellParameters declared(Layout layout) {
        Parameters.Builder p = Parameters.builder();
        CellParameters weights = new CellParameters(layout, D, p);
        p.build(Dtype.DOUBLE, Rng.seeded(1));
        return weights;
    }

    @ParameterizedTest
    @MethodSource("cellsWithTwo")
    void theSecondBiasStartsAtZeros(Cell cell) {
        CellParameters weights = declared(cell.layout());

        Parameter b = weights.b().orElseThrow();
        Parameter b_h = weights.b_h().orElseThrow();
        assertThat(b_h.valuesCopy()).hasSize(b.size()).containsOnly(0);
        assertThat(b_h.name()).isEqualTo(cell.layout().name() + ".b_h");
        if (cell instanceof LstmCell || cell instanceof ProjectedLstmCell) {
            assertThat(b.valuesCopy()).contains(1.5);
        }
    }

    @Test
    void oneBiasIsTheDefault() {
        for (Cell cell : List.of(
                new RnnCell(H),
                new RnnCell(H, RnnCell.Activation.RELU),
                new LstmCell(H),
                new LstmCell(H, 0),
                new ProjectedLstmCell(H, 2),
                new PublishedMinimalGatedCell(H))) {
            assertThat(cell.layout().isApart()).isFalse();
            assertThat(cell.layout().biases()).isEqualTo(Layout.Biases.ONE);
        }
        assertThat(new MinimalGatedCell(H).layout().isApart()).isTrue();
        assertThat(new MinimalGatedCell(H).layout().biases()).isEqualTo(Layout.Biases.ONE);
        assertThat(new Layout("new", H).biases()).isEqualTo(Layout.Biases.ONE);
    }

    @ParameterizedTest
    @EnumSource
    void whichBiasesThereAreFollowsFromTheirCountAlone(Layout.Biases count) {
        for (boolean apart : new boolean[] {false, true}) {
            Layout layout = new Layout("any", H).biases(count);
            if (apart) {
                layout.apart();
            }
            layout.block("f");
            layout.inputBlock("n");
            layout.state("h");
            CellParameters weights = declared(layout);

            assertThat(layout.isApart()).isEqualTo(apart);
            assertThat(weights.b().map(Parameter::size))
                    .isEqualTo(count == Layout.Biases.NONE ? Optional.empty() : Optional.of(2 * H));
            // of maps that are summed b_h adds to every block, of zh it has the recurrent ones
            assertThat(weights.b_h().map(Parameter::size))
                    .isEqualTo(count == Layout.Biases.TWO ? Optional.of(apart ? H : 2 * H) : Optional.empty());
        }
    }

    private static Built<? extends Recurrent> built(Cell cell, Kind kind) {
        return kind == Kind.ENGINE ? Built.engine(cell, D) : Built.plain(cell, D);
    }

    private static Built<? extends Recurrent> lstm(Layout.Biases biases, Kind kind) {
        return built(new LstmCell(H, 1, biases), kind);
    }

    @ParameterizedTest
    @EnumSource
    void noBiasIsOneOfZeroAndNoParameter(Kind kind) {
        for (int i = 0; i < cells(Layout.Biases.NONE).size(); i++) {
            try (Built<? extends Recurrent> none =
                            built(cells(Layout.Biases.NONE).get(i), kind);
                    Built<? extends Recurrent> one =
                            built(cells(Layout.Biases.ONE).get(i), kind)) {
                for (Parameter to : one.parameters().list()) {
                    if (to.name().endsWith(".b")) {
                        to.values().fill(to.offset(), to.size(), 0);
                    } else {
                        copy(none.parameters().get(to.name()), to);
                    }
                }
                one.parameters().changed();
                LayerCase pass = LayerCase.random(none.layer(), Dtype.DOUBLE, Lengths.of(4, 4, 0, 2), Rng.seeded(2));

                Map<String, double[]> found = none.outcome(pass);
                Map<String, double[]> expected = one.outcome(pass);

                assertThat(found.keySet()).noneMatch(name -> name.matches(".*\\.b(_h)?"));
                assertThat(expected.keySet().removeIf(name -> name.endsWith(".b")))
                        .isTrue();
                assertClose(found, expected, 0);
            }
        }
    }

    private static void copy(Parameter from, Parameter to) {
        to.values().copy(to.offset(), from.values(), from.offset(), from.size());
    }

    /** Gives the two-bias layer the weights of the other, its bias cut in two unequal parts. */
    private static void share(Parameters one, Parameters two) {
        for (Parameter from : one.list()) {
            copy(from, two.get(from.name()));
        }
        Parameter b = bias(two, ".b");
        Parameter b_h = bias(two, ".b_h");
        for (int k = 0; k < b.size(); k++) {
            double part = 0.25 + 0.1 * k;
            b.values().set(b.offset() + k, b.values().get(b.offset() + k) - part);
            b_h.values().set(b_h.offset() + k, part);
        }
        two.changed();
    }

    private static Parameter bias(Parameters parameters, String ending) {
        return parameters.list().stream()
                .filter(p -> p.name().endsWith(ending))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @EnumSource
    void twoBiasesAreOneFunctionAndBothGetTheGradientOfTheSum(Kind kind) {
        for (int i = 0; i < cells(Layout.Biases.ONE).size(); i++) {
            Cell cell = cells(Layout.Biases.ONE).get(i);
            if (cell.layout().isApart()) {
                continue; // there the n block of the second is inside the reset
            }
            try (Built<? extends Recurrent> one = built(cell, kind);
                    Built<? extends Recurrent> two =
                            built(cells(Layout.Biases.TWO).get(i), kind)) {
                share(one.parameters(), two.parameters());
                LayerCase pass = LayerCase.random(one.layer(), Dtype.DOUBLE, Lengths.of(4, 4, 0, 2), Rng.seeded(2));
                String b = bias(two.parameters(), ".b").name();

                Map<String, double[]> expected = one.outcome(pass);
                Map<String, double[]> found = two.outcome(pass);

                assertThat(found.remove("gradient of " + b + "_h")).isEqualTo(found.get("gradient of " + b));
                assertClose(found, expected, CellCheck.EQUAL_TOLERANCE);
            }
        }
    }

    /** What runs the cell. */
    enum Kind {
        ENGINE,
        PLAIN_LOOP
    }

    // Adam's first step is the learning rate, whatever the size of the gradient: the reason for TWO.
    @Test
    void underAdamTheSumOfTwoBiasesMovesTwiceAsFar() {
        // epsilon is 1e-8, the gradient of order 1e-3
        assertThat(moveOfTheSum(Layout.Biases.ONE)).isCloseTo(1e-3, withinPercentage(0.01));
        assertThat(moveOfTheSum(Layout.Biases.TWO)).isCloseTo(2e-3, withinPercentage(0.01));
    }

    private static double moveOfTheSum(Layout.Biases biases) {
        try (Built<? extends Recurrent> layer = lstm(biases, Kind.ENGINE)) {
            Parameters parameters = layer.parameters();
            layer.outcome(LayerCase.random(layer.layer(), Dtype.DOUBLE, Lengths.full(3, 2), Rng.seeded(2)));
            double before = sumOfBiases(parameters);
            new Adam(parameters).step(1e-3);
            return Math.abs(sumOfBiases(parameters) - before);
        }
    }

    /** Of the first unit. */
    private static double sumOfBiases(Parameters parameters) {
        return parameters.list().stream()
                .filter(p -> p.name().startsWith("lstm.b"))
                .mapToDouble(p -> p.values().get(p.offset()))
                .sum();
    }
}
