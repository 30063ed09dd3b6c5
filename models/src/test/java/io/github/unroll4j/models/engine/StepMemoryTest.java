// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.Step;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.sequence.LayerFactory;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.testing.Built;
import io.github.unroll4j.models.testing.LayerCase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a step hands out to a cell, and what it refuses, in one sentence; in both runners. */
class StepMemoryTest {
    private static final int D = 3;
    private static final int H = 4;
    private static final int M = 2;
    private static final int B = 3;
    private static final Lengths UNEQUAL = Lengths.of(4, 4, 0, 2);

    /** A cell with a quantity of every kind, which asks for something in its steps. */
    private static final class Probe implements Cell {
        final Layout layout = new Layout("probe", H);
        final Layout.Block I;
        final Layout.Block N;
        final Layout.Part OUT;
        final Layout.Part C;
        final Layout.Saved S;
        final Layout.Unit P;
        final Layout.Product U;
        final Layout.Product V;
        /** Whether U is made, by how many steps were taken before. */
        IntPredicate makesU = taken -> true;

        int taken;
        BiConsumer<Probe, Step> forward = (cell, s) -> {};
        BiConsumer<Probe, Step> backward = (cell, s) -> {};

        Probe(boolean apart) {
            if (apart) {
                layout.apart();
            }
            I = layout.block("i");
            N = layout.inputBlock("n");
            OUT = layout.state("h");
            C = layout.state("c", M);
            S = layout.saved("s");
            P = layout.unit("p", Init.normal(1));
            U = layout.recurrentProduct("U", Init.normal(1));
            V = layout.product("V", "H,M", H, M, Init.normal(1));
        }

        Probe inForward(BiConsumer<Probe, Step> asks) {
            forward = asks;
            return this;
        }

        Probe inBackward(BiConsumer<Probe, Step> asks) {
            backward = asks;
            return this;
        }

        @Override
        public Layout layout() {
            return layout;
        }

        /** i = tanh(z_i), s = p ⊙ i, n = h_prev U, h = s + n, c = c_prev + h V. */
        @Override
        public void forward(Step s) {
            Vec i = s.saved(I);
            if (layout.isApart()) {
                i.sum(s.zx(I), s.zh(I));
            } else {
                i.set(s.z(I));
            }
            if (makesU.test(taken++)) {
                s.product(U, s.prev(OUT), s.saved(N));
            } else {
                s.saved(N).clear();
            }
            Vec h = s.next(OUT).sum(s.saved(S).product(s.p(P), i.tanh(i)), s.saved(N));
            s.addProduct(V, h, s.next(C).set(s.prev(C)));
            forward.accept(this, s);
        }

        @Override
        public void backward(Step s) {
            Vec ds = s.d(S);
            s.productBack(V, s.dNext(C), ds);
            ds.add(s.dNext(OUT));
            s.dPrev(C).add(s.dNext(C));
            s.dp(P).addProduct(ds, s.saved(I));
            Vec di = s.d(I).product(ds, s.p(P));
            if (layout.isApart()) {
                s.dzh(I).set(s.dzx(I).tanhBackward(di, s.saved(I)));
                s.dzx(N).clear();
            } else {
                s.dz(I).tanhBackward(di, s.saved(I));
                s.dz(N).clear();
            }
            s.productBack(U, ds, s.d(N));
            s.dPrev(OUT).add(s.d(N));
            backward.accept(this, s);
        }
    }

    private static List<Built<? extends Recurrent>> inBoth(Cell cell, RecurrentNoise noise) {
        LayerFactory engine = CellLayers.of(hidden -> cell).with(noise);
        return List.of(
                Built.of(Dtype.DOUBLE, 1, p -> engine.create(D, H, p)),
                Built.of(Dtype.DOUBLE, 1, p -> engine.plain().create(D, H, p)));
    }

