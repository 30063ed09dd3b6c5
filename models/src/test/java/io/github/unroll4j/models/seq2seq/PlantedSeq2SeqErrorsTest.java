// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import static io.github.unroll4j.models.seq2seq.RigParts.GRU;
import static io.github.unroll4j.models.seq2seq.RigParts.H;
import static io.github.unroll4j.models.seq2seq.RigParts.HOLDING;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.core.check.GradientReport;
import io.github.unroll4j.core.internal.Softmax;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.attention.AdditiveScore;
import io.github.unroll4j.models.attention.DotScore;
import io.github.unroll4j.models.attention.Focus;
import io.github.unroll4j.models.attention.LocationScore;
import io.github.unroll4j.models.attention.Pairs;
import io.github.unroll4j.models.attention.Score;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.seq2seq.DecoderRig.Plant;
import io.github.unroll4j.models.sequence.Stepwise;
import io.github.unroll4j.models.testing.SpoiltScore;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An error in every way back that attention, decoders, bridge, summary and readout have: each is found, and blamed on
 * the array that is wrong. Where the way back is a class of its own that can be replaced, another stands in its place;
 * elsewhere what it gave is changed by a thousandth. Layers run with known columns as decoders run them, but for errors
 * in chosen columns of a whole input.
 */
class PlantedSeq2SeqErrorsTest {
    private static final int E = DecoderRig.E;
    private static final int M = 2 * H;
    private static final Focus GLOBAL = Focus.global();
    private static final Bridge.Options TANH = options(Bridge.Kind.TANH, Bridge.Directions.CONCATENATED);
    private static final Bridge.Options SUMMARY = options(Bridge.Kind.SUMMARY, Bridge.Directions.CONCATENATED);

    private static Bridge.Options options(Bridge.Kind kind, Bridge.Directions directions) {
        return new Bridge.Options(kind, directions);
    }

    /** An error, and an array that is wrong by it. */
    record Planted(String name, Supplier<DecoderRig> rig, String blamed) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Planted score(String name, boolean both, Score spoilt, String blamed) {
        return new Planted(name, () -> GRU.rig(both, 1, TANH, GRU.luong(spoilt, GLOBAL, true, 1)), blamed);
    }

    static Stream<Planted> scores() {
        return Stream.of(
                score("the query's gradient is lost", false, after(new DotScore(H), p -> p.dq().clear()), "W_x"),
                score("an annotation's gradient is lost", false, after(new DotScore(H), lostKey(0)), "annotations"),
                score("an annotation's gradient is lost", true, after(DotScore.general(H), lostKey(1)), "general.W_a"),
                score("the query's share", true, after(new AdditiveScore(5), scaled(Pairs::dq)), "additive.W_a"),
                score("the key's share", true, after(new AdditiveScore(5), scaled(p -> p.dKey(0))), "additive.U_a"),
                score("the vector's share", true, scaledVector(new AdditiveScore(5)), "additive.v_a"),
                score("a position is lost", true, after(new LocationScore(4), p -> p.dq().set(1, 0)), "location.W_a"));
    }

    static Score after(Score right, Consumer<Pairs> spoil) {
        return SpoiltScore.after(right, spoil);
    }

    static Consumer<Pairs> lostKey(int s) {
        return p -> p.dKey(s).clear();
    }

    static Consumer<Pairs> scaled(Function<Pairs, Vec> choose) {
        return p -> choose.apply(p).scale(0, choose.apply(p).length(), 1.001);
    }

    static Score scaledVector(Score right) {
        return after(right, scaled(p -> p.dp(right.layout().vectors().get(0))));
    }

    private static Planted focus(String name, Focus focus, Consumer<Pairs> before, String blamed) {
        Score spoilt = SpoiltScore.before(DotScore.general(H), before);
        return new Planted(name, () -> GRU.rig(true, 1, TANH, GRU.luong(spoilt, focus, true, 1)), blamed);
    }

