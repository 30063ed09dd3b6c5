// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.unroll4j.core.check.GradientReport;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cells.ContextGruCell;
import io.github.unroll4j.models.cells.CoupledLstmCell;
import io.github.unroll4j.models.cells.GruCell;
import io.github.unroll4j.models.cells.GruFormulation;
import io.github.unroll4j.models.cells.GruResetBeforeCell;
import io.github.unroll4j.models.cells.LayerNormLstmCell;
import io.github.unroll4j.models.cells.MinimalGatedCell;
import io.github.unroll4j.models.cells.PeepholeLstmCell;
import io.github.unroll4j.models.cells.ProjectedLstmCell;
import io.github.unroll4j.models.cells.PublishedMinimalGatedCell;
import io.github.unroll4j.models.engine.CellLayers;
import io.github.unroll4j.models.sequence.LayerFactory;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.testing.Built;
import io.github.unroll4j.models.testing.Inside;
import io.github.unroll4j.models.testing.RecurrentCheck;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is special in each variant, done wrong: one step back gives exactly the arrays that the fault reaches, in both
 * runners.
 */
class PlantedVariantErrorsTest {
    private static final int D = 3;

    /** A cell with a fault, and the arrays whose gradients are wrong then. */
    private record Fault(String name, Cell wrong, String blamed) {
        Arguments in(String runner, LayerFactory layer) {
            return arguments(name + ", " + runner, layer, blamed);
        }

        LayerFactory engine() {
            return CellLayers.of(hidden -> wrong);
        }
    }

    private static Fault spoilt(String name, Cell right, Consumer<Inside> after, String blamed) {
        return new Fault(name, SpoiltCell.backward(right, after), blamed);
    }

    private static Fault rewired(String name, Cell right, BiConsumer<Cell, Inside> back, String blamed) {
        return new Fault(name, new RewiredCell(right, back), blamed);
    }