    /** There and back in both runners, looked at from inside. */
    private static void run(Probe cell, Lengths lengths) {
        for (Built<? extends Recurrent> built : inBoth(cell, RecurrentNoise.NONE)) {
            try (built) {
                built.outcome(LayerCase.random(built.layer(), Dtype.DOUBLE, lengths, Rng.seeded(2)));
            }
        }
    }

    /** What one pass of a probe throws, the same in both runners, each of which puts its name before it. */
    private static Throwable refusal(Probe cell) {
        List<Throwable> thrown = new ArrayList<>();
        for (Built<? extends Recurrent> built : inBoth(cell, RecurrentNoise.NONE)) {
            try (built) {
                LayerCase pass = LayerCase.random(built.layer(), Dtype.DOUBLE, Lengths.full(2, B), Rng.seeded(2));
                Throwable told = catchThrowable(() -> built.outcome(pass));
                assertThat(told)
                        .hasMessageMatching(
                                "(HoistedLayer|Unrolled)\\(probe\\)\\.(for|back)ward: the cell \\S+ failed: .*");
                Throwable cause = Objects.requireNonNull(told.getCause());
                assertThat(told).hasMessageEndingWith(String.valueOf(cause.getMessage()));
                thrown.add(cause);
            }
        }
        assertThat(thrown).doesNotContainNull();
        assertThat(thrown.get(1))
                .hasSameClassAs(thrown.get(0))
                .hasMessage(thrown.get(0).getMessage());
        return thrown.get(0);
    }

    private static Arguments asks(String what, BiConsumer<Probe, Step> asks) {
        return arguments(what, asks);
    }

    @Test
    void theProbeIsARightCell() {
        for (boolean apart : new boolean[] {false, true}) {
            CellCheck.verify(() -> new Probe(apart));
        }
    }

    static Stream<Arguments> preActivations() {
        return Stream.of(
                asks("false z(i)", (cell, s) -> s.z(cell.I)),
                asks("false z(n)", (cell, s) -> s.z(cell.N)),
                asks("true zx(i)", (cell, s) -> s.zx(cell.I)),
                asks("true zh(i)", (cell, s) -> s.zh(cell.I)));
    }

