// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import static io.github.unroll4j.models.seq2seq.RigParts.GRU;
import static io.github.unroll4j.models.seq2seq.RigParts.H;
import static io.github.unroll4j.models.seq2seq.RigParts.LSTM;
import static io.github.unroll4j.models.seq2seq.RigParts.RNN;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.models.attention.AdditiveScore;
import io.github.unroll4j.models.attention.DotScore;
import io.github.unroll4j.models.attention.Focus;
import io.github.unroll4j.models.attention.LocationScore;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.testing.Numbers;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients of encoder, bridge and decoder, of the annotations and of the decoder's first state. */
class DecodersTest {
    private static final Focus GLOBAL = Focus.global();
    private static final Bridge.Options TANH = options(Bridge.Kind.TANH, Bridge.Directions.CONCATENATED);
    private static final Bridge.Options BACKWARD = options(Bridge.Kind.TANH, Bridge.Directions.BACKWARD);
    private static final Bridge.Options SUMMED = options(Bridge.Kind.IDENTITY, Bridge.Directions.SUMMED);
    private static final Bridge.Options ZEROS = options(Bridge.Kind.ZEROS, Bridge.Directions.SUMMED);

    private static Bridge.Options options(Bridge.Kind kind, Bridge.Directions directions) {
        return new Bridge.Options(kind, directions);
    }

    /** One combination of choices. */
    record Choice(String name, Supplier<DecoderRig> rig) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Choice> choices() {
        Focus near = new Focus.Monotonic(1);
        Focus predicted = new Focus.Predictive(2);
        return Stream.of(
                new Choice("dot", () -> GRU.rig(false, 1, TANH, GRU.luong(new DotScore(H), GLOBAL, true, 1))),
                new Choice("general", () -> LSTM.rig(true, 1, TANH, LSTM.luong(DotScore.general(H), GLOBAL, true, 1))),
                new Choice(
                        "concat", () -> LSTM.rig(true, 2, SUMMED, LSTM.luong(new AdditiveScore(5), GLOBAL, true, 2))),
                new Choice(
                        "location", () -> RNN.rig(true, 1, ZEROS, RNN.luong(new LocationScore(3), GLOBAL, false, 1))),
                new Choice("local-m", () -> GRU.rig(true, 1, BACKWARD, GRU.luong(DotScore.general(H), near, true, 1))),
                new Choice(
                        "local-p",
                        () -> GRU.rig(true, 1, BACKWARD, GRU.luong(DotScore.general(H), predicted, true, 1))),
                new Choice("bahdanau, notebook", () -> GRU.rig(false, 1, TANH, GRU.bahdanau(0, 1))),
                new Choice("bahdanau, maxout", () -> GRU.rig(true, 1, BACKWARD, GRU.bahdanau(3, 1))),
                new Choice("bahdanau, two layers", () -> LSTM.rig(true, 2, SUMMED, LSTM.bahdanau(3, 2))),
                new Choice("plain", () -> LSTM.rig(false, 2, SUMMED, LSTM.plain(0, 0, 2))),
                new Choice("summary at every step", () -> GRU.rig(false, 1, TANH, GRU.plain(H, 0, 1))),
                new Choice("summary and maxout", () -> GRU.rig(false, 1, TANH, GRU.plain(H, 3, 1))),
                new Choice("summary both ways", () -> LSTM.rig(true, 2, TANH, LSTM.plain(2 * H, 0, 2))));
    }

    @ParameterizedTest
    @MethodSource("choices")
    void everyGradientOfEveryCombination(Choice choice) {
        try (DecoderRig rig = choice.rig().get()) {
            rig.gradientCheck().full().require(CellCheck.GRADIENT_TOLERANCE);
        }
    }

    static Stream<Function<RigParts, DecoderRig.Decoders>> decoders() {
        return Stream.of(
                parts -> parts.luong(DotScore.general(H), GLOBAL, true, 2),
                parts -> parts.luong(DotScore.general(H), GLOBAL, false, 2),
                parts -> parts.bahdanau(0, 2),
                parts -> parts.bahdanau(3, 2));
    }

    static Stream<Function<RigParts, DecoderRig.Decoders>> everyDecoder() {
        return Stream.concat(decoders(), Stream.of(parts -> parts.plain(0, 0, 2), parts -> parts.plain(2 * H, 3, 2)));
    }

    /** The rigs have T=4 and B=3; a gradient of fewer steps would leave those of an earlier pass in place. */
    @ParameterizedTest
    @MethodSource("everyDecoder")
    void aGradientOfOtherFeaturesIsRefused(Function<RigParts, DecoderRig.Decoders> decoder) {
        try (DecoderRig rig = GRU.rig(true, 2, TANH, decoder.apply(GRU))) {
            int F = rig.features().length / 12;
            rig.backward(Dtype.DOUBLE, 4, 3, F);
            for (int[] shape : new int[][] {{3, 3, F}, {5, 3, F}, {4, 2, F}, {4, 3, F + 1}}) {
                assertThatThrownBy(() -> rig.backward(Dtype.DOUBLE, shape))
                        .isInstanceOf(ShapeException.class)
                        .hasMessageContaining(".backward: ")
                        .hasMessageContaining(" is " + Arrays.toString(shape) + ", expected [T=4, B=3, ");
            }
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> rig.backward(Dtype.FLOAT, 4, 3, F))
                    .withMessageContaining("FLOAT, expected DOUBLE as the parameters are.");
        }
    }

    /** Embedded tokens multiplied once for all steps, and put beside what waits at each step: the same. */
    @ParameterizedTest
    @MethodSource("decoders")
    void knownColumnsMakeNoDifference(Function<RigParts, DecoderRig.Decoders> decoder) {
        RigParts joined = GRU.around(right -> new SpoiltSteps(right, 0, 0, 0, 1)); // right, but without known columns
        try (DecoderRig fast = GRU.rig(true, 2, TANH, decoder.apply(GRU));
                DecoderRig plain = GRU.rig(true, 2, TANH, decoder.apply(joined))) {
            Numbers.assertClose("features", fast.features(), plain.features(), CellCheck.EQUAL_TOLERANCE);
            Numbers.assertClose(fast.gradients(), plain.gradients(), CellCheck.EQUAL_TOLERANCE);
        }
    }
}