    static Stream<Arguments> faults() {
        Stream<Fault> inBoth = Stream.of(
                        peepholes(),
                        coupled(),
                        layerNorm(),
                        minimal(),
                        projected(),
                        resetBefore(),
                        context(),
                        published())
                .flatMap(List::stream);
        return Stream.of(
                        inBoth.flatMap(fault -> Stream.of(
                                fault.in("engine", fault.engine()),
                                fault.in("plain loop", fault.engine().plain()))),
                        lostInTheEngine().map(fault -> fault.in("engine", fault.engine())),
                        lostInThePlainLoop()
                                .map(fault ->
                                        fault.in("plain loop", fault.engine().plain())))
                .flatMap(arguments -> arguments);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void everyFaultIsCaughtAndBlamedOnTheRightArrays(String name, LayerFactory layer, String blamed) {
        int hidden = ((CellLayers) layer).cell().apply(3).layout().hidden();
        try (Built<Recurrent> wrong = Built.of(Dtype.DOUBLE, 1, p -> layer.create(D, hidden, p))) {
            GradientReport report = RecurrentCheck.of(wrong.layer(), wrong.parameters(), Lengths.full(1, 2), 2)
                    .full();

            Stream<String> found = report.entries().stream()
                    .filter(e -> e.error() > CellCheck.GRADIENT_TOLERANCE)
                    .map(e -> e.name().replaceFirst(".*\\.", ""));
            assertThat(found).as(name).containsExactly(blamed.split(" "));
        }
    }

    private static List<Fault> peepholes() {
        return List.of(
                rewired(
                        "the path from o's peephole to c is lost",
                        new PeepholeLstmCell(3),
                        (right, s) -> withoutPeephole("p_o", right, s),
                        "W_x W_h b p_i p_f x h0 c0"),
                rewired(
                        "the path from i's peephole to c_prev is lost",
                        new PeepholeLstmCell(3),
                        (right, s) -> withoutPeephole("p_i", right, s),
                        "c0"),
                spoilt(
                        "a peephole's gradient takes c for c_prev",
                        new PeepholeLstmCell(3),
                        s -> s.dp("p_i")
                                .addProduct(s.dz("i"), s.next("c").copy().difference(s.next("c"), s.prev("c"))),
                        "p_i"));
    }

    private static void withoutPeephole(String name, Cell right, Inside s) {
        Vec p = s.p(name).copy();
        s.p(name).clear();
        right.backward(s.step());
        s.p(name).set(p);
    }

    private static List<Fault> coupled() {
        return List.of(
                spoilt(
                        "the coupled gate adds what it erased",
                        new CoupledLstmCell(3),
                        PlantedVariantErrorsTest::coupledWithTheWrongSign,
                        "W_x W_h b x h0"),
                spoilt(
                        "the memory passes the coupled gate as if that were f",
                        new CoupledLstmCell(3),
                        s -> s.dPrev("c").product(s.dWhole("c"), s.saved("i")),
                        "c0"));
    }

    /** di = dc ⊙ (g + c_prev). */
    private static void coupledWithTheWrongSign(Inside s) {
        Vec i = s.saved("i");
        Vec di = i.copy().sum(s.saved("g"), s.prev("c"));
        s.dz("i").sigmoidBackward(di.product(di, s.dWhole("c")), i);
    }

    private static List<Fault> layerNorm() {
        return List.of(
                spoilt(
                        "the path through the mean of a layer norm is lost",
                        new LayerNormLstmCell(4),
                        s -> giveBack(s, "x", false),
                        "W_x b x"),
                spoilt(
                        "the path through the variance of a layer norm is lost",
                        new LayerNormLstmCell(4),
                        s -> giveBack(s, "x", true),
                        "W_x b x"),
                spoilt(
                        "the path through the mean of the state's layer norm is lost",
                        new LayerNormLstmCell(4),
                        s -> giveBack(s, "h", false),
                        "W_h h0"),
                spoilt(
                        "the path through the variance of the state's layer norm is lost",
                        new LayerNormLstmCell(4),
                        s -> giveBack(s, "h", true),
                        "W_h h0"));
    }

    /**
     * Gives back what a layer norm took off, r mean(dx̂) of dx = du, or r x̂ ⊙ mean(dx̂ ⊙ x̂) of du = dx̂ r; dx̂ = da ⊙
     * γ.
     */
    private static void giveBack(Inside s, String side, boolean variance) {
        List<String> blocks = List.of("i", "f", "o", "g");
        int N = 4 * s.units();
        for (int from = 0; from < s.n(); from += s.units()) {
            double sum = 0;
            double product = 0;
            for (int k = 0; k < N; k++) {
                String j = blocks.get(k / s.units());
                int at = from + k % s.units();
                double dxHat =
                        s.d("a_" + j).get(at) * s.p("gamma_" + side + "_" + j).get(at);
                sum += dxHat;
                product += dxHat * s.saved("xhat_" + side + "_" + j).get(at);
            }
            double r = s.saved("scale_" + side).get(from);
            for (int k = 0; k < N; k++) {
                String j = blocks.get(k / s.units());
                int at = from + k % s.units();
                double lost = variance ? s.saved("xhat_" + side + "_" + j).get(at) * product : sum;
                (side.equals("x") ? s.dzx(j) : s.dzh(j)).shift(at, 1, r * lost / N);
            }
        }
    }

    private static List<Fault> minimal() {
        return List.of(
                spoilt(
                        "the gate of the one path is forgotten on the other",
                        new MinimalGatedCell(3),
                        PlantedVariantErrorsTest::resetLost,
                        "W_x W_h b x h0"),
                spoilt(
                        "the candidate's recurrent side does not pass the gate",
                        new MinimalGatedCell(3, Layout.Biases.TWO),
                        s -> s.dzh("n").set(s.dzx("n")),
                        "W_h b_h h0"),
                spoilt(
                        "the candidate's recurrent side does not pass the reset gate",
                        new GruCell(3, GruFormulation.NOTEBOOK_WORD),
                        s -> s.dzh("n").set(s.dzx("n")),
                        "W_h h0"));
    }

    private static void resetLost(Inside s) {
        Vec f = s.saved("f");
        Vec lost = f.copy().product(s.dzx("n"), s.saved("zh_n"));
        lost.sigmoidBackward(lost, f);
        s.dzx("f").difference(s.dzx("f"), lost);
        s.dzh("f").set(s.dzx("f"));
    }

    private static List<Fault> projected() {
        return List.of(
                spoilt(
                        "the memory's gradient goes back without its share of m",
                        new ProjectedLstmCell(4, 2),
                        s -> s.dPrev("c").product(s.dNext("c"), s.saved("f")),
                        "c0"),
                spoilt(
                        "the output gate does not hear of the projection",
                        new ProjectedLstmCell(4, 2, 1, Layout.Biases.NONE),
                        s -> s.dz("o").clear(),
                        "W_x W_h x h0"),
                rewired(
                        "the output's gradient is not projected back",
                        new ProjectedLstmCell(4, 2, 1, Layout.Biases.TWO),
                        (right, s) -> withDNext(s.dNext("h"), 0, right, s),
                        "W_x W_h W_p b b_h x h0 c0"),
                rewired(
                        "the output's gradient is projected back twice",
                        new ProjectedLstmCell(4, 2),
                        (right, s) -> withDNext(s.dNext("h"), 2, right, s),
                        "W_x W_h W_p b x h0 c0"));
    }

    private static void withDNext(Vec dNext, double factor, Cell right, Inside s) {
        Vec arrived = dNext.copy();
        dNext.scale(0, dNext.length(), factor);
        right.backward(s.step());
        dNext.set(arrived);
    }

    private static List<Fault> context() {
        return List.of(
                spoilt(
                        "the context is not handed on",
                        new ContextGruCell(3),
                        s -> Inside.add(
                                s.dPrev("context"), k -> -s.dNext("context").get(k)),
                        "context0"),
                spoilt(
                        "what the candidate gives to the context passes by the reset gate",
                        new ContextGruCell(3),
                        s -> {
                            Vec more = s.dzx("n").copy().difference(s.dzx("n"), s.dzh("n"));
                            Vec share = more.copy();
                            s.productBack("C_n", more, share);
                            s.dPrev("context").add(share);
                        },
                        "C_n context0"),
                spoilt(
                        "the reset gate's gradient is without what it lets through",
                        new ContextGruCell(3),
                        s -> s.dzh("r").set(s.dzx("r").sigmoidBackward(s.dzx("n"), s.saved("r"))),
                        "W_x W_h x h0"));
    }

    private static List<Fault> resetBefore() {
        GruFormulation keeps = GruFormulation.CHO_2014;
        GruFormulation writes = GruFormulation.NOTEBOOK_CHAR;
        return List.of(
                spoilt(
                        "what is left of the state gives no gradient to it",
                        new GruResetBeforeCell(3, keeps),
                        s -> Inside.add(
                                s.dPrev("h"),
                                k -> -s.d("rh").get(k) * s.saved("r").get(k)),
                        "h0"),
                spoilt(
                        "what is left of the state gives it a gradient past the gate",
                        new GruResetBeforeCell(3, writes),
                        s -> s.dPrev("h").addProductComplement(s.d("rh"), s.saved("r")),
                        "h0"),
                spoilt(
                        "the share of the state that is kept is lost",
                        new GruResetBeforeCell(3, keeps),
                        s -> Inside.add(
                                s.dPrev("h"),
                                k -> -s.dNext("h").get(k) * s.saved("z").get(k)),
                        "h0"),
                spoilt(
                        "the reset gate's gradient is without the state",
                        new GruResetBeforeCell(3, keeps),
                        s -> s.dz("r").sigmoidBackward(s.d("rh"), s.saved("r")),
                        "W_x W_h x h0"),
                spoilt(
                        "the update gate writes where it keeps",
                        new GruResetBeforeCell(3, writes),
                        s -> s.dz("z").scale(0, s.n(), -1),
                        "W_x W_h b x h0"),
                spoilt(
                        "the candidate's gradient is changed after the product had it",
                        new GruResetBeforeCell(3, writes),
                        s -> s.dz("n").set(s.d("n")),
                        "W_x b x"));
    }

    private static List<Fault> published() {
        return List.of(
                spoilt(
                        "the gate is told of its update alone",
                        new PublishedMinimalGatedCell(3),
                        s -> {
                            Vec lost = s.d("fh").copy().product(s.d("fh"), s.prev("h"));
                            Vec df = s.d("f").copy().difference(s.d("f"), lost);
                            s.dz("f").sigmoidBackward(df, s.saved("f"));
                        },
                        "W_x W_h b x h0"),
                spoilt(
                        "the gate is told of its reset alone",
                        new PublishedMinimalGatedCell(3, Layout.Biases.NONE),
                        s -> {
                            Vec df = s.d("fh").copy().product(s.d("fh"), s.prev("h"));
                            s.dz("f").sigmoidBackward(df, s.saved("f"));
                        },
                        "W_x W_h x h0"),
                spoilt(
                        "the state's share by way of the reset is lost",
                        new PublishedMinimalGatedCell(3),
                        s -> s.dPrev("h").productComplement(s.dNext("h"), s.saved("f")),
                        "h0"));
    }

    /** The engine makes dU after the loop, of the gradient of the last call; the plain loop adds at each. */
    private static Stream<Fault> lostInTheEngine() {
        return lost(0);
    }

    private static Stream<Fault> lostInThePlainLoop() {
        return lost(-1);
    }

    /** The product goes back once more, with this multiple of the right gradient. */
    private static Stream<Fault> lost(double factor) {
        return Stream.of(
                spoilt(
                        "the gradient of the projection is lost",
                        new ProjectedLstmCell(4, 2),
                        s -> s.productBack(
                                "W_p", times(factor, s.dNext("h")), s.d("m").copy()),
                        "W_p"),
                spoilt(
                        "the gradient of U_n is lost",
                        new GruResetBeforeCell(3, GruFormulation.BAHDANAU_2014),
                        s -> s.productBack(
                                "U_n", times(factor, s.dz("n")), s.d("rh").copy()),
                        "U_n"),
                spoilt(
                        "the gradient of the published unit's U_n is lost",
                        new PublishedMinimalGatedCell(3),
                        s -> s.productBack(
                                "U_n", times(factor, s.dz("n")), s.d("fh").copy()),
                        "U_n"));
    }

    private static Vec times(double factor, Vec x) {
        Vec y = x.copy();
        y.scale(0, y.length(), factor);
        return y;
    }
}