    @ParameterizedTest
    @MethodSource("preActivations")
    void backwardGetsNoPreActivation(String what, BiConsumer<Probe, Step> asks) {
        String name = what.substring(what.indexOf(' ') + 1);

        assertThat(refusal(new Probe(what.startsWith("true")).inBackward(asks)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Layout(probe): backward asks for " + name
                        + ", which the next step has overwritten; expected forward to save what backward needs.");
    }

    static Stream<Arguments> gradients() {
        return Stream.of(
                asks("dNext(h)", (cell, s) -> s.dNext(cell.OUT)),
                asks("dPrev(c)", (cell, s) -> s.dPrev(cell.C)),
                asks("d(i)", (cell, s) -> s.d(cell.I)),
                asks("d(s)", (cell, s) -> s.d(cell.S)),
                asks("d(c)", (cell, s) -> s.d(cell.C)),
                asks("dz(i)", (cell, s) -> s.dz(cell.I)),
                asks("dzx(i)", (cell, s) -> s.dzx(cell.I)),
                asks("dzh(i)", (cell, s) -> s.dzh(cell.I)),
                asks("dp(p)", (cell, s) -> s.dp(cell.P)),
                asks("productBack(U)", (cell, s) -> s.productBack(cell.U, s.saved(cell.S), s.saved(cell.N))));
    }

    @ParameterizedTest
    @MethodSource("gradients")
    void forwardGetsNoGradient(String what, BiConsumer<Probe, Step> asks) {
        assertThat(refusal(new Probe(false).inForward(asks)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "Layout(probe): forward asks for " + what + ", a gradient, which there is in backward only.");
    }

    private static final Probe OTHER = new Probe(false);

    static Stream<Arguments> strangersInForward() {
        return Stream.of(
                asks("probe.i", (cell, s) -> s.z(OTHER.I)),
                asks("probe.h", (cell, s) -> s.prev(OTHER.OUT)),
                asks("probe.c", (cell, s) -> s.next(OTHER.C)),
                asks("probe.n", (cell, s) -> s.saved(OTHER.N)),
                asks("probe.s", (cell, s) -> s.saved(OTHER.S)),
                asks("probe.p", (cell, s) -> s.p(OTHER.P)),
                asks("probe.U", (cell, s) -> s.product(OTHER.U, s.prev(cell.OUT), s.saved(cell.S))),
                asks("probe.V", (cell, s) -> s.addProduct(OTHER.V, s.prev(cell.OUT), s.next(cell.C))));
    }

    static Stream<Arguments> strangersInBackward() {
        return Stream.of(
                asks("probe.i", (cell, s) -> s.dz(OTHER.I)),
                asks("probe.h", (cell, s) -> s.dNext(OTHER.OUT)),
                asks("probe.c", (cell, s) -> s.dPrev(OTHER.C)),
                asks("probe.c", (cell, s) -> s.d(OTHER.C)),
                asks("probe.n", (cell, s) -> s.d(OTHER.N)),
                asks("probe.s", (cell, s) -> s.d(OTHER.S)),
                asks("probe.p", (cell, s) -> s.dp(OTHER.P)),
                asks("probe.U", (cell, s) -> s.productBack(OTHER.U, s.d(cell.S), s.d(cell.I))));
    }

    @ParameterizedTest
    @MethodSource({"strangersInForward"})
    void aHandleOfAnotherLayoutIsRefusedInForward(String handle, BiConsumer<Probe, Step> asks) {
        assertStranger(refusal(new Probe(false).inForward(asks)), handle);
    }

    @ParameterizedTest
    @MethodSource("strangersInBackward")
    void aHandleOfAnotherLayoutIsRefusedInBackward(String handle, BiConsumer<Probe, Step> asks) {
        assertStranger(refusal(new Probe(false).inBackward(asks)), handle);
    }

    private static void assertStranger(Throwable refusal, String handle) {
        assertThat(refusal)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Layout(probe): the cell asks for " + handle
                        + ", expected a handle of its own layout; likely cause: the layout is made anew at each call.");
    }

    /** A cell as it must not be: a layout, and so handles, for every call. */
    private record Forgetful(boolean remembers, Layout first) implements Cell {
        private static Layout fresh() {
            Layout layout = new Layout("forgetful", H);
            layout.block("i");
            layout.state("h");
            return layout;
        }

        @Override
        public Layout layout() {
            return remembers ? first : fresh();
        }

        @Override
        public void forward(Step s) {
            s.next(layout().h()).tanh(s.z(layout().blocks().get(0)));
        }

        @Override
        public void backward(Step s) {
            s.dz(layout().blocks().get(0)).tanhBackward(s.dNext(layout().h()), s.next(layout().h()));
        }
    }

    @Test
    void aLayoutMadeAnewAtEachCallIsFoundOut() {
        try (Built<Unrolled> right = Built.plain(new Forgetful(true, Forgetful.fresh()), D);
                Built<Unrolled> wrong = Built.plain(new Forgetful(false, Forgetful.fresh()), D)) {
            LayerCase pass = LayerCase.random(right.layer(), Dtype.DOUBLE, UNEQUAL, Rng.seeded(2));
            assertThat(right.outcome(pass)).isNotEmpty();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> wrong.outcome(pass))
                    .withMessageEndingWith("likely cause: the layout is made anew at each call.");
        }
    }

    static Stream<Arguments> wrongMaps() {
        return Stream.of(
                asks("summed zx(i)", (cell, s) -> s.zx(cell.I)),
                asks("summed zh(i)", (cell, s) -> s.zh(cell.I)),
                asks("apart z(i)", (cell, s) -> s.z(cell.I)));
    }

