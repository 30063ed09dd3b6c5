// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.recorded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.attention.AdditiveScore;
import io.github.unroll4j.models.attention.Attention;
import io.github.unroll4j.models.attention.Focus;
import io.github.unroll4j.models.attention.Memory;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Sequence;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An LSTM that attends at each step, from our parts: the layer step by step, and attention with the additive score. The
 * next input is {@code [x ; [h ; context] AW]}, without a nonlinearity, which none of our decoders has; that product
 * alone is made here.
 */
class RecordedAttentionTest {
    static Stream<Recorded> cases() {
        return RecordedOutputsTest.cases().filter(one -> one.op().equals("AttnLSTM"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithWhatWasRecorded(Recorded one) {
        check(one);
        assertThat(cases()).hasSize(6);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aChangedFigureIsFound(Recorded one) {
        assertThatThrownBy(() -> check(one.spoilt("Y", 1))).isInstanceOf(AssertionError.class);
    }

    private static void check(Recorded one) {
        int N = RecordedLayer.directions(one);
        int T = one.in("X").shape()[0];
        int B = one.in("X").shape()[1];
        int H = Integer.parseInt(one.text("hidden_size", ""));
        double[] Y = new double[T * N * B * H];
        for (int n = 0; n < N; n++) {
            for (int b = 0; b < B; b++) {
                boolean backwards = n == 1 || one.text("direction", "").equals("reverse");
                double[] h = row(one, n, b, backwards); // [T,H], zeros after the row's length
                for (int t = 0; t < T; t++) {
                    System.arraycopy(h, t * H, Y, ((t * N + n) * B + b) * H, H);
                }
            }
        }
        one.check("Y", Y);
    }

    /** One direction over one row of the batch. */
    private static double[] row(Recorded one, int direction, int b, boolean backwards) {
        int T = one.in("X").shape()[0];
        int B = one.in("X").shape()[1];
        int D = one.in("X").shape()[2];
        int H = Integer.parseInt(one.text("hidden_size", ""));
        int M = one.in("M").shape()[2];
        double[] AW = one.in("AW").part(direction).data();
        int A = AW.length / (H + M);
        int S = one.in("M").shape()[1];
        int length = (int) one.in("sequence_lens").data()[b];
        Parameters.Builder p = Parameters.builder();
        Weights weights = Weights.of(one, direction);
        double[] found = new double[T * H];
        try (HoistedLayer layer = new HoistedLayer(weights.cell().apply(H), D + A, p);
                Attention attention = new Attention(
                        new AdditiveScore(one.in("V").part(direction).data().length), Focus.global(), H, M, p);
                Memory memory = new Memory(Dtype.DOUBLE, M)) {
            load(p.build(Dtype.DOUBLE, Rng.seeded(1)), one, direction, weights);
            Tensor annotations =
                    Tensor.of(Vec.of(Dtype.DOUBLE, one.in("M").part(b).data()), S, 1, M);
            memory.load(Sequence.of(annotations), Lengths.of(S, (int)
                    one.in("memory_seq_lens").data()[b]));
            attention.read(memory, length);
            layer.begin(layer.zeroState(1), Pass.full(length, 1));
            double[] fed = new double[A];
            for (int k = 0; k < length; k++) {
                int t = backwards ? length - 1 - k : k;
                double[] input = Arrays.copyOfRange(one.in("X").data(), (t * B + b) * D, (t * B + b) * D + D + A);
                System.arraycopy(fed, 0, input, D, A);
                Vec h = layer.step(k, Vec.of(Dtype.DOUBLE, input));
                Vec context = attention.forward(k, k, h);
                for (int j = 0; j < H; j++) {
                    found[t * H + j] = h.get(j);
                }
                for (int a = 0; a < A; a++) {
                    fed[a] = 0;
                    for (int j = 0; j < H + M; j++) {
                        fed[a] += (j < H ? h.get(j) : context.get(j - H)) * AW[j * A + a];
                    }
                }
            }
        }
        return found;
    }

    private static void load(Parameters parameters, Recorded one, int direction, Weights weights) {
        for (Parameter p : parameters.list()) {
            String name = p.name().substring(p.name().lastIndexOf('.') + 1);
            p.set(
                    switch (name) {
                        case "W_a" -> one.in("QW").part(direction).data();
                        case "U_a" -> one.in("MW").part(direction).data();
                        case "v_a" -> one.in("V").part(direction).data();
                        default -> weights.get(name);
                    });
        }
    }
}
