// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.models.attention.AdditiveScore;
import io.github.unroll4j.models.attention.Attention;
import io.github.unroll4j.models.attention.DotScore;
import io.github.unroll4j.models.attention.Focus;
import io.github.unroll4j.models.attention.GeneralScore;
import io.github.unroll4j.models.attention.LocationScore;
import io.github.unroll4j.models.attention.Score;
import io.github.unroll4j.models.cell.PointwiseCell;
import io.github.unroll4j.models.gru.GruCell;
import io.github.unroll4j.models.lstm.LstmCell;
import io.github.unroll4j.models.rnn.RnnCell;
import io.github.unroll4j.models.sequence.Bidirectional;
import io.github.unroll4j.models.sequence.HoistedLayer;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Stack;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DecodersTest {
    private static final int H = 4;
    private static final Lengths SOURCES = Lengths.of(4, 4, 0, 2);
    private static final Lengths TARGETS = Lengths.of(4, 2, 3, 1);

    /** One combination of choices. */
    record Choice(
            String name,
            IntFunction<PointwiseCell> cell,
            boolean bidirectional,
            int layers,
            Bridge.Options bridge,
            DecoderRig.Decoders decoder) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Choice> choices() {
        Bridge.Options tanh = new Bridge.Options(Bridge.Kind.TANH, Bridge.Directions.CONCATENATED);
        Bridge.Options backward = new Bridge.Options(Bridge.Kind.TANH, Bridge.Directions.BACKWARD);
        Bridge.Options summed = new Bridge.Options(Bridge.Kind.IDENTITY, Bridge.Directions.SUMMED);
        Bridge.Options zeros = new Bridge.Options(Bridge.Kind.ZEROS, Bridge.Directions.SUMMED);
        IntFunction<PointwiseCell> lstm = LstmCell::new;
        IntFunction<PointwiseCell> gru = GruCell::new;
        IntFunction<PointwiseCell> rnn = hidden -> new RnnCell(hidden, RnnCell.Activation.TANH);
        return Stream.of(
                new Choice("luong, dot", gru, false, 1, tanh, luong(gru, new DotScore(H), Focus.global(), true, 1)),
                new Choice(
                        "luong, general",
                        lstm,
                        true,
                        1,
                        tanh,
                        luong(lstm, new GeneralScore(H), Focus.global(), true, 1)),
                new Choice(
                        "luong, concat",
                        lstm,
                        true,
                        2,
                        summed,
                        luong(lstm, new AdditiveScore(5), Focus.global(), true, 2)),
                new Choice(
                        "luong, location",
                        rnn,
                        true,
                        1,
                        zeros,
                        luong(rnn, new LocationScore(3), Focus.global(), false, 1)),
                new Choice(
                        "luong, local-m",
                        gru,
                        true,
                        1,
                        backward,
                        luong(gru, new GeneralScore(H), new Focus.Monotonic(1), true, 1)),
                new Choice(
                        "luong, local-p",
                        gru,
                        true,
                        1,
                        backward,
                        luong(gru, new GeneralScore(H), new Focus.Predictive(2), true, 1)),
                new Choice("bahdanau, notebook", gru, false, 1, tanh, bahdanau(gru, 0, 1)),
                new Choice("bahdanau, maxout", gru, true, 1, backward, bahdanau(gru, 3, 1)),
                new Choice("bahdanau, two layers", lstm, true, 2, summed, bahdanau(lstm, 3, 2)),
                new Choice(
                        "plain",
                        lstm,
                        false,
                        2,
                        new Bridge.Options(Bridge.Kind.IDENTITY, Bridge.Directions.SUMMED),
                        plain(lstm, 0, 0, 2)),
                new Choice("summary at every step", gru, false, 1, tanh, plain(gru, H, 0, 1)),
                new Choice("summary and maxout", gru, false, 1, tanh, plain(gru, H, 3, 1)));
    }

    private static Stack stack(IntFunction<PointwiseCell> cell, int inputSize, int layers, Parameters.Builder p) {
        return new Stack(IntStream.range(0, layers)
                .mapToObj(i -> new HoistedLayer(cell.apply(H), i == 0 ? inputSize : H, p.scope("l" + i)))
                .toList());
    }

    private static DecoderRig.Decoders luong(
            IntFunction<PointwiseCell> cell, Score score, Focus focus, boolean feeding, int layers) {
        return (M, p) -> {
            LuongDecoder.Options options = new LuongDecoder.Options(DecoderRig.E, M, feeding, feeding);
            return new LuongDecoder(
                    stack(cell, options.inputSize(H), layers, p), new Attention(score, focus, H, M, p), options, p);
        };
    }

    private static DecoderRig.Decoders bahdanau(IntFunction<PointwiseCell> cell, int maxout, int layers) {
        return (M, p) -> new BahdanauDecoder(
                stack(cell, DecoderRig.E + M, layers, p),
                new Attention(new AdditiveScore(5), Focus.global(), H, M, p),
                new BahdanauDecoder.Options(DecoderRig.E, M, maxout),
                p);
    }

    private static DecoderRig.Decoders plain(IntFunction<PointwiseCell> cell, int summary, int maxout, int layers) {
        return (M, p) -> new PlainDecoder(
                stack(cell, DecoderRig.E + summary, layers, p),
                new PlainDecoder.Options(DecoderRig.E, summary, maxout),
                p);
    }

    private static DecoderRig.Layers encoder(Choice choice) {
        return (inputSize, p) -> {
            if (!choice.bidirectional()) {
                return stack(choice.cell(), inputSize, choice.layers(), p);
            }
            return new Stack(IntStream.range(0, choice.layers())
                    .mapToObj(i -> {
                        int in = i == 0 ? inputSize : 2 * H;
                        return new Bidirectional(
                                new HoistedLayer(
                                        choice.cell().apply(H),
                                        in,
                                        p.scope("l" + i).scope("fwd")),
                                new HoistedLayer(
                                        choice.cell().apply(H),
                                        in,
                                        p.scope("l" + i).scope("bwd")),
                                Bidirectional.Merge.CONCAT);
                    })
                    .toList());
        };
    }

    @ParameterizedTest
    @MethodSource("choices")
    void everyGradientOfEveryCombination(Choice choice) {
        Map<String, Integer> state =
                stack(choice.cell(), 1, choice.layers(), Parameters.builder()).stateSizes();
        try (DecoderRig rig =
                new DecoderRig(encoder(choice), choice.decoder(), choice.bridge(), state, SOURCES, TARGETS)) {
            rig.gradientCheck().full().require(1e-6);
        }
    }
}
