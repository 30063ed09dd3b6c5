// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Workers;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.models.lm.LanguageModelObjective;
import io.github.unroll4j.models.lm.Regularisation;
import io.github.unroll4j.models.seq2seq.ScheduledSampling;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.models.seq2seq.Seq2SeqConfig;
import io.github.unroll4j.models.seq2seq.Seq2SeqObjective;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import io.github.unroll4j.optim.Adam;
import io.github.unroll4j.optim.GradientClip;
import io.github.unroll4j.optim.LazyAdam;
import io.github.unroll4j.optim.Optimizer;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.Schedule;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.text.CharVocabulary;
import io.github.unroll4j.text.Pair;
import io.github.unroll4j.text.PairBatches;
import io.github.unroll4j.text.Tokenizers;
import io.github.unroll4j.text.Windows;
import io.github.unroll4j.text.WordVocabulary;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Batches in parts: bits depend on the number of parts, not on that of threads, and for other parts they are equal up
 * to rounding, with masks, carried states, resets, padding, sparse rows and sampled inputs.
 */
class PartsTest {
    private static final int ITERATIONS = 100;
    private static final int MACHINE = Workers.threads();
    private static final String TOKENS = "abcdefghijk";
    private static final WordVocabulary WORDS = WordVocabulary.ofTokens(
            Tokenizers.WHITESPACE,
            Stream.of(WordVocabulary.SOS, WordVocabulary.EOS, WordVocabulary.UNK, "a", "b", "c", "d", "e", "f", "g")
                    .toList());

    @AfterEach
    void asManyThreadsAsTheMachineHas() {
        Workers.setThreads(MACHINE);
    }

    /** A model and what trains it. */
    private interface Kind {
        Training open();
    }

    private record Training(Runnable free, Objective objective, Optimizer optimizer) implements AutoCloseable {
        @Override
        public void close() {
            free.run();
        }
    }

