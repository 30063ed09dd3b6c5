// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.attention.DotScore;
import io.github.unroll4j.models.attention.Focus;
import io.github.unroll4j.models.cells.RnnCell;
import io.github.unroll4j.models.decoding.Decoding;
import io.github.unroll4j.models.decoding.Evaluation;
import io.github.unroll4j.models.decoding.SamplingPolicy;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.sequence.Bidirectional;
import io.github.unroll4j.models.sequence.Noise;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.Stack;
import io.github.unroll4j.optim.Loss;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.text.Pair;
import io.github.unroll4j.text.PairBatch;
import io.github.unroll4j.text.WordVocabulary;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class Seq2SeqTest {
    private static final SoftmaxCrossEntropy SUM = new SoftmaxCrossEntropy(Tiny.TARGET.size(), Reduction.SUM);
    private static final int[] NONE = {};

    static Stream<Named<Seq2SeqConfig>> configs() {
        return Tiny.configsAndPresets().stream();
    }

    private static Seq2Seq model() {
        return Tiny.model(Tiny.config("additive, gru, both ways"), 3);
    }

    private static PairBatch batch(int[] source, int... target) {
        return PairBatch.of(List.of(new Pair(source, target)));
    }

    @Test
    void saysWhatItIs() {
        try (Seq2Seq model = model()) {
            assertThat(model)
                    .hasToString("Seq2Seq of 11 source and 5 target tokens: "
                            + model.config().describe() + "; "
                            + model.parameters().count() + " weights");
        }
    }

    @ParameterizedTest
    @MethodSource("configs")
    void emptySourcesAndTargetsAreLearntAsAnyOther(Seq2SeqConfig config) {
        try (Seq2Seq model = Tiny.model(config, 3)) {
            for (PairBatch batch : List.of(batch(NONE), batch(NONE, 3, 4), batch(new int[] {5, 6}))) {
                model.parameters().zeroGradients();
                Loss loss = model.learn(batch, SUM, Noise.off());
                assertThat(loss.tokens()).isEqualTo(batch.targetLengths()[0]);
                assertThat(loss.nats()).isPositive().isFinite();
                assertThat(Arrays.stream(model.parameters().gradients().toDoubles())
                                .boxed())
                        .allSatisfy(g -> assertThat(g).isFinite())
                        .anySatisfy(g -> assertThat(g).isNotZero());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("configs")
    void aSourceLongerThanAnyBeforeIsLearntToo(Seq2SeqConfig config) {
        try (Seq2Seq model = Tiny.model(config, 3)) {
            PairBatch usual = batch(new int[] {5, 6, 7}, 3, 4);
            double[] before = model.score(usual);
            int[] endless = Tiny.source(Rng.seeded(1), 300);
            assertThat(model.learn(batch(endless, Tiny.target(Rng.seeded(1), 40)), SUM, Noise.off())
                            .nats())
                    .isFinite();
            assertThat(model.score(usual)).isEqualTo(before);
        }
    }

    @Test
    void theEvaluationCountsEveryTokenAndEveryEnd() {
        try (Seq2Seq model = model()) {
            List<Pair> pairs = Tiny.pairs(1, 150); // more than two batches
            Evaluation found = model.evaluate(pairs);
            double nats = 0;
            for (Pair pair : pairs) {
                nats -= Arrays.stream(model.score(batch(pair.source(), pair.target())))
                        .sum();
            }
            assertThat(found.tokens())
                    .isEqualTo(
                            pairs.stream().mapToInt(p -> p.target().length + 1).sum());
            assertThat(found.totalNats()).isCloseTo(nats, within(1e-9));
            assertThat(found.perplexity()).isCloseTo(Math.exp(nats / found.tokens()), within(1e-9));
            assertThatThrownBy(() -> model.evaluate(List.of())).hasMessageContaining("at least one pair");
        }
    }

    @Test
    void theLossOfLearningIsThatOfTheScores() {
        try (Seq2Seq model = model()) {
            PairBatch batch = PairBatch.of(Tiny.pairs(1, 9));
            Loss loss = model.learn(batch, SUM, Noise.off());
            assertThat(loss.nats()).isCloseTo(-Arrays.stream(model.score(batch)).sum(), within(1e-11));
        }
    }

    @Test
    void idsOutOfRangeAreToldWithTheirPlace() {
        try (Seq2Seq model = model()) {
            assertThatThrownBy(() -> model.score(batch(new int[] {5, 11}, 3)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Embedding(source.W).forward: token id at t=1, b=0 is 11, expected 0 to 10");
            assertThatThrownBy(() -> model.learn(batch(new int[] {5}, 3, 5), SUM, Noise.off()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Embedding(target.W).forward: token id at t=2, b=0 is 5, expected 0 to 4");
            PairBatch right = batch(new int[] {5}, 3, 4);
            PairBatch negative = new PairBatch(
                    new int[] {-1}, right.sourceLengths(), right.inputs(), right.targets(), right.targetLengths());
            assertThatThrownBy(() -> model.score(negative))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("t=0, b=0 is -1");
            int[] targets = {3, 9, 1};
            PairBatch wrong = new PairBatch(
                    right.source(), right.sourceLengths(), right.inputs(), targets, right.targetLengths());
            assertThatThrownBy(() -> model.learn(wrong, SUM, Noise.off()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Targets: the id at t=1, b=0 is 9, expected 0 to V-1=4");
            PairBatch leftOut = new PairBatch( // which a score would count as foreseen
                    right.source(), right.sourceLengths(), right.inputs(), new int[] {3, 4, -1}, new int[] {3});
            assertThatThrownBy(() -> model.score(leftOut))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Seq2Seq.score, targets: token id at t=2, b=0 is -1, expected 0 to 4");
        }
    }

    @Test
    void aLossOfAnotherNumberOfClassesIsRefused() {
        try (Seq2Seq model = model()) {
            SoftmaxCrossEntropy wide = new SoftmaxCrossEntropy(7, Reduction.SUM);
            assertThatThrownBy(() -> model.learn(batch(new int[] {5}, 3), wide, Noise.off()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Seq2Seq.learn: the loss is for 7 classes, expected target().size() = 5.");
        }
    }

    private static void assertRefused(Seq2SeqConfig config, String... sentence) {
        assertThatThrownBy(() -> Seq2Seq.create(Tiny.SOURCE, Tiny.TARGET, config, Rng.seeded(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(sentence);
    }

    @Test
    void partsThatDoNotFitTogetherAreRefused() {
        Seq2SeqConfig.Side narrow = new Seq2SeqConfig.Side("gru", 3, 4, 1);
        Seq2SeqConfig.Side wide = new Seq2SeqConfig.Side("gru", 3, 5, 1);
        Seq2SeqConfig.Options options = Seq2SeqConfig.Options.STANDARD;
        AttentionKind additive = new AttentionKind.Bahdanau(4, 0);
        Bridge.Options identity = new Bridge.Options(Bridge.Kind.IDENTITY, Bridge.Directions.SUMMED);
        Bridge.Options tanh = new Bridge.Options(Bridge.Kind.TANH, Bridge.Directions.SUMMED);
        assertRefused(
                new Seq2SeqConfig(narrow, wide, additive, identity, options), "Bridge: the decoder's l0.h has size 5");
        AttentionKind dot = new AttentionKind.Luong(AttentionKind.ScoreName.DOT);
        assertRefused(
                new Seq2SeqConfig(narrow, wide, dot, tanh, options),
                "Attention(dot): the size of an annotation is 4, expected 5");
        assertRefused(
                new Seq2SeqConfig(narrow, narrow, additive, tanh, options.sharedEmbedding(true)),
                "one shared table of embeddings was asked for, but the vocabularies differ");
        assertRefused(
                new Seq2SeqConfig(
                        narrow, new Seq2SeqConfig.Side("cello", 3, 4, 1), additive, tanh, options.dtype(Dtype.DOUBLE)),
                "there is no built-in cell 'cello'");
        Bridge.Options zeros = new Bridge.Options(Bridge.Kind.ZEROS, Bridge.Directions.SUMMED);
        assertThatThrownBy(() -> new Seq2SeqConfig(narrow, narrow, new AttentionKind.None(false, 0), zeros, options))
                .hasMessageEndingWith("would learn nothing of the source; expected one of the three.");
        Seq2SeqConfig.Side broad = new Seq2SeqConfig.Side("gru", 6, 4, 1);
        assertThatThrownBy(() -> new Seq2SeqConfig(narrow, broad, additive, tanh, options.sharedEmbedding(true)))
                .hasMessageContaining("embeddings of 3 and 6");
    }

    @Test
    void aScoreOfOnesOwnGoesWithItsNameOnly() {
        for (String name : List.of("dot, lstm, one way", "additive, gru, one way", "plain, lstm, one way")) {
            Seq2SeqConfig config = Tiny.config(name);
            Seq2SeqParts parts = Seq2SeqParts.builtIn(config).with((H, M) -> new DotScore(H));
            assertThatThrownBy(() -> Seq2Seq.create(Tiny.SOURCE, Tiny.TARGET, config, parts, Rng.seeded(1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("Seq2SeqParts: a score of your own came beside " + config.attending())
                    .hasMessageEndingWith("expected one beside AttentionKind.Luong with the score OWN only.");
        }
    }

    @Test
    void aSumOfStatesNeedsEqualSizes() {
        Bridge.Options sum = new Bridge.Options(Bridge.Kind.TANH, Bridge.Directions.SUMMED);
        Parameters.Builder p = Parameters.builder();
        Recurrent fwd = new HoistedLayer(new RnnCell(3), 2, p.scope("fwd"));
        Recurrent bwd = new HoistedLayer(new RnnCell(4), 2, p.scope("bwd"));
        Stack encoder = new Stack(List.of(new Bidirectional(fwd, bwd, Bidirectional.Merge.CONCAT)));
        Stack decoder = new Stack(List.of(new HoistedLayer(new RnnCell(3), 2, p.scope("decoder"))));
        assertThatThrownBy(() -> new Bridge(sum, encoder, decoder, p))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "Bridge: the encoder's [l0.fwd.h, l0.bwd.h] have sizes 3 and 4; a sum needs equal sizes, take"
                                + " CONCATENATED or BACKWARD.");
    }

    @Test
    void numbersThatCannotBeAreRefused() {
        assertThatThrownBy(() -> new AttentionKind.Bahdanau(0, 0)).hasMessageContaining("size is 0, maxout 0");
        assertThatThrownBy(() -> new AttentionKind.Bahdanau(3, -1)).hasMessageContaining("maxout -1");
        assertThatThrownBy(() -> new AttentionKind.None(false, 3)).hasMessageContaining("without a summary");
        assertThatThrownBy(() -> new AttentionKind.None(true, -1)).hasMessageContaining("maxout is -1");
        assertThatThrownBy(() -> new AttentionKind.Luong(AttentionKind.ScoreName.CONCAT))
                .hasMessageContaining("size is 0");
        assertThatThrownBy(() -> new AttentionKind.Luong(AttentionKind.ScoreName.DOT, 3, Focus.global(), true, true))
                .hasMessageContaining("size is 3 for the score DOT");
        assertThatThrownBy(() -> new Seq2SeqConfig.Side("gru", 0, 4, 1)).hasMessageContaining("embedding 0");
        assertThatThrownBy(() -> Seq2SeqConfig.Options.STANDARD.dropout(1)).hasMessageContaining("dropout is 1.0");
    }

    @Test
    void weightsThatAreNoNumbersAreToldAlikeByEveryCall() {
        try (Seq2Seq model = model()) {
            Tiny.favour(model, WordVocabulary.UNK_ID, Double.NaN);
            List<Pair> pairs = Tiny.pairs(1, 3);
            Translator translator = new Translator(model, false);
            for (ThrowingCallable call : List.<ThrowingCallable>of(
                    () -> model.score(PairBatch.of(pairs)),
                    () -> model.evaluate(pairs),
                    () -> model.evaluateFreeRunning(pairs),
                    () -> model.translate("one"),
                    () -> translator.nBest(List.of("one"), Decoding.beam(2)),
                    () -> translator.sample(List.of("one"), SamplingPolicy.greedy(), Rng.seeded(1), 3))) {
                assertThatThrownBy(call)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageMatching(
                                "(Seq2Seq|Translator)\\S* .* is NaN, expected a finite number; likely cause:"
                                        + " the weights are not numbers, training diverged\\.");
            }
        }
    }
}
