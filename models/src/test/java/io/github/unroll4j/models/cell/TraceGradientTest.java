// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cell;

import static io.github.unroll4j.models.testing.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.gru.GruCell;
import io.github.unroll4j.models.gru.GruFormulation;
import io.github.unroll4j.models.gru.GruResetBeforeCell;
import io.github.unroll4j.models.lstm.CoupledLstmCell;
import io.github.unroll4j.models.lstm.LayerNormLstmCell;
import io.github.unroll4j.models.lstm.LstmCell;
import io.github.unroll4j.models.lstm.PeepholeLstmCell;
import io.github.unroll4j.models.lstm.ProjectedLstmCell;
import io.github.unroll4j.models.mgu.MinimalGatedCell;
import io.github.unroll4j.models.rnn.RnnCell;
import io.github.unroll4j.models.sequence.HoistedLayer;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Unrolled;
import io.github.unroll4j.models.stranger.SlowMemoryCell;
import io.github.unroll4j.models.testing.Built;
import io.github.unroll4j.models.testing.CellCatalog;
import io.github.unroll4j.models.testing.LayerCase;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every array of a trace, value and gradient, at every step, against the equations of a book. */
class TraceGradientTest {
    private static final int D = 3;
    private static final int H = 3;
    /** The cube root of the spacing of doubles: central differences of a loss of order one are then right to some 1e-10. */
    private static final double STEP = 6e-6;

    private static final double TOLERANCE = 1e-8;

    private static final GruFormulation WRITING =
            new GruFormulation(GruFormulation.Update.WRITES, GruFormulation.Reset.AFTER, true);

    /** A layer and the book that it is held to. */
    record Case(
            String name, Function<Parameters.Builder, Recurrent> layer, BiFunction<Parameters, LayerCase, Book> book) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** A cell in the engine and in the plain loop. */
    private static Stream<Case> cell(String name, PointwiseCell cell, Book.Cell book) {
        return Stream.of(
                engine(name, cell, book),
                new Case(
                        name + ", plain loop",
                        p -> new Unrolled<>(new CellStepper(cell, D, p)),
                        (parameters, pass) -> new Book(book, parameters, pass)));
    }

    private static Case engine(String name, PointwiseCell cell, Book.Cell book) {
        return new Case(
                name, p -> new HoistedLayer(cell, D, p), (parameters, pass) -> new Book(book, parameters, pass));
    }

    private static Case zonedOut(PointwiseCell cell, Book.Cell book) {
        RecurrentNoise noise = new RecurrentNoise(0, 0, 0.3, 0.4);
        return new Case(
                cell.spec().name() + " with zoneout",
                p -> new HoistedLayer(cell, D, noise, p),
                (parameters, pass) -> new Book(book, parameters, pass, 0.3, 0.4));
    }

    private static Case resetBefore(GruFormulation formulation, boolean keeps) {
        return new Case(
                "gru that resets before, z " + formulation.update(),
                p -> new Unrolled<>(new GruResetBeforeCell(H, D, formulation, p)),
                (parameters, pass) -> new Book(Books.gruResetBefore(keeps), parameters, pass));
    }

    static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        Stream.of(
                        cell("rnn", new RnnCell(H), Books::rnn),
                        cell("rnn, relu", new RnnCell(H, RnnCell.Activation.RELU), Books::relu),
                        cell("rnn, two biases", new RnnCell(H, RnnCell.Activation.TANH, Biases.TWO), Books::rnn),
                        cell("lstm", new LstmCell(H), Books::lstm),
                        cell("lstm, two biases", new LstmCell(H, 1, Biases.TWO), Books::lstm),
                        cell("gru", new GruCell(H), Books.gru(true)),
                        cell("gru, word notebook", new GruCell(H, GruFormulation.NOTEBOOK_WORD), Books.gru(true)),
                        cell("gru, z writes", new GruCell(H, WRITING), Books.gru(false)),
                        cell("peepholes", new PeepholeLstmCell(H), Books::peephole),
                        cell("coupled gates", new CoupledLstmCell(H), Books::coupled),
                        // over three units the norm bends so sharply that differences are right to some 1e-7 only
                        cell("layer norm", new LayerNormLstmCell(6), Books::layerNorm),
                        cell("mgu", new MinimalGatedCell(H), Books::minimal),
                        cell("somebody's slow memory", new SlowMemoryCell(H), Books::slowMemory))
                .forEach(both -> both.forEach(cases::add));
        cases.add(zonedOut(new LstmCell(H), Books::lstm));
        cases.add(zonedOut(new GruCell(H), Books.gru(true)));
        cases.add(zonedOut(new PeepholeLstmCell(H), Books::peephole));
        cases.add(zonedOut(new CoupledLstmCell(H), Books::coupled));
        cases.add(zonedOut(new LayerNormLstmCell(6), Books::layerNorm));
        cases.add(zonedOut(new MinimalGatedCell(H), Books::minimal));
        cases.add(new Case(
                "projected",
                p -> new Unrolled<>(new ProjectedLstmCell(new ProjectedLstmCell.Size(D, H, 2), p)),
                (parameters, pass) -> new Book(Books::projected, parameters, pass)));
        cases.add(resetBefore(GruFormulation.CHO_2014, true));
        cases.add(resetBefore(GruFormulation.BAHDANAU_2014, false));
        return cases;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyArrayIsThatOfTheBook(Case each) {
        for (Lengths lengths : List.of(Lengths.full(4, 2), Lengths.of(4, 3, 1))) {
            compare(each, lengths);
        }
    }

