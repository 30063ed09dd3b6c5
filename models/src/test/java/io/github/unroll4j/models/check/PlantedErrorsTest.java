// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.unroll4j.core.check.GradientReport;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.cell.CellSpec;
import io.github.unroll4j.models.cell.DoubleStep;
import io.github.unroll4j.models.cell.FloatPointwiseCell;
import io.github.unroll4j.models.cell.FloatStep;
import io.github.unroll4j.models.cell.PointwiseCell;
import io.github.unroll4j.models.lstm.PeepholeLstmCell;
import io.github.unroll4j.models.rnn.RnnCell;
import io.github.unroll4j.models.stranger.GainedElmanCell;
import io.github.unroll4j.models.stranger.UpdateGateCell;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Wrong backward passes of every kind seen in practice: each is caught, and blamed on the array that is wrong. */
class PlantedErrorsTest {
    private static final String ALL = "rnn.W_x rnn.W_h rnn.b x h0";
    private static final String NO_ARRAY = "";
    private static final String NO_COMPLAINT = "";

    @Test
    void theRightBackwardPassPasses() {
        PlainRnn rnn = new PlainRnn(PlainRnn.Fault.NONE);

        rnn.check().full().require(CellCheck.GRADIENT_TOLERANCE);
        rnn.check().directional(5, Rng.seeded(1)).require(CellCheck.GRADIENT_TOLERANCE);
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                arguments(PlainRnn.Fault.DROPPED_CARRY, ALL, NO_COMPLAINT),
                arguments(PlainRnn.Fault.MISSING_TRANSPOSE, ALL, NO_COMPLAINT),
                arguments(PlainRnn.Fault.ASSIGNED_WEIGHT_GRADIENT, "rnn.W_h", "rnn.W_h: backward does not add"),
                arguments(PlainRnn.Fault.LAST_BIAS_ONLY, "rnn.b", NO_COMPLAINT),
                arguments(PlainRnn.Fault.NEXT_STATE_FOR_PREVIOUS, "rnn.W_h", NO_COMPLAINT),
                arguments(PlainRnn.Fault.FIRST_STEP_LEFT_OUT, ALL, NO_COMPLAINT),
                arguments(PlainRnn.Fault.INITIAL_STATE_IGNORED, "rnn.W_h", NO_COMPLAINT),
                arguments(PlainRnn.Fault.DERIVATIVE_FROM_THE_INPUT, ALL, NO_COMPLAINT),
                arguments(PlainRnn.Fault.MISSING_INPUT_GRADIENT, "x", NO_COMPLAINT),
                arguments(PlainRnn.Fault.MISSING_INITIAL_STATE_GRADIENT, "h0", NO_COMPLAINT),
                arguments(PlainRnn.Fault.MODIFIED_CACHE, NO_ARRAY, "rnn.W_h: backward run twice gives two results"),
                arguments(PlainRnn.Fault.CONSTANT_IN_THE_BIAS, NO_ARRAY, "rnn.b: a zero upstream gradient"),
                arguments(PlainRnn.Fault.MEAN_OVER_THE_BATCH, "rnn.W_x rnn.W_h rnn.b", NO_COMPLAINT),
                arguments(PlainRnn.Fault.ONE_ELEMENT, "rnn.W_h", NO_COMPLAINT));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void everyFaultIsCaughtAndBlamedOnTheRightArrays(PlainRnn.Fault fault, String wrong, String complaint) {
        GradientReport report = new PlainRnn(fault).check().full();

        List<String> blamed = report.entries().stream()
                .filter(e -> e.error() > CellCheck.GRADIENT_TOLERANCE)
                .map(GradientReport.Entry::name)
                .toList();
        assertThat(report.passed(CellCheck.GRADIENT_TOLERANCE)).isFalse();
        assertThat(String.join(" ", blamed)).isEqualTo(wrong);
        if (complaint.equals(NO_COMPLAINT)) {
            assertThat(report.complaints()).isEmpty();
        } else {
            assertThat(report.complaints()).anyMatch(c -> c.startsWith(complaint));
        }
    }

