// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cells.Cells;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.decoding.Decoding;
import io.github.unroll4j.models.sequence.LayerFactory;
import io.github.unroll4j.models.sequence.Residual;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.text.Pair;
import io.github.unroll4j.text.PairBatch;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Decoders whose top layer gives another output than the h of its state: step by step, each step going on from the
 * state that the one before left, they compute what they compute in one pass.
 */
class ResidualLayersTest {
    /** Ten sums in another order, in double. */
    private static final double ROUNDING = 1e-12;

    private static final int[] SOURCE = {4, 9, 3, 7, 5};
    private static final int H = 4;

    static Stream<AttentionKind> attentions() {
        return Stream.of(
                new AttentionKind.Bahdanau(5, 0),
                new AttentionKind.Bahdanau(5, 3),
                new AttentionKind.Luong(AttentionKind.ScoreName.GENERAL),
                new AttentionKind.None(true, 3));
    }

    /** Two layers on each side, the upper ones with what goes in added to what comes out. */
    private static Seq2Seq model(AttentionKind attending) {
        Seq2SeqConfig.Side side = new Seq2SeqConfig.Side("gru", 3, H, 2);
        Bridge.Options bridge = new Bridge.Options(Bridge.Kind.TANH, Bridge.Directions.CONCATENATED);
        Seq2SeqConfig.Options options = Seq2SeqConfig.Options.STANDARD.dtype(Dtype.DOUBLE);
        Seq2SeqConfig config = new Seq2SeqConfig(side, side, attending, bridge, options);
        LayerFactory gru = Cells.named("gru");
        LayerFactory residual = (inputSize, hidden, p) ->
                inputSize == hidden ? new Residual(gru.create(inputSize, hidden, p)) : gru.create(inputSize, hidden, p);
        Seq2Seq model = Tiny.model(config, Seq2SeqParts.builtIn(config).with(residual, residual), 3);
        model.parameters().values().scale(0, model.parameters().count(), 1.5); // so that attention is far from even
        model.parameters().changed();
        return model;
    }

    @ParameterizedTest
    @MethodSource("attentions")
    void aSearchFindsWhatScoringFinds(AttentionKind attending) {
        try (Seq2Seq model = model(attending)) {
            DecoderSteps steps = new DecoderSteps(model.first());
            Oracle oracle = new Oracle(model, SOURCE);
            for (Decoding how : List.of(Decoding.greedy().upTo(6), new Decoding(4, 4, 0.7, 6))) {
                List<Hypothesis> found =
                        new Search(steps).search(List.of(SOURCE), how).get(0);
                List<Oracle.Scored> expected = oracle.beam(how);
                assertThat(found).hasSameSizeAs(expected);
                for (int i = 0; i < found.size(); i++) {
                    assertThat(Arrays.stream(found.get(i).ids()).boxed())
                            .containsExactlyElementsOf(expected.get(i).ids());
                    assertThat(found.get(i).logProbability())
                            .isCloseTo(expected.get(i).logProbability(), within(ROUNDING));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("attentions")
    void followingATargetLooksWhereScoringItLooks(AttentionKind attending) {
        try (Seq2Seq model = model(attending)) {
            DecoderSteps steps = new DecoderSteps(model.first());
            PairBatch batch = PairBatch.of(List.of(new Pair(SOURCE, new int[] {3, 4, 2, 4})));
            double[][] found = steps.weights(batch);
            model.first().score(batch);
            for (int t = 0; t < batch.targetSteps(); t++) {
                double[] expected = model.decoder().alpha(t).map(Vec::toDoubles).orElseGet(() -> new double[0]);
                assertThat(found[t]).as("step " + t).containsExactly(expected, within(ROUNDING));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("attentions")
    void readingItsOwnWordsIsScoringAfterThem(AttentionKind attending) {
        List<Pair> pairs = Tiny.pairs(
                5, 60); // so many that a step that went on from another state would choose another word somewhere
        try (Seq2Seq model = model(attending)) {
            double nats = 0;
            int tokens = 0;
            for (Pair pair : pairs) {
                nats += new Oracle(model, pair.source()).freeRunning(pair.target());
                tokens += pair.target().length + 1;
            }
            assertThat(model.evaluateFreeRunning(pairs).nats()).isCloseTo(nats / tokens, within(ROUNDING));
        }
    }

    @ParameterizedTest
    @MethodSource("attentions")
    void everyGradientIsRight(AttentionKind attending) {
        SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(Tiny.TARGET.size(), Reduction.SUM);
        try (Seq2SeqRig rig = new Seq2SeqRig(model(attending), PairBatch.of(Tiny.pairs(6, 5)), loss)) {
            rig.everyNumber().full().require(CellCheck.GRADIENT_TOLERANCE);
        }
    }
}