    private static void compare(Case each, Lengths lengths) {
        try (Built<Recurrent> built = Built.of(Dtype.DOUBLE, 1, each.layer())) {
            LayerCase pass = LayerCase.random(built.layer(), Dtype.DOUBLE, lengths, Rng.seeded(2));
            Trace trace = traced(built.layer(), pass);
            Book book = each.book().apply(built.parameters(), pass);
            Map<String, double[]> values = book.values();

            List<String> names = new ArrayList<>(values.keySet());
            values.keySet().forEach(name -> names.add("d" + name));
            assertThat(trace.names()).as("%s: names", each).containsExactlyInAnyOrderElementsOf(names);
            values.forEach((name, numbers) -> {
                assertClose(each + ": " + name, numbers(trace, name), numbers, CellCheck.EQUAL_TOLERANCE);
                double[] differences = new double[numbers.length];
                Arrays.setAll(differences, k -> book.derivative(name, k, STEP));
                assertClose(each + ": d" + name, numbers(trace, "d" + name), differences, TOLERANCE);
            });
        }
    }

    private static double[] numbers(Trace trace, String name) {
        return trace.get(name).data().toDoubles();
    }

    private static Trace traced(Recurrent layer, LayerCase pass) {
        Trace trace = Trace.on();
        Run run = layer.forward(pass.x(), pass.s0(), pass.pass().with(trace));
        layer.backward(run, Sequence.of(pass.dH()), pass.dLast());
        return trace;
    }

    static List<CellCatalog.Entry> library() {
        return CellCatalog.library();
    }

    @ParameterizedTest
    @MethodSource("library")
    void everyCellOfTheLibraryTellsTheGradientOfWhatItSaved(CellCatalog.Entry cell) {
        PointwiseCell made = cell.make().apply(H);
        try (Built<HoistedLayer> built = Built.engine(made, D)) {
            Trace trace = traced(
                    built.layer(), LayerCase.random(built.layer(), Dtype.DOUBLE, Lengths.full(2, 2), Rng.seeded(2)));

            assertThat(trace.names())
                    .containsAll(made.spec().saved().stream().map("d"::concat).toList());
        }
    }

    /** A right cell that tells a wrong gradient afterwards. */
    private record Teller(PointwiseCell right, Consumer<DoubleStep> tells) implements PointwiseCell {
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
            tells.accept(s);
        }
    }

    static Map<String, Consumer<DoubleStep>> lies() {
        return Map.of(
                "di[", s -> s.gradientOfSaved(0, s.dz[0]), // past the nonlinearity
                "df[", s -> s.gradientOfSaved(1, s.dz[0]), // the array of another gate
                "dtanhC[", s -> s.gradientOfSaved(4, s.dNext[0]), // without the gate
                "dc[", s -> s.gradientOfNext(1, s.dNext[1])); // without the path through h
    }

    static Stream<String> blamed() {
        return lies().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("blamed")
    void aWrongGradientIsCaught(String name) {
        PointwiseCell lying = new Teller(new LstmCell(H), Objects.requireNonNull(lies().get(name)));

        for (Case each : cell("liar", lying, Books::lstm).toList()) {
            assertThatThrownBy(() -> compare(each, Lengths.full(4, 2)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining(each + ": " + name);
        }
    }

    @Test
    void offNobodyListens() {
        // no numbers at all, which whoever listened would refuse
        PointwiseCell cell = new Teller(new LstmCell(H), s -> {
            s.gradientOfSaved(0, new double[0]);
            s.gradientOfNext(0, new double[0]);
        });
        for (Dtype dtype : Dtype.values()) { // in float the cell's double form is widened and narrowed
            try (Built<HoistedLayer> built = Built.of(dtype, 1, p -> new HoistedLayer(cell, D, p))) {
                LayerCase pass = LayerCase.random(built.layer(), dtype, Lengths.full(2, 2), Rng.seeded(2));
                pass.outcome(built.layer(), built.parameters());

                assertThatIllegalArgumentException()
                        .isThrownBy(() -> traced(built.layer(), pass))
                        .withMessage(
                                "DoubleStep.gradientOfSaved(0): the gradient has 0 numbers, expected n=6, rows times"
                                        + " units.");
                pass.outcome(built.layer(), built.parameters());
            }
        }
    }
}
