// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.golden;

import static io.github.unroll4j.models.testing.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll4j.core.param.Parameter;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whole models against PyTorch in double: log-probabilities of every token, alignments, the loss and every gradient.
 */
class Seq2SeqGoldenTest {
    /** Sums of some hundred terms in another order: 1e-14 on either side. */
    private static final double TOLERANCE = 1e-12;

    private static Stream<Golden> cases() {
        return Stream.concat(ofTorchLayers(), Golden.read("papers-torch-1.13.txt").stream());
    }

    private static Stream<Golden> ofTorchLayers() {
        return Golden.read("seq2seq-torch-1.13.txt").stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithPyTorch(Golden golden) {
        check(golden);
    }

    private static void check(Golden golden) {
        try (TorchSeq2Seq ours = new TorchSeq2Seq(golden)) {
            assertClose("logp", ours.logProbabilities(), golden.get("logp"), TOLERANCE);
            assertClose("alpha", ours.alpha(), golden.get("alpha"), TOLERANCE);
            assertClose("loss", new double[] {ours.learn()}, golden.get("loss"), TOLERANCE);
            for (Parameter p : ours.parameters()) {
                assertClose(p.name(), p.gradientCopy(), ours.theirs(p, "grad."), TOLERANCE);
            }
        }
    }

    /** Every array of a case counts: with one number in it moved by a hundred-millionth, the agreement is gone. */
    @ParameterizedTest
    @MethodSource("cases")
    void aChangedFigureIsFound(Golden golden) {
        // an LSTM here has one bias, whose gradient is that of each of PyTorch's two: one is read
        List<String> gradients = golden.names().stream()
                .filter(name -> name.startsWith("grad.") && !(golden.is("lstm") && name.contains("bias_hh")))
                .toList();
        assertThat(gradients).hasSizeGreaterThan(10);
        for (String name : Stream.concat(Stream.of("logp", "alpha", "loss"), gradients.stream())
                .toList()) {
            assertThatThrownBy(() -> check(golden.spoilt(name, golden.get(name).length - 1, 1e-8)))
                    .as(name)
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("expected");
        }
    }

    /** Gates in another order are another model. */
    @ParameterizedTest
    @MethodSource("ofTorchLayers")
    void permutedGatesAreFound(Golden golden) {
        for (String weights : List.of("decoder.l0.weight_ih", "decoder.l0.weight_hh", "encoder.weight_hh_l0")) {
            double[] right = golden.get(weights);
            int gates = golden.is("lstm") ? 4 : 3;
            int block = right.length / gates;
            double[] turned = new double[right.length];
            System.arraycopy(right, block, turned, 0, right.length - block);
            System.arraycopy(right, 0, turned, right.length - block, block);
            assertThatThrownBy(() -> check(golden.with(weights, turned)))
                    .as(weights)
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("logp");
        }
    }

    /** What the file ought to hold, so that a shorter one does not pass unseen. */
    @Test
    void holdsAllKinds() {
        assertThat(cases().map(Golden::toString))
                .containsExactly(
                        "bahdanau-gru-both",
                        "bahdanau-lstm-both-maxout",
                        "bahdanau-gru",
                        "dot-lstm-feeding",
                        "dot-gru",
                        "general-lstm-both-feeding-2",
                        "general-gru-both",
                        "concat-gru-both-feeding",
                        "concat-lstm",
                        "general-gru-both-feeding-local",
                        "cho2014",
                        "bahdanau2014");
    }
}