    /** How a run ended. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    private record End(double[] weights, double loss, Checkpoint saved) {}

    private record Named(String name, Kind kind) implements Kind {
        @Override
        public Training open() {
            return kind.open();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Named> kinds() {
        RecurrentNoise recurrent = new RecurrentNoise(0.2, 0.1, 0.1, 0.2);
        Regularisation all = new Regularisation(0.3, false, 0.2, recurrent);
        return Stream.of(
                new Named("rnn", () -> characters("rnn", Regularisation.NONE, Reduction.MEAN, 5)),
                new Named("lstm, all noise", () -> words("lstm", all, Reduction.MEAN)),
                new Named("gru, all noise", () -> words("gru", all.variational(true), Reduction.SUM)),
                new Named("gru, reset before", () -> words("gru-bahdanau-2014", all, Reduction.BATCH_MEAN)),
                new Named(
                        "projected lstm",
                        () -> characters("lstm-projected", all.embeddingDropout(0), Reduction.MEAN, 9)),
                new Named("documents", PartsTest::documents),
                new Named("accumulated", PartsTest::accumulated),
                new Named("encoder-decoder", () -> pairs(Seq2SeqConfig.sutskever2014(8, 8), ScheduledSampling.never())),
                new Named("bahdanau", () -> pairs(Seq2SeqConfig.bahdanau2014(8, 8), ScheduledSampling.never())),
                new Named(
                        "bahdanau, sampled",
                        () -> pairs(Seq2SeqConfig.bahdanau2014(8, 8), ScheduledSampling.constant(0.5))),
                new Named("luong", () -> pairs(Seq2SeqConfig.luong2015(8, 8), ScheduledSampling.never())));
    }

    private static LanguageModelObjective objective(
            LanguageModel model, Windows windows, Reduction reduction, int k2, long seed) {
        return new LanguageModelObjective(model, windows, reduction, k2, Rng.seeded(seed));
    }

    private static LanguageModel model(String cell, Regularisation noise, int embedding, int layers) {
        LanguageModelConfig config = new LanguageModelConfig(cell, 7, layers, Dtype.DOUBLE)
                .embedding(embedding)
                .with(noise);
        return LanguageModel.create(CharVocabulary.of(TOKENS), config, Rng.seeded(3));
    }

    private static int[] ids(int n) {
        Rng rng = Rng.seeded(4);
        int[] ids = new int[n];
        for (int i = 0; i < n; i++) {
            ids[i] = rng.nextInt(TOKENS.length());
        }
        return ids;
    }

    private static Training characters(String cell, Regularisation noise, Reduction reduction, int k2) {
        LanguageModel model = model(cell, noise, 0, 2);
        Windows windows = Windows.of(ids(150), 5, 6); // the last window of an epoch is short, and of unequal rows
        return new Training(model::close, objective(model, windows, reduction, k2, 5), new Adam(model.parameters()));
    }

    private static Training words(String cell, Regularisation noise, Reduction reduction) {
        LanguageModel model = model(cell, noise, 6, 2);
        Windows windows = Windows.of(ids(150), 5, 6);
        return new Training(model::close, objective(model, windows, reduction, 5, 5), new LazyAdam(model.parameters()));
    }

    private static Training documents() {
        LanguageModel model = model("lstm", Regularisation.dropout(0.2), 6, 1);
        List<int[]> documents = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            documents.add(ids(3 + i * 7 % 11));
        }
        Windows windows = Windows.ofDocuments(documents, 6, 5);
        return new Training(
                model::close, objective(model, windows, Reduction.MEAN, 9, 5), new LazyAdam(model.parameters()));
    }

    private static Training accumulated() {
        Training inner = words("lstm", Regularisation.dropout(0.2), Reduction.MEAN);
        return new Training(inner.free(), new Accumulation(inner.objective(), 3, Reduction.MEAN), inner.optimizer());
    }

    private static Training pairs(Seq2SeqConfig config, ScheduledSampling sampling) {
        Rng rng = Rng.seeded(6);
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < 23; i++) {
            int[] source = new int[1 + i % 7];
            int[] target = new int[1 + (i * 5 + 3) % 6];
            for (int s = 0; s < source.length; s++) {
                source[s] = 3 + rng.nextInt(7);
            }
            for (int t = 0; t < target.length; t++) {
                target[t] = 3 + rng.nextInt(7);
            }
            pairs.add(new Pair(source, target));
        }
        Seq2SeqConfig noisy = config.with(config.options().dtype(Dtype.DOUBLE).dropout(0.2));
        Seq2Seq model = Seq2Seq.create(WORDS, WORDS, noisy, Rng.seeded(3));
        var loss = new SoftmaxCrossEntropy(WORDS.size(), Reduction.MEAN, 0.1);
        var objective = new Seq2SeqObjective(model, PairBatches.shuffled(pairs, 8, 1), loss, sampling, Rng.seeded(7));
        return new Training(model::close, objective, new Adam(model.parameters()));
    }

    private static Trainer trainer(Training of, int iterations, OptionalInt parts) {
        TrainerConfig how = new TrainerConfig(of.optimizer(), Schedule.constant(3e-3), iterations)
                .with(GradientClip.byGlobalNorm(0.5));
        return new Trainer(of.objective(), parts.isPresent() ? how.workers(parts.getAsInt()) : how);
    }

    private static End run(Kind kind, int parts, int threads) {
        Workers.setThreads(threads);
        try (Training of = kind.open()) {
            Trainer trainer = trainer(of, ITERATIONS, OptionalInt.of(parts));
            double[] loss = {0};
            trainer.listen(TrainListener.every(1, step -> loss[0] = step.loss().value()));
            assertThat(trainer.run()).isInstanceOf(Outcome.Finished.class);
            Checkpoint.Builder saved = Checkpoint.builder();
            trainer.writeTo(saved);
            return new End(of.objective().parameters().values().toDoubles(), loss[0], saved.build());
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void samePartsSameBitsForAnyNumberOfThreads(Named kind) {
        End alone = run(kind, 3, 1);

        for (int threads : new int[] {1, 2, 4}) {
            End again = run(kind, 3, threads);
            assertThat(again.weights()).containsExactly(alone.weights());
            assertThat(again.loss()).isEqualTo(alone.loss());
        }
    }

    // 1e-12: rounding of sums in another order, 1e-16 each, over 100 steps; Adam scales small gradients up
    @ParameterizedTest
    @MethodSource("kinds")
    void otherPartsAreEqualUpToRounding(Named kind) {
        End whole = run(kind, 1, MACHINE);

        for (int parts : new int[] {2, 5}) {
            End cut = run(kind, parts, 2);
            assertThat(cut.loss()).isCloseTo(whole.loss(), within(1e-12 * Math.abs(whole.loss())));
            for (int i = 0; i < whole.weights().length; i++) {
                assertThat(cut.weights()[i]).isCloseTo(whole.weights()[i], within(1e-12));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aRunGoesOnInTheNumberOfPartsThatItWasBegunIn(Named kind) {
        End expected = run(kind, 3, 2);
        Workers.setThreads(2);
        Checkpoint.Builder saved = Checkpoint.builder();
        double[] weights;
        try (Training begun = kind.open()) {
            Trainer first = trainer(begun, ITERATIONS / 2, OptionalInt.of(3));
            first.run();
            first.writeTo(saved);
            weights = begun.objective().parameters().values().toDoubles();
        }
        Workers.setThreads(1);
        try (Training gone = kind.open()) {
            gone.objective().parameters().write(values -> {
                for (int i = 0; i < weights.length; i++) {
                    values.set(i, weights[i]);
                }
            });
            Trainer second = trainer(gone, ITERATIONS, OptionalInt.empty());
            second.restore(saved.build());
            second.run();
            assertThat(gone.objective().parameters().values().toDoubles()).containsExactly(expected.weights());
        }
    }

    @Test
    void howManyPartsThereAreWhereNobodySays() {
        TrainerConfig how;
        try (Training of = characters("rnn", Regularisation.NONE, Reduction.MEAN, 5)) {
            how = new TrainerConfig(of.optimizer(), Schedule.constant(1e-3), 1);
        }
        Workers.setThreads(4);
        assertThat(how.parts(1)).isEqualTo(1);
        assertThat(how.parts(15)).isEqualTo(1);
        assertThat(how.parts(16)).isEqualTo(2);
        assertThat(how.parts(1000)).isEqualTo(4);
        assertThat(how.workers(7).parts(1000)).isEqualTo(7);
        assertThat(how.workers(7).parts(3)).isEqualTo(3);
        assertThatThrownBy(() -> how.workers(0)).hasMessageContaining("TrainerConfig.workers: the count is 0");
    }
}
