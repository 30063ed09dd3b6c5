// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.benchmarks;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.cells.Cells;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.models.lm.LanguageModelObjective;
import io.github.unroll4j.models.sequence.LayerFactory;
import io.github.unroll4j.models.train.TrainListener;
import io.github.unroll4j.models.train.TrainStep;
import io.github.unroll4j.models.train.Trainer;
import io.github.unroll4j.models.train.TrainerConfig;
import io.github.unroll4j.optim.Adam;
import io.github.unroll4j.optim.GradientClip;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.Schedule;
import io.github.unroll4j.text.CharVocabulary;
import io.github.unroll4j.text.Windows;

/**
 * A training step of an LSTM language model as the README makes it, marked at both ends: {@code tools/figures/run}
 * records what runs between the marks.
 */
public final class OneStep {
    /** What the first iterations allocate and look up once is not part of a step. */
    private static final long WARM_UP = 3;

    /** What runs the cell. */
    public enum Runner {
        /** All products that can be are taken out of the loop over the steps. */
        ENGINE,
        /** The loop of the textbook. */
        PLAIN,
        /** The engine, the rows of the batch in two parts beside each other. */
        ENGINE_IN_PARTS;

        /** Its name in a table. */
        public String label() {
            return switch (this) {
                case ENGINE -> "engine";
                case PLAIN -> "plain loop";
                case ENGINE_IN_PARTS -> "engine, two parts";
            };
        }
    }

    private OneStep() {}

    /**
     * Trains until a step has been marked.
     *
     * @param runner what runs the cell
     * @param begin called between the last step of the warm-up and the marked one
     * @param end called after the marked step
     */
    public static void train(Runner runner, Runnable begin, Runnable end) {
        String text = text();
        CharVocabulary vocabulary = CharVocabulary.of(text);
        var config = new LanguageModelConfig("lstm", 128);
        try (LanguageModel model = LanguageModel.create(vocabulary, config, layers(runner), Rng.seeded(1))) {
            Windows windows = Windows.of(vocabulary.encode(text), 25, 16);
            var objective = new LanguageModelObjective(model, windows, Reduction.MEAN);
            var how = new TrainerConfig(new Adam(model.parameters()), Schedule.constant(3e-3), WARM_UP + 1)
                    .workers(runner == Runner.ENGINE_IN_PARTS ? 2 : 1);
            Trainer trainer = new Trainer(objective, how.with(GradientClip.byGlobalNorm(5)));
            trainer.listen(TrainListener.every(100, step -> {}));
            trainer.listen(new Marks(begin, end));
            trainer.run();
        }
    }

    private static LayerFactory layers(Runner runner) {
        return switch (runner) {
            case ENGINE, ENGINE_IN_PARTS -> Cells.named("lstm");
            case PLAIN -> Cells.named("lstm").plain();
        };
    }

    /** Letters at random, enough for a dozen windows, so that the marked one is neither the first nor the last. */
    private static String text() {
        Rng rng = Rng.seeded(2);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 12 * 25 * 16; i++) {
            text.append((char) ('a' + rng.nextInt(26)));
        }
        return text.toString();
    }

    private record Marks(Runnable begin, Runnable end) implements TrainListener {
        @Override
        public void onStep(TrainStep step) {
            if (step.iteration() == WARM_UP) {
                begin.run();
            } else if (step.iteration() == WARM_UP + 1) {
                end.run();
            }
        }
    }
}