    /** Adds 0.01 α, the softmax of e over the positions that have a gradient. */
    private static void addWeights(Pairs p) {
        Vec alpha = p.e().copy();
        for (int k = 0; k < alpha.length(); k++) {
            if (p.de().get(k) == 0) {
                alpha.set(k, Double.NEGATIVE_INFINITY);
            }
        }
        new Softmax().rows(alpha, 0, p.rows(), p.positions());
        p.de().addScaled(0, 0.01, alpha, 0, alpha.length());
    }

    private static void fillMasked(Pairs p) {
        for (int k = 0; k < p.de().length(); k++) {
            if (p.de().get(k) == 0) {
                p.de().set(k, 0.01);
            }
        }
    }

    /** Before the score goes back {@code de} is what the focus made. */
    static Stream<Planted> focuses() {
        Focus near = new Focus.Monotonic(1);
        Focus predicted = new Focus.Predictive(2);
        Consumer<Pairs> mean = PlantedSeq2SeqErrorsTest::addWeights;
        Consumer<Pairs> outside = PlantedSeq2SeqErrorsTest::fillMasked;
        return Stream.of(
                focus("softmax without the mean", GLOBAL, mean, "general.W_a"),
                focus("local-m without the mean", near, mean, "general.W_a"),
                focus("local-m leaks out of its window", near, outside, "general.W_a"),
                focus("local-p without the Gaussian", predicted, scaled(Pairs::de), "general.W_a"),
                luong("local-p, (1')", predicted, parameter("general.W_p"), "general.W_p"),
                luong("local-p, (2')", predicted, parameter("general.v_p"), "general.v_p"),
                luong("context, (5')", GLOBAL, annotations(), "annotations"));
    }

    private static Planted luong(String name, Focus focus, Plant plant, String blamed) {
        return new Planted(
                name,
                () -> GRU.rig(true, 1, TANH, GRU.luong(DotScore.general(H), focus, true, 1))
                        .with(plant),
                blamed);
    }

    private static Plant parameter(String name) {
        return new Plant() {
            @Override
            public void parameters(Parameters all) {
                for (Parameter p : all.list()) {
                    if (p.name().endsWith(name)) {
                        p.gradients().scale(p.offset(), p.size(), 1.001);
                    }
                }
            }
        };
    }

    /** As {@link #steps}, with the input divided as decoders divide it. */
    private static Planted known(String name, boolean luong, UnaryOperator<Stepwise> error, String blamed) {
        RigParts parts = GRU.around(error);
        return new Planted(
                name,
                () -> parts.rig(
                        true,
                        1,
                        TANH,
                        luong ? parts.luong(DotScore.general(H), GLOBAL, true, 1) : parts.bahdanau(3, 1)),
                blamed);
    }

    /** Some rows of a matrix of the decoder's. */
    private static Plant rows(String name, int from, int to) {
        return new Plant() {
            @Override
            public void parameters(Parameters all) {
                for (Parameter p : all.list()) {
                    if (p.name().startsWith("decoder") && p.name().endsWith(name)) {
                        int width = p.size(1);
                        p.gradients().scale(p.offset() + from * width, (to - from) * width, 1.001);
                    }
                }
            }
        };
    }

    /** What a token gets through the layers and through the readout. */
    private static Plant tokens() {
        return new Plant() {
            @Override
            public Decoder.Grad decoder(Decoder.Grad right) {
                Around.scaled(1, 1.001).accept(right.dY());
                return right;
            }
        };
    }

    private static Plant annotations() {
        return new Plant() {
            @Override
            public void annotations(Tensor d) {
                d.data().scale(0, M, 1.001);
            }
        };
    }

    private static Planted steps(String name, int decoder, int step, int[] columns, String blamed) {
        RigParts parts =
                GRU.around(right -> new SpoiltSteps(right, step, columns[0], columns[1], decoder == 0 ? 0 : 1.001));
        return new Planted(
                name,
                () -> parts.rig(
                        true,
                        1,
                        TANH,
                        decoder == 0 ? parts.luong(DotScore.general(H), GLOBAL, true, 1) : parts.bahdanau(3, 1)),
                blamed);
    }

