// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.check.GradientCheck;
import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.decoding.Evaluation;
import io.github.unroll4j.models.sequence.Noise;
import io.github.unroll4j.models.train.Trainer;
import io.github.unroll4j.models.train.TrainerConfig;
import io.github.unroll4j.optim.Adam;
import io.github.unroll4j.optim.Loss;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.Schedule;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.text.Pair;
import io.github.unroll4j.text.PairBatch;
import io.github.unroll4j.text.PairBatches;
import io.github.unroll4j.text.WordVocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduledSamplingTest {
    private static final List<Pair> PAIRS = Tiny.pairs(5, 12);
    private static final Seq2SeqConfig CONFIG = Tiny.config("concat, lstm, both ways");

    static Stream<Named<Seq2SeqConfig>> configs() {
        return Tiny.configsAndPresets().stream();
    }

    private static ScheduledSampling truth(double epsilon) {
        return ScheduledSampling.constant(epsilon);
    }

    private static SoftmaxCrossEntropy loss() {
        return new SoftmaxCrossEntropy(Tiny.TARGET.size(), Reduction.MEAN);
    }

    @Test
    void theTruthAlwaysIsTeacherForcingBitForBit() {
        try (Seq2Seq model = Tiny.model(Tiny.with(CONFIG, CONFIG.options().dropout(0.3)), 1)) {
            PairBatches batches = PairBatches.shuffled(PAIRS, 5, 1);
            PairBatch batch = batches.at(0);
            Loss plain = model.learn(batch, loss(), Noise.of(Rng.seeded(2)));
            double[] expected = model.parameters().gradients().toDoubles();
            for (Seq2SeqObjective objective : List.of(
                    new Seq2SeqObjective(model, batches, loss(), Rng.seeded(2)),
                    new Seq2SeqObjective(model, batches, loss(), truth(1), Rng.seeded(2)))) {
                model.parameters().zeroGradients();
                assertThat(objective.gradients(0)).isEqualTo(plain);
                assertThat(model.parameters().gradients().toDoubles()).isEqualTo(expected);
            }
            assertThat(truth(1).mix(model.first().steps(), batch, 0, Noise.of(Rng.seeded(2))))
                    .isSameAs(batch);
        }
    }

    @ParameterizedTest
    @MethodSource("configs")
    void theTruthNeverReadsWhatTheModelFindsMostLikely(Seq2SeqConfig config) {
        try (Seq2Seq model = Tiny.model(config, 4)) {
            PairBatch batch = PairBatch.of(PAIRS);
            PairBatch mixed = truth(0).mix(model.first().steps(), batch, 0, Noise.of(Rng.seeded(1)));
            assertThat(mixed.targets()).isSameAs(batch.targets());
            int B = batch.batch();
            for (int b = 0; b < B; b++) {
                Oracle oracle = new Oracle(model, PAIRS.get(b).source());
                List<Integer> read = new ArrayList<>();
                assertThat(mixed.inputs()[b]).isEqualTo(WordVocabulary.SOS_ID);
                for (int t = 1; t < batch.targetLengths()[b]; t++) {
                    double[] next = oracle.next(List.copyOf(read));
                    int best = IntStream.range(0, next.length)
                            .reduce((i, j) -> next[j] > next[i] ? j : i)
                            .orElseThrow();
                    assertThat(mixed.inputs()[t * B + b]).as("t=%d b=%d", t, b).isEqualTo(best);
                    read.add(best);
                }
            }
        }
    }

    /** Each token scored by the oracle after the words that the model itself finds most likely. */
    @ParameterizedTest
    @MethodSource("configs")
    void freeRunningMeasuresEachTokenAfterTheModelsOwnWords(Seq2SeqConfig config) {
        try (Seq2Seq model = Tiny.model(config, 4)) {
            double nats = 0;
            int tokens = 0;
            for (Pair pair : PAIRS) {
                nats += new Oracle(model, pair.source()).freeRunning(pair.target());
                tokens += pair.target().length + 1;
            }
            Evaluation found = model.evaluateFreeRunning(PAIRS);
            assertThat(found.tokens()).isEqualTo(tokens);
            assertThat(found.nats()).isCloseTo(nats / tokens, within(1e-12)); // batched: the order of sums differs
            assertThat(found.nats()).isNotEqualTo(model.evaluate(PAIRS).nats());
        }
    }

    @Test
    void inBetweenACoinDecidesForEachToken() {
        try (Seq2Seq model = Tiny.model(CONFIG, 4)) {
            PairBatch batch = PairBatch.of(Tiny.pairs(6, 400));
            Tiny.favour(model, WordVocabulary.EOS_ID, 1e3); // what it finds most likely is never the truth
            PairBatch mixed = truth(0.3).mix(model.first().steps(), batch, 0, Noise.of(Rng.seeded(1)));
            int B = batch.batch();
            int own = 0;
            int all = 0;
            for (int i = B; i < batch.inputs().length; i++) {
                if (i / B < batch.targetLengths()[i % B]) {
                    all++;
                    own += mixed.inputs()[i] == WordVocabulary.EOS_ID ? 1 : 0;
                    assertThat(mixed.inputs()[i]).isIn(WordVocabulary.EOS_ID, batch.inputs()[i]);
                } else {
                    assertThat(mixed.inputs()[i]).as("padding").isEqualTo(batch.inputs()[i]);
                }
            }
            // five standard deviations of the share of some 800 throws
            assertThat((double) own / all).isCloseTo(0.7, within(5 * Math.sqrt(0.21 / all)));
            assertThat(truth(0.3)
                            .mix(model.first().steps(), batch, 0, Noise.of(Rng.seeded(1)))
                            .inputs())
                    .isEqualTo(mixed.inputs());
            assertThat(truth(0.3)
                            .mix(model.first().steps(), batch, 0, Noise.of(Rng.seeded(2)))
                            .inputs())
                    .isNotEqualTo(mixed.inputs());
        }
    }

    /** What was chosen counts as a constant, and for these inputs the gradient is exact. */
    @Test
    void theGradientIsThatOfTheInputsThatWereRead() {
        try (Seq2Seq model = Tiny.model(CONFIG, 4)) {
            PairBatch mixed = truth(0).mix(model.first().steps(), PairBatch.of(PAIRS), 0, Noise.of(Rng.seeded(1)));
            SoftmaxCrossEntropy sum = new SoftmaxCrossEntropy(Tiny.TARGET.size(), Reduction.SUM);
            GradientCheck.of(() -> -Arrays.stream(model.score(mixed)).sum(), upstream -> {
                        model.learn(mixed, sum, Noise.off());
                        model.parameters()
                                .gradients()
                                .scale(0, model.parameters().count(), upstream);
                    })
                    .parameters(model.parameters())
                    .full()
                    .require(1e-6);
            model.parameters().zeroGradients();
            new Seq2SeqObjective(model, PairBatches.sorted(PAIRS, 12), sum, truth(0), Rng.seeded(1)).gradients(0);
            double[] found = model.parameters().gradients().toDoubles();
            model.parameters().zeroGradients();
            PairBatch sorted = PairBatches.sorted(PAIRS, 12).at(0);
            model.learn(truth(0).mix(model.first().steps(), sorted, 0, Noise.of(Rng.seeded(1))), sum, Noise.off());
            assertThat(model.parameters().gradients().toDoubles()).isEqualTo(found);
        }
    }

    @Test
    void aRunThatGoesOnThrowsTheCoinsOfTheUninterruptedOne() {
        Seq2SeqConfig noisy = Tiny.with(CONFIG, CONFIG.options().dropout(0.2));
        try (Seq2Seq whole = Tiny.model(noisy, 1);
                Seq2Seq first = Tiny.model(noisy, 1)) {
            trainer(whole, 10).run();
            Trainer half = trainer(first, 5);
            half.run();
            Checkpoint.Builder saved = Checkpoint.builder();
            first.writeTo(saved);
            half.writeTo(saved);
            Checkpoint checkpoint = saved.build();
            try (Seq2Seq second = Seq2Seq.read(checkpoint, Seq2SeqParts::builtIn)) {
                Trainer rest = trainer(second, 10);
                rest.restore(checkpoint);
                second.translate("one two"); // what happens in between leaves no mark
                rest.run();
                assertThat(second.parameters().values().toDoubles())
                        .isEqualTo(whole.parameters().values().toDoubles());
            }
        }
    }

    private static Trainer trainer(Seq2Seq model, int iterations) {
        Seq2SeqObjective objective = new Seq2SeqObjective(
                model,
                PairBatches.shuffled(PAIRS, 5, 1),
                loss(),
                new ScheduledSampling(i -> 1 / (1 + i / 4.0)),
                Rng.seeded(2));
        return new Trainer(
                objective, new TrainerConfig(new Adam(model.parameters()), Schedule.constant(0.01), iterations));
    }

    @Test
    void theScheduleOfThePaperFallsFromOneToNought() {
        ScheduledSampling schedule = ScheduledSampling.inverseSigmoid(100);
        assertThat(schedule.truth().applyAsDouble(0)).isCloseTo(100 / 101.0, within(1e-15));
        assertThat(schedule.truth().applyAsDouble(461)).isCloseTo(0.5, within(1e-2)); // e^4.61 = 100
        assertThat(schedule.truth().applyAsDouble(Long.MAX_VALUE)).isBetween(0.0, 1e-100);
        assertThat(ScheduledSampling.never().truth().applyAsDouble(5)).isEqualTo(1);
        assertThatThrownBy(() -> ScheduledSampling.inverseSigmoid(0.5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("k is 0.5");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
    void aProbabilityThatIsNoneIsRefused(double epsilon) {
        try (Seq2Seq model = Tiny.model(CONFIG, 4)) {
            PairBatch batch = PairBatch.of(PAIRS);
            ScheduledSampling wrong = new ScheduledSampling(iteration -> epsilon);
            assertThatThrownBy(() -> wrong.mix(model.first().steps(), batch, 7, Noise.of(Rng.seeded(1))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the probability of the truth at iteration 7 is " + epsilon);
            assertThatThrownBy(() -> truth(epsilon))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the probability of the truth is " + epsilon);
        }
    }
}
