// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cell;

import static io.github.unroll4j.models.testing.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.gru.GruCell;
import io.github.unroll4j.models.lstm.LstmCell;
import io.github.unroll4j.models.rnn.RnnCell;
import io.github.unroll4j.models.sequence.HoistedLayer;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.Unrolled;
import io.github.unroll4j.models.testing.Built;
import io.github.unroll4j.models.testing.LayerCase;
import io.github.unroll4j.optim.Adam;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class BiasesTest {
    private static final int D = 3;
    private static final int H = 4;

    static Stream<PointwiseCell> cellsWithTwo() {
        return Stream.of(
                new RnnCell(H, RnnCell.Activation.RELU, Biases.TWO), new LstmCell(H, 1.5, Biases.TWO), new GruCell(H));
    }

    @ParameterizedTest
    @MethodSource("cellsWithTwo")
    void theSecondBiasStartsAtZeros(PointwiseCell cell) {
        Parameters.Builder p = Parameters.builder();
        CellParameters weights = new CellParameters(cell, D, p);
        p.build(Dtype.DOUBLE, Rng.seeded(1));

        Parameter b_h = weights.b_h().orElseThrow();
        assertThat(b_h.valuesCopy()).hasSize(weights.b().size()).containsOnly(0);
        assertThat(b_h.name()).isEqualTo(cell.spec().name() + ".b_h");
        if (cell instanceof LstmCell) {
            assertThat(weights.b().valuesCopy()).contains(1.5);
        }
    }

    @Test
    void oneBiasIsTheDefault() {
        for (PointwiseCell cell : new PointwiseCell[] {
            new RnnCell(H), new RnnCell(H, RnnCell.Activation.RELU), new LstmCell(H), new LstmCell(H, 0)
        }) {
            assertThat(cell.spec().affine()).isEqualTo(CellSpec.Affine.SUMMED);
            assertThat(cell.spec().recurrentBias()).isFalse();
        }
    }

    @Test
    void whatReachesTheCellFollowsFromTheKindOfMaps() {
        assertThat(Stream.of(CellSpec.Affine.values()).filter(a -> spec(a).apart()))
                .containsExactly(CellSpec.Affine.APART, CellSpec.Affine.APART_WITH_RECURRENT_BIAS);
        assertThat(Stream.of(CellSpec.Affine.values()).filter(a -> spec(a).recurrentBias()))
                .containsExactly(CellSpec.Affine.SUMMED_WITH_RECURRENT_BIAS, CellSpec.Affine.APART_WITH_RECURRENT_BIAS);
    }

    private static CellSpec spec(CellSpec.Affine affine) {
        CellSpec rnn = new RnnCell(H).spec();
        return new CellSpec(
                rnn.name(), affine, rnn.blocks(), rnn.state(), rnn.saved(), rnn.unitParameters(), rnn.start());
    }

    private static Built<? extends Recurrent> lstm(Biases biases, boolean engine) {
        LstmCell cell = new LstmCell(H, 1, biases);
        return engine
                ? Built.of(Dtype.DOUBLE, 1, p -> new HoistedLayer(cell, D, p))
                : Built.of(Dtype.DOUBLE, 1, p -> new Unrolled<>(new CellStepper(cell, D, p)));
    }

    /** Gives the two-bias layer the weights of the other, its bias cut in two unequal parts. */
    private static void share(Parameters one, Parameters two) {
        for (Parameter from : one.list()) {
            Parameter to = two.get(from.name());
            to.values().copy(to.offset(), from.values(), from.offset(), from.size());
        }
        Parameter b = two.get("lstm.b");
        Parameter b_h = two.get("lstm.b_h");
        for (int k = 0; k < b.size(); k++) {
            double part = 0.25 + 0.1 * k;
            b.values().set(b.offset() + k, b.values().get(b.offset() + k) - part);
            b_h.values().set(b_h.offset() + k, part);
        }
        two.changed();
    }

    @ParameterizedTest
    @EnumSource
    void twoBiasesAreOneFunctionAndBothGetTheGradientOfTheSum(Kind kind) {
        try (Built<? extends Recurrent> one = lstm(Biases.ONE, kind == Kind.ENGINE);
                Built<? extends Recurrent> two = lstm(Biases.TWO, kind == Kind.ENGINE)) {
            share(one.parameters(), two.parameters());
            LayerCase pass = LayerCase.random(one.layer(), Dtype.DOUBLE, Lengths.of(4, 4, 0, 2), Rng.seeded(2));

            Map<String, double[]> expected = one.outcome(pass);
            Map<String, double[]> found = two.outcome(pass);

            assertThat(found.remove("gradient of lstm.b_h")).isEqualTo(found.get("gradient of lstm.b"));
            assertClose(found, expected, CellCheck.EQUAL_TOLERANCE);
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
        assertThat(moveOfTheSum(Biases.ONE)).isCloseTo(1e-3, withinPercentage(0.01));
        assertThat(moveOfTheSum(Biases.TWO)).isCloseTo(2e-3, withinPercentage(0.01));
    }

    private static double moveOfTheSum(Biases biases) {
        try (Built<? extends Recurrent> layer = lstm(biases, true)) {
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