    static Stream<Planted> decoders() {
        return Stream.of(
                steps("the gradient of input feeding is lost at one step", 0, 1, new int[] {E, E + H}, "decoder.W_c"),
                steps("the gradient of a token is lost", 0, 2, new int[] {0, E}, "target.W"),
                known("known columns: what input feeding gives back is lost", true, Around::lostLate, "decoder.W_c"),
                known("known columns: what they give back", true, Around::scaledKnown, "target.W"),
                known("known columns: what a context gives back", false, Around::scaledLate, "annotations"),
                known("known columns: what they give back", false, Around::scaledKnown, "target.W"),
                luong("rows of W_x that known columns meet", GLOBAL, rows("W_x", 0, E), "decoder.l0.gru.W_x"),
                luong("rows of W_x that input feeding meets", GLOBAL, rows("W_x", E, E + H), "decoder.l0.gru.W_x"),
                bahdanau("rows of W_x that a context meets", rows("W_x", E, E + M), "decoder.l0.gru.W_x"),
                known("the layers' share of a token's gradient is lost", false, Around::lostKnown, "target.W"),
                bahdanau("the sum of a token's two shares", tokens(), "target.W"),
                luong("attentional vector, (3')", GLOBAL, parameter("W_c"), "decoder.W_c"),
                luong("bias of the attentional vector", GLOBAL, parameter("b_c"), "decoder.b_c"),
                luong("first state", GLOBAL, start(), "s0.l0.h"),
                steps("the gradient of a context", 1, 0, new int[] {E, E + M}, "annotations"),
                steps("the gradient of a token", 1, 0, new int[] {0, E}, "target.W"),
                bahdanau("first state", start(), "s0.l0.h"),
                bahdanau("readout from the state", parameter("U_o"), "decoder.readout.U_o"),
                bahdanau("readout from the token", parameter("V_o"), "decoder.readout.V_o"),
                bahdanau("readout from the context", parameter("C_o"), "decoder.readout.C_o"),
                plain("first state", start(), "s0.l0.h"),
                plain("the summary's gradient", summary(), "source.W"));
    }

    private static Planted bahdanau(String name, Plant plant, String blamed) {
        return new Planted(
                name, () -> GRU.rig(true, 1, TANH, GRU.bahdanau(3, 1)).with(plant), blamed);
    }

    private static Planted plain(String name, Plant plant, String blamed) {
        return new Planted(
                name, () -> GRU.rig(true, 1, TANH, GRU.plain(M, 3, 1)).with(plant), blamed);
    }

    private static Plant start() {
        return new Plant() {
            @Override
            public Decoder.Grad decoder(Decoder.Grad right) {
                right.dLayers().h().data().scale(0, H, 1.001);
                return right;
            }
        };
    }

    private static Plant summary() {
        return new Plant() {
            @Override
            public Decoder.Grad decoder(Decoder.Grad right) {
                right.dSummary().orElseThrow().data().scale(0, H, 1.001);
                return new Decoder.Grad(right.dY(), right.dLayers(), right.dSummary());
            }
        };
    }

    private static Planted bridge(String name, Bridge.Options bridge, Plant plant, String blamed) {
        return new Planted(
                name,
                () -> GRU.rig(true, 1, bridge, GRU.luong(DotScore.general(H), GLOBAL, true, 1))
                        .with(plant),
                blamed);
    }

    private static Plant encoder(Consumer<State> spoil) {
        return new Plant() {
            @Override
            public void encoder(State d) {
                spoil.accept(d);
            }
        };
    }

    private static void exchange(State d) {
        Tensor forwards = d.part("l0.fwd.h").copy();
        d.part("l0.fwd.h")
                .data()
                .copy(0, d.part("l0.bwd.h").data(), 0, forwards.data().length());
        d.part("l0.bwd.h").data().copy(0, forwards.data(), 0, forwards.data().length());
    }

