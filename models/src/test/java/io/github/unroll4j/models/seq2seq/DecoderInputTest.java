// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import static io.github.unroll4j.models.seq2seq.RigParts.GRU;
import static io.github.unroll4j.models.seq2seq.RigParts.H;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.attention.DotScore;
import io.github.unroll4j.models.attention.Focus;
import io.github.unroll4j.models.sequence.Stepwise;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the layers of a decoder are handed at a step where their embedded tokens are known: only what waits for the step
 * before.
 */
class DecoderInputTest {
    private static final int B = 3; // of the rigs
    private static final int T = 3;
    private static final int M = 2 * H;
    private static final Bridge.Options TANH = new Bridge.Options(Bridge.Kind.TANH, Bridge.Directions.CONCATENATED);

    static Stream<Arguments> decoders() {
        return Stream.of(
                decoder(0, parts -> parts.luong(DotScore.general(H), Focus.global(), false, 1)),
                decoder(H, parts -> parts.luong(DotScore.general(H), Focus.global(), true, 1)),
                decoder(M, parts -> parts.bahdanau(0, 1)));
    }

    private static Arguments decoder(int width, Function<RigParts, DecoderRig.Decoders> made) {
        return Arguments.of(width, made);
    }

    @ParameterizedTest
    @MethodSource("decoders")
    void layersAreHandedWhatTheyDoNotKnow(int width, Function<RigParts, DecoderRig.Decoders> decoder) {
        List<Integer> lengths = new ArrayList<>();
        RigParts noting = GRU.around(layers -> noting(layers, lengths));
        try (DecoderRig rig = GRU.rig(true, 1, TANH, decoder.apply(noting))) {
            rig.features();
            assertThat(lengths).hasSize(T).containsOnly(B * width);
        }
    }

    private static Stepwise noting(Stepwise layers, List<Integer> lengths) {
        return Around.calls(layers, (method, arguments, right) -> {
            if (method.equals("step")) {
                lengths.add(((Vec) arguments[1]).length());
            }
            return right.call();
        });
    }
}