    @ParameterizedTest
    @MethodSource("wrongMaps")
    void aCellGetsItsMapsSummedOrApartAsItSaid(String what, BiConsumer<Probe, Step> asks) {
        String[] words = what.split(" ", 2);

        assertThat(refusal(new Probe(words[0].equals("apart")).inForward(asks)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "Layout(probe): the cell asks for " + words[1] + ", but takes the two maps " + words[0] + ".");
    }

    static Stream<Arguments> gradientsOfWrongMaps() {
        return Stream.of(
                asks("summed dzx(i)", (cell, s) -> s.dzx(cell.I)),
                asks("summed dzh(i)", (cell, s) -> s.dzh(cell.I)),
                asks("apart dz(i)", (cell, s) -> s.dz(cell.I)));
    }

    @ParameterizedTest
    @MethodSource("gradientsOfWrongMaps")
    void aCellGivesTheGradientOfItsMapsSummedOrApartAsItSaid(String what, BiConsumer<Probe, Step> asks) {
        String[] words = what.split(" ", 2);

        assertThat(refusal(new Probe(words[0].equals("apart")).inBackward(asks)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "Layout(probe): the cell asks for " + words[1] + ", but takes the two maps " + words[0] + ".");
    }

    @Test
    void anInputBlockHasNoRecurrentSide() {
        assertThat(refusal(new Probe(true).inForward((cell, s) -> s.zh(cell.N))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Layout(probe): the cell asks for zh(n), but the block has no recurrent side.");
        assertThat(refusal(new Probe(true).inBackward((cell, s) -> s.dzh(cell.N))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Layout(probe): the cell asks for dzh(n), but the block has no recurrent side.");
    }

    static Stream<Arguments> wrongOperands() {
        return Stream.of(
                asks("U x 6 4", (cell, s) -> s.product(cell.U, s.prev(cell.C), s.saved(cell.S))),
                asks("U y 6 4", (cell, s) -> s.product(cell.U, s.prev(cell.OUT), s.next(cell.C))),
                asks("V x 6 4", (cell, s) -> s.addProduct(cell.V, s.prev(cell.C), s.next(cell.C))),
                asks("V y 12 2", (cell, s) -> s.addProduct(cell.V, s.prev(cell.OUT), s.next(cell.OUT))));
    }

    static Stream<Arguments> wrongGradientsOfOperands() {
        return Stream.of(
                asks("V dy 12 2", (cell, s) -> s.productBack(cell.V, s.dNext(cell.OUT), s.d(cell.S))),
                asks("V dx 6 4", (cell, s) -> s.productBack(cell.V, s.dNext(cell.C), s.d(cell.C))));
    }

    @Test
    void aProductIsMadeOnceAStep() {
        assertThat(refusal(
                        new Probe(false).inForward((cell, s) -> s.product(cell.U, s.prev(cell.OUT), s.saved(cell.N)))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Layout(probe): the cell makes the product U a second time in one step, expected once; a"
                        + " second product needs weights of its own.");
    }

    /** What the engine would multiply by there is what an earlier pass has left. */
    @Test
    void aProductThatIsNotMadeHasNoWayBack() {
        Probe never = new Probe(false);
        never.makesU = taken -> false;
        assertThat(refusal(never))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Layout(probe): backward asks for productBack(U) at step 1, of which forward made no"
                        + " product; expected forward to make it at every step.");
        Probe later = new Probe(false);
        later.makesU = taken -> taken % 2 == 1; // two steps in each of the two runners
        assertThat(refusal(later))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Layout(probe): the cell makes the product U at step 1 and did not at the step before,"
                        + " expected it at every step; likely cause: a product under a condition.");
        Probe once = new Probe(false);
        once.makesU = taken -> taken % 2 == 0;
        assertThat(refusal(once)).hasMessageContaining("backward asks for productBack(U) at step 1");
    }

    @ParameterizedTest
    @MethodSource("wrongOperands")
    void rowsThatDoNotFitAProductAreRefused(String what, BiConsumer<Probe, Step> asks) {
        assertDoesNotFit(refusal(new Probe(false).inForward(asks)), what.split(" "));
    }

    @ParameterizedTest
    @MethodSource("wrongGradientsOfOperands")
    void rowsThatDoNotFitAProductBackAreRefused(String what, BiConsumer<Probe, Step> asks) {
        assertDoesNotFit(refusal(new Probe(false).inBackward(asks)), what.split(" "));
    }

    private static void assertDoesNotFit(Throwable refusal, String... words) {
        assertThat(refusal)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Layout(probe): the product " + words[0] + " is given " + words[1] + " of " + words[2]
                        + " numbers, expected B=3 rows of " + words[3] + ".");
    }

    /** An Elman cell that keeps its output as a gate too, under the name of the output. */
    private static final class Twice implements Cell {
        private final Layout layout = new Layout("twice", H);
        private final Layout.Block Z = layout.block("h");
        private final Layout.Part OUT = layout.state("h");

        @Override
        public Layout layout() {
            return layout;
        }

        @Override
        public void forward(Step s) {
            s.next(OUT).set(s.saved(Z).tanh(s.z(Z)));
        }

        @Override
        public void backward(Step s) {
            s.dz(Z).tanhBackward(s.dNext(OUT), s.saved(Z));
        }
    }

    /** A trace could not tell the two apart. */
    @Test
    void aGateIsNotSavedUnderTheNameOfAPartOfTheState() {
        for (Built<? extends Recurrent> built : inBoth(new Twice(), RecurrentNoise.NONE)) {
            try (built) {
                LayerCase pass = LayerCase.random(built.layer(), Dtype.DOUBLE, UNEQUAL, Rng.seeded(2));
                assertThatIllegalStateException()
                        .isThrownBy(() -> built.outcome(pass))
                        .havingCause()
                        .withMessage("Layout(twice): the cell saves a gate under the name h, which a part of the state"
                                + " has too; expected another name for the block.");
            }
        }
    }

    @Test
    void aStepIsOfSoManyRowsAndUnits() {
        List<int[]> seen = new ArrayList<>();
        run(
                new Probe(false)
                        .inForward((cell, s) -> seen.add(new int[] {
                            s.rows(),
                            s.units(),
                            s.prev(cell.OUT).length(),
                            s.prev(cell.C).length(),
                            s.p(cell.P).length()
                        })),
                UNEQUAL);

        assertThat(seen).isNotEmpty().allSatisfy(sizes -> assertThat(sizes).containsExactly(B, H, B * H, B * M, B * H));
    }

    @Test
    void aNumberForEachUnitIsTheSameInEveryRow() {
        run(
                new Probe(false).inForward((cell, s) -> {
                    double[] p = s.p(cell.P).toDoubles();
                    for (int k = H; k < B * H; k++) {
                        assertThat(p[k]).isEqualTo(p[k - H]);
                    }
                    assertThat(p[0]).isNotEqualTo(p[1]);
                }),
                UNEQUAL);
    }

    /** The state before a step is what the step before it made, but for padding. */
    @Test
    void theStateAfterAStepIsThatBeforeTheNext() {
        List<double[]> before = new ArrayList<>();
        List<double[]> after = new ArrayList<>();
        run(
                new Probe(false).inForward((cell, s) -> {
                    before.add(s.prev(cell.C).toDoubles());
                    after.add(s.next(cell.C).toDoubles());
                }),
                Lengths.full(4, B));

        for (int t = 1; t < 4; t++) {
            assertThat(before.get(t)).isEqualTo(after.get(t - 1));
            assertThat(before.get(4 + t)).isEqualTo(after.get(4 + t - 1));
        }
    }

    /** With zoneout, next is what the cell made, in forward as in backward, and not the state that zoneout left. */
    @Test
    void nextIsWhatTheCellMade() {
        List<double[]> made = new ArrayList<>();
        List<double[]> read = new ArrayList<>();
        Probe cell = new Probe(false)
                .inForward((probe, s) -> made.add(s.next(probe.OUT).toDoubles()))
                .inBackward((probe, s) -> read.add(s.next(probe.OUT).toDoubles()));
        for (Built<? extends Recurrent> built : inBoth(cell, new RecurrentNoise(0, 0, 0.4, 0.4))) {
            try (built) {
                made.clear();
                read.clear();
                LayerCase pass = LayerCase.random(built.layer(), Dtype.DOUBLE, Lengths.full(4, B), Rng.seeded(2))
                        .withNoise(3);
                Run run = built.layer().forward(pass.x(), pass.s0(), pass.pass());
                built.layer().backward(run, Sequence.of(pass.dH()), pass.dLast());

                for (int t = 0; t < 4; t++) {
                    assertThat(read.get(3 - t)).isEqualTo(made.get(t));
                    assertThat(run.state(t + 1).h().data().toDoubles()).isNotEqualTo(made.get(t));
                }
            }
        }
    }

    /** Before the cell adds to it, what leaves a step is zeros, and what arrives at padding is too. */
    @Test
    void whatLeavesAStepBeginsAsZerosAndPaddingArrivesAsZeros() {
        List<double[]> arrived = new ArrayList<>();
        Cell cell = new Cell() {
            private final Probe inner = new Probe(false);

            @Override
            public Layout layout() {
                return inner.layout();
            }

            @Override
            public void forward(Step s) {
                inner.forward(s);
            }

            @Override
            public void backward(Step s) {
                for (Layout.Part part : layout().state()) {
                    assertThat(s.dPrev(part).toDoubles()).containsOnly(0);
                    arrived.add(s.dNext(part).toDoubles());
                }
                inner.backward(s);
            }
        };
        for (Built<? extends Recurrent> built : inBoth(cell, RecurrentNoise.NONE)) {
            try (built) {
                arrived.clear();
                built.outcome(LayerCase.random(built.layer(), Dtype.DOUBLE, UNEQUAL, Rng.seeded(2)));

                for (int call = 0; call < arrived.size(); call++) { // h and c of t = 3, then of t = 2, …
                    double[] d = arrived.get(call);
                    int size = d.length / B;
                    int t = 3 - call / 2;
                    for (int k = 0; k < d.length; k++) {
                        assertThat(d[k] == 0).isEqualTo(UNEQUAL.padded(t, k / size));
                    }
                }
            }
        }
    }

    /** No array stands for two quantities. */
    @Test
    void everyNamedQuantityHasAnArrayOfItsOwn() {
        for (boolean apart : new boolean[] {false, true}) {
            run(
                    new Probe(apart)
                            .inForward((cell, s) -> distinct(
                                    s.saved(cell.I),
                                    s.saved(cell.N),
                                    s.saved(cell.S),
                                    s.prev(cell.OUT),
                                    s.prev(cell.C),
                                    s.next(cell.OUT),
                                    s.next(cell.C),
                                    s.p(cell.P),
                                    apart ? s.zx(cell.I) : s.z(cell.I),
                                    apart ? s.zx(cell.N) : s.z(cell.N)))
                            .inBackward((cell, s) -> distinct(
                                    s.saved(cell.I),
                                    s.saved(cell.N),
                                    s.saved(cell.S),
                                    s.prev(cell.OUT),
                                    s.prev(cell.C),
                                    s.next(cell.OUT),
                                    s.next(cell.C),
                                    s.p(cell.P),
                                    s.d(cell.I),
                                    s.d(cell.N),
                                    s.d(cell.S),
                                    s.d(cell.OUT),
                                    s.d(cell.C),
                                    s.dNext(cell.OUT),
                                    s.dNext(cell.C),
                                    s.dPrev(cell.OUT),
                                    s.dPrev(cell.C),
                                    s.dp(cell.P),
                                    apart ? s.dzx(cell.I) : s.dz(cell.I),
                                    apart ? s.dzx(cell.N) : s.dz(cell.N))),
                    UNEQUAL);
        }
    }

    private static void distinct(Vec... arrays) {
        Set<Vec> all = Collections.newSetFromMap(new IdentityHashMap<>());
        Collections.addAll(all, arrays);
        assertThat(all).hasSize(arrays.length);
    }
}
