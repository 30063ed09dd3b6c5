// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.unroll4j.core.check.GradientReport;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cells.GruFormulation;
import io.github.unroll4j.models.cells.GruResetBeforeCell;
import io.github.unroll4j.models.cells.LstmCell;
import io.github.unroll4j.models.cells.PeepholeLstmCell;
import io.github.unroll4j.models.cells.ProjectedLstmCell;
import io.github.unroll4j.models.cells.RnnCell;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.sequence.Residual;
import io.github.unroll4j.models.stranger.DeepTransitionCell;
import io.github.unroll4j.models.stranger.GainedElmanCell;
import io.github.unroll4j.models.stranger.UpdateGateCell;
import io.github.unroll4j.models.testing.Inside;
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
                cell(
                        "the path through c is lost",
                        new PeepholeLstmCell(3),
                        "c0[",
                        s -> s.dPrev("c").clear()),
                cell(
                        "the path around the gate is lost",
                        new UpdateGateCell(3),
                        "h0[",
                        s -> s.dPrev("h").clear()),
                cell(
                        "dh + dc mixed up in dPrev",
                        new PeepholeLstmCell(3),
                        "h0[",
                        s -> s.dPrev("h").set(s.dPrev("c"))),
                cell(
                        "the gain is forgotten on the recurrent side",
                        new UpdateGateCell(3),
                        "update.W_h[",
                        s -> s.dzh("g").set(s.dzx("g"))),
                cell(
                        "a gate's gradient has the wrong sign",
                        new PeepholeLstmCell(3),
                        "lstm-peephole.b[f:",
                        s -> s.dz("f").scale(0, s.n(), -1)),
                cell(
                        "a gate's gradient is never written",
                        new LstmCell(3),
                        "lstm.b[o:",
                        s -> s.dz("o").clear()),
                cell(
                        "the gradient of a gain is assigned",
                        new GainedElmanCell(3),
                        "gained.gamma[",
                        s -> s.dp("gamma").product(s.dNext("h"), s.saved("u"))),
                cell(
                        "tanh' of the output taken as 1 - h",
                        new RnnCell(3),
                        "rnn.W_x[",
                        s -> s.dz("h").productComplement(s.dNext("h"), s.next("h"))),
                cell(
                        "a zero upstream gradient does not give zero",
                        new RnnCell(3),
                        "rnn.b: a zero upstream gradient does not give zero",
                        s -> s.dz("h").shift(0, 1, 1e-12)),
                cell(
                        "saved arrays are overwritten",
                        new GainedElmanCell(3),
                        "backward changes saved(u) & backward gives the same twice at 2 of 2 places: engine; plain loop",
                        s -> s.saved("u").fill(0, s.n(), 0.5)),
                cell(
                        "the state before is overwritten",
                        new UpdateGateCell(3),
                        "backward changes prev(h) & backward gives the same twice at 2 of 2 places: engine; plain loop"
                                + " & backward leaves outputs and states as they were at 2 of 2 places",
                        s -> s.prev("h").fill(0, s.n(), 0.5)),
                cell(
                        "the reset gate has no gradient",
                        new GruResetBeforeCell(3, GruFormulation.CHO_2014),
                        "gru.W_h[",
                        s -> s.dz("r").clear()),
                cell(
                        "a product goes back once more with other numbers",
                        new GruResetBeforeCell(3, GruFormulation.CHO_2014),
                        "gru.U_n[",
                        s -> s.productBack("U_n", s.dNext("h"), s.d("rh").copy())),
                cell(
                        "a product goes back twice",
                        new ProjectedLstmCell(4, 3),
                        "engine equals plain loop, outputs and gradients",
                        s -> s.productBack("W_p", s.dNext("h"), s.d("m"))),
                cell(
                        "the memory of another size has no way back",
                        new DeepTransitionCell(3),
                        "m0[",
                        s -> s.dPrev("m").clear()));
    }

    private static Arguments cell(String name, Cell right, String blamed, Consumer<Inside> spoil) {
        return arguments(name, SpoiltCell.backward(right, spoil), blamed);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cells")
    void everyWrongCellIsCaught(String name, Cell cell, String blamed) {
        CheckReport report = CellCheck.check(() -> cell);

        assertThat(report.passed()).as(name).isFalse();
        for (String fault : blamed.split(" & ", -1)) {
            assertThat(failures(report)).contains(fault);
        }
        assertThatThrownBy(report::require).isInstanceOf(AssertionError.class).hasMessage(report.toString());
    }

    @Test
    void aBackwardPassThatDependsOnEarlierCallsIsCaught() {
        int[] calls = {0};
        Cell cell = SpoiltCell.backward(new RnnCell(3), s -> {
            calls[0]++;
            s.dz("h").scale(0, s.n(), 1 + 1e-12 * calls[0]);
        });

        assertThat(failures(CellCheck.check(() -> cell))).contains("rnn.b: backward run twice gives two results");
    }

    @Test
    void rowsThatSeeEachOtherAreCaught() {
        Cell cell = new SpoiltCell(
                new RnnCell(3),
                s -> Inside.add(s.next("h"), k -> 0.1 * s.next("h").get(k % s.units())),
                s -> {});

        assertThat(failures(CellCheck.check(() -> cell))).contains("batch rows do not see each other");
    }

    @Test
    void aStateHiddenInTheCellIsCaught() {
        CheckReport report = CellCheck.check(() -> {
            double[] hidden = {0};
            Consumer<Inside> remember = s -> {
                hidden[0] = 0.5 * hidden[0] + 1e-3;
                s.next("h").shift(0, 1, hidden[0]);
            };
            return new SpoiltCell(new RnnCell(3), remember, s -> {});
        });

        assertThat(failures(report)).contains("six steps equal three and three");
    }

    @Test
    void randomnessOfItsOwnIsCaught() {
        Rng rng = Rng.seeded(1);
        Cell cell = new SpoiltCell(new RnnCell(3), s -> s.next("h").shift(0, 1, 1e-14 * rng.nextGaussian()), s -> {});

        assertThat(failures(CellCheck.check(() -> cell))).contains("equal seeds give equal bits");
    }

    @Test
    void whatIsWrongInFloatAloneIsTheOnlyFailure() {
        CheckReport report = CellCheck.check(() -> new SpoiltCell(
                new RnnCell(3),
                s -> {
                    Vec h = s.next("h");
                    h.scale(0, s.n(), h.dtype() == Dtype.FLOAT ? 1.001 : 1);
                },
                s -> {}));

        assertThat(failures(report))
                .hasLineCount(2)
                .startsWith("float agrees with double at 4 of 4 places: engine; engine, unequal lengths; plain loop;");
    }

    @Test
    void aLayerThatIsNoCellIsHeldToTheSameContract() {
        CheckReport report = CellCheck.verifyLayer(
                "residual", 3, (D, hidden, p) -> new Residual(new HoistedLayer(new RnnCell(hidden), D, p)));
        Cell wrong = SpoiltCell.backward(
                new RnnCell(3), s -> s.dz("h").scale(0, s.n(), s.step().rows() == 3 ? -1 : 1)); // of three rows alone

        assertThat(report.passed()).isTrue();
        assertThat(report.lines())
                .extracting(CheckReport.Line::property)
                .contains("gradients", "six steps equal three and three", "float agrees with double");
        assertThatThrownBy(() -> CellCheck.verifyLayer(
                        "residual", 3, (D, hidden, p) -> new Residual(new HoistedLayer(wrong, D, p))))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("CellCheck of residual: FAILED")
                .hasMessageContaining("layer, T=1, B=3");
    }

    private static String failures(CheckReport report) {
        StringBuilder text = new StringBuilder();
        for (CheckReport.Line line : report.lines()) {
            if (!line.passed()) {
                text.append(line.property()).append(' ').append(line.detail()).append('\n');
            }
        }
        return text.toString();
    }
}
