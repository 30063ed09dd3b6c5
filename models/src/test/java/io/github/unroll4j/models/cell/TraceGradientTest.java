// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cell;

import static io.github.unroll4j.models.testing.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.cells.ContextGruCell;
import io.github.unroll4j.models.cells.CoupledLstmCell;
import io.github.unroll4j.models.cells.GruCell;
import io.github.unroll4j.models.cells.GruFormulation;
import io.github.unroll4j.models.cells.GruResetBeforeCell;
import io.github.unroll4j.models.cells.LayerNormLstmCell;
import io.github.unroll4j.models.cells.LstmCell;
import io.github.unroll4j.models.cells.MinimalGatedCell;
import io.github.unroll4j.models.cells.PeepholeLstmCell;
import io.github.unroll4j.models.cells.ProjectedLstmCell;
import io.github.unroll4j.models.cells.PublishedMinimalGatedCell;
import io.github.unroll4j.models.cells.RnnCell;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.engine.Unrolled;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.stranger.DeepTransitionCell;
import io.github.unroll4j.models.stranger.SlowMemoryCell;
import io.github.unroll4j.models.testing.Built;
import io.github.unroll4j.models.testing.CellCatalog;
import io.github.unroll4j.models.testing.Inside;
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
    /**
     * The cube root of the spacing of doubles: central differences of a loss of order one are then right to some 1e-10.
     */
    private static final double STEP = 6e-6;

    private static final double TOLERANCE = 1e-8;

    private static final GruFormulation WRITING =
            new GruFormulation(GruFormulation.Update.WRITES, GruFormulation.Reset.AFTER, Layout.Biases.TWO);

    /** A layer and the book that it is held to. */
    record Case(
            String name, Function<Parameters.Builder, Recurrent> layer, BiFunction<Parameters, LayerCase, Book> book) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** A cell in the engine and in the plain loop. */
    private static Stream<Case> cell(String name, Cell cell, Book.Cell book) {
        return both(name, cell, book, RecurrentNoise.NONE);
    }

    private static Stream<Case> zonedOut(String name, Cell cell, Book.Cell book) {
        return both(name + " with zoneout", cell, book, new RecurrentNoise(0, 0, 0.3, 0.4), 0.3, 0.4);
    }

    private static Stream<Case> both(String name, Cell cell, Book.Cell book, RecurrentNoise noise, double... zoneout) {
        BiFunction<Parameters, LayerCase, Book> books = (parameters, pass) -> new Book(book, parameters, pass, zoneout);
        return Stream.of(
                new Case(name, p -> new HoistedLayer(cell, D, noise, p), books),
                new Case(name + ", plain loop", p -> new Unrolled(cell, D, noise, p), books));
    }

    static List<Case> cases() {
        GruFormulation twoBefore =
                new GruFormulation(GruFormulation.Update.KEEPS, GruFormulation.Reset.BEFORE, Layout.Biases.TWO);
        return Stream.of(
                        cell("rnn", new RnnCell(H), Books::rnn),
                        cell("rnn, relu", new RnnCell(H, RnnCell.Activation.RELU), Books::relu),
                        cell("rnn, two biases", new RnnCell(H, RnnCell.Activation.TANH, Layout.Biases.TWO), Books::rnn),
                        cell("rnn, no bias", new RnnCell(H, RnnCell.Activation.TANH, Layout.Biases.NONE), Books::rnn),
                        cell("lstm", new LstmCell(H), Books::lstm),
                        cell("lstm, two biases", new LstmCell(H, 1, Layout.Biases.TWO), Books::lstm),
                        cell("gru", new GruCell(H), Books.gru(true)),
                        cell("gru, word notebook", new GruCell(H, GruFormulation.NOTEBOOK_WORD), Books.gru(true)),
                        cell("gru, z writes", new GruCell(H, WRITING), Books.gru(false)),
                        cell("gru that resets before, z KEEPS", resetBefore(GruFormulation.CHO_2014), beforeKeeps()),
                        cell("gru that resets before, two biases", resetBefore(twoBefore), beforeKeeps()),
                        cell(
                                "gru that resets before, z WRITES",
                                resetBefore(GruFormulation.NOTEBOOK_CHAR),
                                Books.gruResetBefore(false)),
                        cell("gru with a context", new ContextGruCell(H), Books::contextGru),
                        cell("peepholes", new PeepholeLstmCell(H), Books::peephole),
                        cell("coupled gates", new CoupledLstmCell(H), Books::coupled),
                        // over three units the norm bends so sharply that differences are right to some 1e-7 only
                        cell("layer norm", new LayerNormLstmCell(6), Books::layerNorm),
                        cell("projected", new ProjectedLstmCell(H, 2), Books::projected),
                        cell("projected to more", new ProjectedLstmCell(2, H), Books::projected),
                        cell("mgu", new MinimalGatedCell(H), Books::minimal),
                        cell("mgu as published", new PublishedMinimalGatedCell(H), Books::publishedMinimal),
                        cell("somebody's slow memory", new SlowMemoryCell(H), Books::slowMemory),
                        cell("somebody's deep transition", new DeepTransitionCell(H), Books::deepTransition),
                        zonedOut("lstm", new LstmCell(H), Books::lstm),
                        zonedOut("gru", new GruCell(H), Books.gru(true)),
                        zonedOut("gru that resets before", resetBefore(GruFormulation.CHO_2014), beforeKeeps()),
                        zonedOut("gru with a context", new ContextGruCell(H), Books::contextGru),
                        zonedOut("peepholes", new PeepholeLstmCell(H), Books::peephole),
                        zonedOut("coupled gates", new CoupledLstmCell(H), Books::coupled),
                        zonedOut("layer norm", new LayerNormLstmCell(6), Books::layerNorm),
                        zonedOut("projected", new ProjectedLstmCell(H, 2), Books::projected),
                        zonedOut("mgu", new MinimalGatedCell(H), Books::minimal),
                        zonedOut("mgu as published", new PublishedMinimalGatedCell(H), Books::publishedMinimal))
                .flatMap(runners -> runners)
                .toList();
    }

    private static GruResetBeforeCell resetBefore(GruFormulation formulation) {
        return new GruResetBeforeCell(H, formulation);
    }

    private static Book.Cell beforeKeeps() {
        return Books.gruResetBefore(true);
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
        Layout layout = cell.make().apply(H).layout();
        try (Built<HoistedLayer> built = Built.engine(cell.make().apply(H), D)) {
            Trace trace = traced(
                    built.layer(), LayerCase.random(built.layer(), Dtype.DOUBLE, Lengths.full(2, 2), Rng.seeded(2)));

            Stream<String> gates = layout.blocks().stream()
                    .map(Layout.Block::name)
                    .filter(gate -> !layout.stateNames().contains(gate)); // of an RNN, h is no gate
            assertThat(trace.names())
                    .containsAll(Stream.concat(gates, layout.saved().stream().map(Layout.Saved::name))
                            .flatMap(name -> Stream.of(name, "d" + name))
                            .toList());
        }
    }

    /** A right cell that tells a wrong gradient afterwards. */
    private record Teller(Cell right, Consumer<Inside> tells) implements Cell {
        @Override
        public Layout layout() {
            return right.layout();
        }

        @Override
        public void forward(Step s) {
            right.forward(s);
        }

        @Override
        public void backward(Step s) {
            right.backward(s);
            tells.accept(new Inside(layout(), s));
        }
    }

    static Map<String, Consumer<Inside>> lies() {
        return Map.of(
                "di[", s -> s.d("i").set(s.dz("i")), // past the nonlinearity
                "df[", s -> s.d("f").set(s.dz("i")), // the array of another gate
                "dtanhC[", s -> s.d("tanhC").set(s.dNext("h")), // without the gate
                "dc[", s -> s.dWhole("c").set(s.dNext("c"))); // without the path through h
    }

    static Stream<String> blamed() {
        return lies().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("blamed")
    void aWrongGradientIsCaught(String name) {
        Cell lying = new Teller(new LstmCell(H), Objects.requireNonNull(lies().get(name)));

        for (Case each : cell("liar", lying, Books::lstm).toList()) {
            assertThatThrownBy(() -> compare(each, Lengths.full(4, 2)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining(each + ": " + name);
        }
    }

    @Test
    void aWrongGradientThatIsToldChangesNothingElse() {
        try (Built<HoistedLayer> honest = Built.engine(new LstmCell(H), D)) {
            LayerCase pass = LayerCase.random(honest.layer(), Dtype.DOUBLE, Lengths.full(4, 2), Rng.seeded(2));
            Map<String, double[]> expected = honest.outcome(pass);
            for (Consumer<Inside> lie : lies().values()) {
                try (Built<HoistedLayer> lying = Built.engine(new Teller(new LstmCell(H), lie), D)) {
                    assertClose(lying.outcome(pass), expected, 0);
                }
            }
        }
    }
}