    static Stream<Planted> bridges() {
        Bridge.Options summed = options(Bridge.Kind.IDENTITY, Bridge.Directions.SUMMED);
        Bridge.Options backward = options(Bridge.Kind.TANH, Bridge.Directions.BACKWARD);
        Bridge.Options zeros = options(Bridge.Kind.ZEROS, Bridge.Directions.SUMMED);
        Consumer<State> forwardsLost = d -> d.part("l0.fwd.h").data().clear();
        Consumer<State> toForwards = d -> d.part("l0.fwd.h").data().fill(0, H, 0.01);
        Plant lostSummary = encoder(d -> d.part("l0.bwd.h").data().scale(0, H, 1.001));
        return Stream.of(
                bridge("the map, (2')", TANH, parameter("bridge.l0.h.W"), "bridge.l0.h.W"),
                bridge("the bias", TANH, parameter("bridge.l0.h.b"), "bridge.l0.h.b"),
                bridge("directions exchanged, (1')", TANH, encoder(PlantedSeq2SeqErrorsTest::exchange), "fwd.gru.W_h"),
                bridge("a direction of the sum is lost", summed, encoder(forwardsLost), "fwd.gru.W_h"),
                bridge("a direction that was not read", backward, encoder(toForwards), "fwd.gru.W_h"),
                bridge("zeros that depend on the source", zeros, encoder(toForwards), "fwd.gru.W_h"),
                plain("one direction of the summary", lostSummary, "bwd.gru.W_h"),
                holding("the map to the summary, (3')", parameter("bridge.V"), "bridge.V"),
                holding("the map from the summary", parameter("bridge.l0.h.W"), "bridge.l0.h.W"),
                holding("a reader of the summary is lost", lostReader(), "bridge.V"),
                holding("readout from a summary that the layers hold", parameter("C_o"), "decoder.readout.C_o"),
                holding("the sum of its shares", lostReader(), "s0.l0.context"),
                holding("one direction under the summary", lostSummary, "bwd.gru.W_h"));
    }

    private static Planted holding(String name, Plant plant, String blamed) {
        return new Planted(
                name, () -> HOLDING.rig(true, 1, SUMMARY, HOLDING.holding(3, 1)).with(plant), blamed);
    }

    private static Plant lostReader() {
        return new Plant() {
            @Override
            public Decoder.Grad decoder(Decoder.Grad right) {
                Vec d = right.dLayers().part("l0.context").data();
                d.scale(0, d.length(), 0.999);
                return right;
            }
        };
    }

    @ParameterizedTest
    @MethodSource({"scores", "focuses", "decoders", "bridges"})
    void isFound(Planted error) {
        try (DecoderRig rig = error.rig().get()) {
            GradientReport report = rig.gradientCheck().full();

            List<String> wrong = report.entries().stream()
                    .filter(entry -> entry.error() > CellCheck.GRADIENT_TOLERANCE)
                    .map(GradientReport.Entry::name)
                    .toList();
            assertThat(report.passed(CellCheck.GRADIENT_TOLERANCE)).isFalse();
            assertThat(wrong).anyMatch(name -> name.endsWith(error.blamed()));
        }
    }

    /** Without an error the rigs are right. */
    @ParameterizedTest
    @MethodSource("rightRigs")
    void theRightWayBackPasses(Supplier<DecoderRig> right) {
        try (DecoderRig rig = right.get()) {
            rig.gradientCheck().full().require(CellCheck.GRADIENT_TOLERANCE);
        }
    }

    static Stream<Supplier<DecoderRig>> rightRigs() {
        RigParts unspoilt = GRU.around(right -> new SpoiltSteps(right, 1, 0, E, 1));
        RigParts divided = GRU.around(right -> Around.known(Around.late(right, 1, d -> {}), Around.scaled(1, 1)));
        Score same = SpoiltScore.after(new AdditiveScore(5), p -> {});
        return Stream.of(
                () -> unspoilt.rig(true, 1, TANH, unspoilt.luong(same, new Focus.Predictive(2), true, 1)),
                () -> unspoilt.rig(true, 1, TANH, unspoilt.bahdanau(3, 1)),
                () -> divided.rig(true, 1, TANH, divided.luong(same, GLOBAL, true, 1)),
                () -> divided.rig(true, 1, TANH, divided.bahdanau(3, 1)),
                () -> unspoilt.rig(true, 1, TANH, unspoilt.plain(M, 3, 1)),
                () -> HOLDING.rig(true, 2, SUMMARY, HOLDING.holding(3, 2)),
                () -> HOLDING.rig(true, 1, TANH, HOLDING.holding(0, 1)));
    }
}
