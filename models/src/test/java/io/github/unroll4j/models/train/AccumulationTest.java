// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.checkpoint.CheckpointException;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.seq2seq.AttentionKind;
import io.github.unroll4j.models.seq2seq.Bridge;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.models.seq2seq.Seq2SeqConfig;
import io.github.unroll4j.models.seq2seq.Seq2SeqObjective;
import io.github.unroll4j.models.seq2seq.Seq2SeqParts;
import io.github.unroll4j.models.sequence.Noise;
import io.github.unroll4j.optim.Adam;
import io.github.unroll4j.optim.GradientClip;
import io.github.unroll4j.optim.LazyAdam;
import io.github.unroll4j.optim.Loss;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.Schedule;
import io.github.unroll4j.optim.Sgd;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.text.Pair;
import io.github.unroll4j.text.PairBatch;
import io.github.unroll4j.text.PairBatches;
import io.github.unroll4j.text.Tokenizers;
import io.github.unroll4j.text.WordVocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AccumulationTest {
    /** Sums of some hundred products of numbers below 1, in another order. */
    private static final double ROUNDING = 1e-12;

    private static final WordVocabulary WORDS =
            WordVocabulary.of(Tokenizers.WHITESPACE, "a b c d e f g h i j k l m n o p q r s t u v w x y z");

    /** Nine pairs of all lengths; most words are never used. */
    private static List<Pair> pairs() {
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            int seed = i;
            int[] source =
                    IntStream.range(0, i).map(s -> 3 + (seed * s + s) % 7).toArray();
            int[] target =
                    IntStream.range(0, 8 - i).map(t -> 4 + (seed + t * t) % 6).toArray();
            pairs.add(new Pair(source, target));
        }
        return pairs;
    }

    private static Seq2Seq model() {
        return model(Seq2SeqConfig.Options.STANDARD.bidirectional(true).dtype(Dtype.DOUBLE));
    }

    private static Seq2Seq model(Seq2SeqConfig.Options options) {
        Seq2SeqConfig.Side side = new Seq2SeqConfig.Side("gru", 4, 5, 1);
        Bridge.Options bridge = new Bridge.Options(Bridge.Kind.TANH, Bridge.Directions.SUMMED);
        AttentionKind attending = new AttentionKind.Bahdanau(5, 2);
        return Seq2Seq.create(WORDS, WORDS, new Seq2SeqConfig(side, side, attending, bridge, options), Rng.seeded(3));
    }

    private static SoftmaxCrossEntropy loss(Reduction reduction) {
        return new SoftmaxCrossEntropy(WORDS.size(), reduction, 0.1);
    }

    /** Batches of given sizes, cut from the pairs in their order, again and again. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Cut(Seq2Seq model, Reduction reduction, int... sizes) implements Objective {
        @Override
        public Parameters parameters() {
            return model.parameters();
        }

        @Override
        public Loss gradients(long iteration) {
            int batch = (int) (iteration % sizes.length);
            int from = 0;
            for (int i = 0; i < batch; i++) {
                from += sizes[i];
            }
            PairBatch pairs = PairBatch.of(pairs().subList(from, from + sizes[batch]));
            return model.learn(pairs, loss(reduction), Noise.off());
        }

        @Override
        public double epochs(long iteration) {
            return (double) iteration / sizes.length;
        }

        @Override
        public void writeTo(Checkpoint.Builder checkpoint) {}

        @Override
        public void restore(Checkpoint checkpoint) {}
    }

    @ParameterizedTest
    @CsvSource({"MEAN, 1 3 5", "MEAN, 3 3 3", "SUM, 1 3 5", "BATCH_MEAN, 3 3 3", "MEAN, 9", "SUM, 1 1 1 1 1 1 1 1 1"})
    void aStepHasTheGradientOfOneLargeBatch(Reduction reduction, String cut) {
        int[] sizes = Arrays.stream(cut.split(" ")).mapToInt(Integer::parseInt).toArray();
        try (Seq2Seq one = model();
                Seq2Seq many = model()) {
            Loss whole = new Cut(one, reduction, 9).gradients(0);
            Objective accumulation = new Accumulation(new Cut(many, reduction, sizes), sizes.length, reduction);
            Loss parts = accumulation.gradients(0);
            assertThat(parts.tokens()).isEqualTo(whole.tokens());
            assertThat(parts.nats()).isCloseTo(whole.nats(), within(1e-10));
            assertThat(parts.value()).isCloseTo(whole.value(), within(1e-10));
            assertThat(many.parameters().gradients().toDoubles())
                    .containsExactly(one.parameters().gradients().toDoubles(), within(ROUNDING));
            assertThat(touched(many)).isEqualTo(touched(one)).hasSizeLessThan(2 * WORDS.size());
            many.parameters().zeroGradients();
            assertThat(accumulation.gradients(1)).isEqualTo(parts); // nothing is left of the step before
        }
    }

    /** Names of the touched rows of both tables, each of which holds a gradient, and no other. */
    private static Set<String> touched(Seq2Seq model) {
        Set<String> rows = new TreeSet<>();
        for (Parameter p : model.parameters().list()) {
            if (p.rows().sparse()) {
                for (int i = 0; i < p.rows().count(); i++) {
                    rows.add(p.name() + " " + p.rows().row(i));
                }
            }
        }
        return rows;
    }

    /** A mean of means would weigh the only token of the shortest target as much as the many of the longest. */
    @Test
    void batchesWeighByTheirRealTokens() {
        try (Seq2Seq one = model();
                Seq2Seq many = model()) {
            new Cut(one, Reduction.MEAN, 9).gradients(0);
            new Accumulation(new Cut(many, Reduction.MEAN, 1, 3, 5), 3, Reduction.BATCH_MEAN).gradients(0);
            double[] whole = one.parameters().gradients().toDoubles();
            double[] meanOfMeans = many.parameters().gradients().toDoubles();
            double largest = 0;
            for (int i = 0; i < whole.length; i++) {
                largest = Math.max(largest, Math.abs(whole[i] - meanOfMeans[i]));
            }
            assertThat(largest).isGreaterThan(1e-3);
        }
    }

    @ParameterizedTest
    @EnumSource(Reduction.class)
    void theTrainerClipsTheGradientOfTheWholeStep(Reduction reduction) {
        try (Seq2Seq one = model();
                Seq2Seq many = model()) {
            List<Double> norms = new ArrayList<>();
            train(one, new Cut(one, reduction, 9), norms);
            train(many, new Accumulation(new Cut(many, reduction, 3, 3, 3), 3, reduction), norms);
            assertThat(norms.get(2)).isCloseTo(norms.get(0), within(1e-10));
            assertThat(norms.get(0)).as("the limit takes hold").isGreaterThan(2 * LIMIT);
            assertThat(many.parameters().values().toDoubles())
                    .containsExactly(one.parameters().values().toDoubles(), within(1e-11));
        }
    }

    private static final double LIMIT = 0.05;

    private static void train(Seq2Seq model, Objective objective, List<Double> norms) {
        TrainerConfig config = new TrainerConfig(new Sgd(model.parameters()), Schedule.constant(0.5), 2)
                .with(GradientClip.byGlobalNorm(LIMIT));
        new Trainer(objective, config)
                .listen(TrainListener.every(1, step -> norms.add(step.gradientNorm())))
                .run();
    }

    @Test
    void anOptimiserOfTouchedRowsMovesTheRowsOfAllBatches() {
        try (Seq2Seq one = model();
                Seq2Seq many = model()) {
            for (Seq2Seq model : List.of(one, many)) {
                Objective objective = model == one
                        ? new Cut(one, Reduction.MEAN, 9)
                        : new Accumulation(new Cut(many, Reduction.MEAN, 1, 3, 5), 3, Reduction.MEAN);
                new Trainer(objective, new TrainerConfig(new LazyAdam(model.parameters()), Schedule.constant(1e-3), 3))
                        .run();
            }
            assertThat(many.parameters().values().toDoubles()) // Adam divides by the gradient: small ones show rounding
                    .containsExactly(one.parameters().values().toDoubles(), within(1e-9));
        }
    }

    @Test
    void aRunThatGoesOnDrawsWhatTheUninterruptedOneDraws() {
        try (Seq2Seq whole = noisy();
                Seq2Seq first = noisy()) {
            noisyTrainer(whole, 6).run();
            Trainer half = noisyTrainer(first, 3);
            half.run();
            Checkpoint.Builder saved = Checkpoint.builder();
            first.writeTo(saved);
            half.writeTo(saved);
            Checkpoint checkpoint = saved.build();
            try (Seq2Seq second = Seq2Seq.read(checkpoint, Seq2SeqParts::builtIn)) {
                Trainer rest = noisyTrainer(second, 6);
                rest.restore(checkpoint);
                rest.run();
                assertThat(second.parameters().values().toDoubles())
                        .isEqualTo(whole.parameters().values().toDoubles());
            }
            Objective other = new Accumulation(new Cut(first, Reduction.MEAN, 3), 4, Reduction.MEAN);
            assertThatThrownBy(() -> other.restore(checkpoint))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("the run had 2 of batches a step, expected 4");
        }
    }

    private static Seq2Seq noisy() {
        return model(Seq2SeqConfig.Options.STANDARD.dropout(0.3));
    }

    private static Trainer noisyTrainer(Seq2Seq model, int iterations) {
        Objective inner =
                new Seq2SeqObjective(model, PairBatches.shuffled(pairs(), 2, 4), loss(Reduction.MEAN), Rng.seeded(9));
        return new Trainer(
                new Accumulation(inner, 2, Reduction.MEAN),
                new TrainerConfig(new Adam(model.parameters()), Schedule.constant(0.01), iterations));
    }

    @Test
    void iterationsAndEpochsCountSteps() {
        try (Seq2Seq model = model()) {
            Objective objective = new Accumulation(new Cut(model, Reduction.MEAN, 3, 3, 3), 2, Reduction.MEAN);
            assertThat(objective.epochs(3)).isEqualTo(2);
            assertThat(objective.parameters()).isSameAs(model.parameters());
        }
    }

    @Test
    void whatCannotBeRightIsRefused() {
        try (Seq2Seq model = model()) {
            Cut inner = new Cut(model, Reduction.MEAN, 9);
            assertThatThrownBy(() -> new Accumulation(inner, 0, Reduction.MEAN))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("batches is 0");
            Objective accumulation = new Accumulation(inner, 1, Reduction.MEAN);
            assertThatThrownBy(() -> accumulation.restore(Checkpoint.builder().build()))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("one batch a step");
            inner.gradients(0);
            assertThatThrownBy(() -> accumulation.gradients(0))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("the gradients are not zero");
        }
    }
}