    @ParameterizedTest
    @EnumSource(value = PlainRnn.Fault.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void everyFaultIsCaughtAlongRandomDirections(PlainRnn.Fault fault) {
        GradientReport report = new PlainRnn(fault).check().directional(3, Rng.seeded(2));

        assertThat(report.passed(CellCheck.GRADIENT_TOLERANCE)).isFalse();
    }

    @Test
    void oneWrongElementIsNamed() {
        GradientReport report = new PlainRnn(PlainRnn.Fault.ONE_ELEMENT).check().full();

        assertThat(report.toString()).startsWith("rnn.W_h[2, h:1] ");
    }

    @Test
    void everyFaultIsListed() {
        assertThat(faults().map(a -> a.get()[0]))
                .containsExactlyElementsOf(Arrays.stream(PlainRnn.Fault.values())
                        .filter(f -> f != PlainRnn.Fault.NONE)
                        .toList());
    }

    static Stream<Arguments> cells() {
        return Stream.of(
                cell("the path through c is lost", new PeepholeLstmCell(3), "c0[", s -> Arrays.fill(s.dPrev[1], 0)),
                cell("the path around the gate is lost", new UpdateGateCell(3), "h0[", s -> Arrays.fill(s.dPrev[0], 0)),
                cell(
                        "dh + dc mixed up in dPrev",
                        new PeepholeLstmCell(3),
                        "h0[",
                        s -> System.arraycopy(s.dPrev[1], 0, s.dPrev[0], 0, s.n)),
                cell(
                        "the gain is forgotten on the recurrent side",
                        new UpdateGateCell(3),
                        "update.W_h[",
                        s -> System.arraycopy(s.dzx[1], 0, s.dzh[1], 0, s.n)),
                cell(
                        "a gate's gradient has the wrong sign",
                        new PeepholeLstmCell(3),
                        "lstm-peephole.b[f:",
                        s -> Arrays.setAll(s.dz[1], k -> -s.dz[1][k])),
                cell(
                        "the gradient of a gain is assigned",
                        new GainedElmanCell(3),
                        "gained.gamma[",
                        s -> Arrays.setAll(s.dp[0], k -> s.dNext[0][k] * s.saved[0][k])),
                cell(
                        "tanh' of the output taken as 1 - h",
                        new RnnCell(3),
                        "rnn.W_x[",
                        s -> Arrays.setAll(s.dz[0], k -> s.dNext[0][k] * (1 - s.next[0][k]))),
                cell(
                        "a zero upstream gradient does not give zero",
                        new RnnCell(3),
                        "rnn.b: a zero upstream gradient does not give zero",
                        s -> s.dz[0][0] += 1e-12),
                cell(
                        "saved arrays are overwritten",
                        new GainedElmanCell(3),
                        "backward leaves what forward kept, engine",
                        s -> Arrays.fill(s.saved[0], 0.5)),
                cell(
                        "the state before is overwritten",
                        new UpdateGateCell(3),
                        "backward leaves what forward kept, plain loop",
                        s -> Arrays.fill(s.prev[0], 0.5)));
    }

    private static Arguments cell(String name, PointwiseCell right, String blamed, Consumer<DoubleStep> spoil) {
        return arguments(name, SpoiltCell.backward(right, spoil), blamed);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cells")
    void everyWrongCellIsCaught(String name, PointwiseCell cell, String blamed) {
        CellReport report = CellCheck.check(() -> cell);

        assertThat(report.passed()).as(name).isFalse();
        assertThat(failures(report)).contains(blamed);
        assertThatThrownBy(report::require).isInstanceOf(AssertionError.class).hasMessageContaining(blamed);
    }

    @Test
    void aBackwardPassThatDependsOnEarlierCallsIsCaught() {
        int[] calls = {0};
        PointwiseCell cell = SpoiltCell.backward(new RnnCell(3), s -> {
            calls[0]++;
            Arrays.setAll(s.dz[0], k -> s.dz[0][k] * (1 + 1e-12 * calls[0]));
        });

        assertThat(failures(CellCheck.check(() -> cell))).contains("rnn.b: backward run twice gives two results");
    }

    @Test
    void rowsThatSeeEachOtherAreCaught() {
        PointwiseCell cell = new SpoiltCell(
                new RnnCell(3),
                s -> {
                    for (int k = 0; k < s.n; k++) {
                        s.next[0][k] += 0.1 * s.next[0][k % s.units];
                    }
                },
                s -> {});

        assertThat(failures(CellCheck.check(() -> cell))).contains("batch rows do not see each other");
    }

    @Test
    void aStateHiddenInTheCellIsCaught() {
        CellReport report = CellCheck.check(() -> {
            double[] hidden = {0};
            Consumer<DoubleStep> remember = s -> {
                hidden[0] = 0.5 * hidden[0] + 1e-3;
                s.next[0][0] += hidden[0];
            };
            return new SpoiltCell(new RnnCell(3), remember, s -> {});
        });

        assertThat(failures(report)).contains("six steps equal three and three");
    }

    @Test
    void randomnessOfItsOwnIsCaught() {
        Rng rng = Rng.seeded(1);
        PointwiseCell cell = new SpoiltCell(new RnnCell(3), s -> s.next[0][0] += 1e-14 * rng.nextGaussian(), s -> {});

        assertThat(failures(CellCheck.check(() -> cell))).contains("equal seeds give equal bits");
    }

    @Test
    void aFloatFormThatWentItsOwnWayIsTheOnlyFailure() {
        CellReport report = CellCheck.check(DriftedFloatForm::new);

        assertThat(report.lines().stream().filter(line -> !line.passed()).map(CellReport.Line::property))
                .containsExactly("float agrees with double, engine");
    }

    private static String failures(CellReport report) {
        StringBuilder text = new StringBuilder();
        for (CellReport.Line line : report.lines()) {
            if (!line.passed()) {
                text.append(line.property()).append(' ').append(line.detail()).append('\n');
            }
        }
        return text.toString();
    }

    /** The double form is right, the float form a thousandth off. */
    private static final class DriftedFloatForm implements FloatPointwiseCell {
        private final RnnCell right = new RnnCell(3);

        @Override
        public CellSpec spec() {
            return right.spec();
        }

        @Override
        public int hidden() {
            return right.hidden();
        }

        @Override
        public void forward(DoubleStep s) {
            right.forward(s);
        }

        @Override
        public void backward(DoubleStep s) {
            right.backward(s);
        }

        @Override
        public void forward(FloatStep s) {
            right.forward(s);
            for (int k = 0; k < s.n; k++) {
                s.next[0][k] *= 1.001f;
            }
        }

        @Override
        public void backward(FloatStep s) {
            right.backward(s);
        }
    }
}
