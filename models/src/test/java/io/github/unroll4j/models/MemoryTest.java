// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Backend;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.decoding.SamplingPolicy;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.models.lm.LanguageModelObjective;
import io.github.unroll4j.optim.Adam;
import io.github.unroll4j.optim.GradientClip;
import io.github.unroll4j.optim.Optimizer;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.text.CharVocabulary;
import io.github.unroll4j.text.Windows;
import java.lang.management.ManagementFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Training a small language model: native memory stays flat, and the heap gets only what a step hands out. */
class MemoryTest {
    private static final CharVocabulary LETTERS = CharVocabulary.of("abcdefghijklmnopqrstuvwxyz");
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int H = 16;
    private static final int B = 3;

    /** A model in training, over a text of some whole windows and perhaps a short, padded one. */
    private static final class Training implements AutoCloseable {
        private final LanguageModel model;
        private final LanguageModelObjective objective;
        private final Optimizer optimizer;
        private final GradientClip clip = GradientClip.byGlobalNorm(5);
        private final int perEpoch;
        private long iteration;

        Training(String cell, int layers, int steps, int k2, boolean shortWindow) {
            Rng rng = Rng.seeded(1);
            int[] ids = IntStream.range(0, 4 * steps * B + 1 + (shortWindow ? B + 1 : 0))
                    .map(i -> rng.nextInt(LETTERS.size()))
                    .toArray();
            Windows text = Windows.of(ids, steps, B);
            perEpoch = text.perEpoch();
            LanguageModelConfig config = new LanguageModelConfig(cell, H, layers, Dtype.FLOAT);
            model = LanguageModel.create(LETTERS, config, rng);
            objective = new LanguageModelObjective(model, text, Reduction.MEAN, k2);
            optimizer = new Adam(model.parameters());
        }

        void step() {
            model.parameters().zeroGradients();
            objective.gradients(iteration++);
            clip.apply(model.parameters());
            optimizer.step(1e-3);
        }

        /** Heap bytes that this thread allocates in a number of steps, for each. */
        long bytesPerStep(int steps) {
            long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
            for (int i = 0; i < steps; i++) {
                step();
            }
            return (THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before) / steps;
        }

        @Override
        public void close() {
            model.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"rnn, 1, 8", "lstm, 2, 8", "gru, 2, 12", "gru-cho-2014, 1, 8"})
    void nativeMemoryIsFlatAfterTheFirstEpoch(String cell, int layers, int k2) {
        long before = Backend.held();
        try (Training training = new Training(cell, layers, 8, k2, true)) {
            long[] held = new long[200];
            for (int i = 0; i < held.length; i++) {
                training.step();
                held[i] = Backend.held() - before;
            }
            assertThat(training.perEpoch)
                    .as("four whole windows and a short one")
                    .isEqualTo(5);
            for (int i = 10; i < held.length; i++) {
                assertThat(held[i]).as("bytes held after step " + i).isEqualTo(held[i - training.perEpoch]);
            }
        }
        assertThat(Backend.held()).isEqualTo(before);
    }

    @Test
    void nativeMemoryIsFlatWhenTrainingEvaluationAndWritingTakeTurns() {
        long before = Backend.held();
        try (Training training = new Training("lstm", 2, 8, 8, true)) {
            long[] held = new long[30];
            for (int i = 0; i < held.length; i++) {
                for (int k = 0; k < training.perEpoch; k++) {
                    training.step();
                }
                training.model.evaluate(LETTERS.encode("thequickbrownfox"));
                training.model.generate("the", 5, SamplingPolicy.greedy(), Rng.seeded(1));
                held[i] = Backend.held() - before;
            }
            assertThat(held).containsOnly(held[0]);
        }
        assertThat(Backend.held()).isEqualTo(before);
    }

    @Test
    void evaluationHoldsNoMoreForLongerWindows() {
        int[] ids = LETTERS.encode("thequickbrownfox".repeat(16 * 64));
        long[] held = new long[2];
        for (int i = 0; i < 2; i++) {
            long before = Backend.held();
            try (LanguageModel model =
                    LanguageModel.create(LETTERS, new LanguageModelConfig("lstm", H, 2, Dtype.FLOAT), Rng.seeded(1))) {
                model.evaluate(Windows.of(ids, i == 0 ? 128 : 512, 8)); // one worker, 128 steps a piece
                held[i] = Backend.held() - before;
            }
        }
        assertThat(held[1]).isEqualTo(held[0]).isPositive();
    }

    /**
     * A step hands out the state it ends in and two gradients of states, 4 · layers · parts · B · H bytes each, and a
     * window of 2 · T · B ids; lists, names and small records take the rest. Nothing is allocated for a time step.
     */
    @ParameterizedTest
    @CsvSource({"rnn, 1, 1, 8000", "lstm, 2, 2, 12000", "gru, 2, 1, 12000"})
    void theHeapGetsOnlyWhatAStepHandsOut(String cell, int layers, int parts, int small) {
        int steps = 20;
        long handedOut = 3L * 4 * layers * parts * B * H + 2L * 4 * steps * B;
        try (Training training = new Training(cell, layers, steps, steps, false)) {
            training.bytesPerStep(500);
            long early = training.bytesPerStep(500);
            training.bytesPerStep(500);
            long late = training.bytesPerStep(500);

            assertThat(late).as("bytes a step").isLessThan(handedOut + small);
            assertThat(late).as("growth from %d bytes a step", early).isLessThan(early + 500);
        }
    }

    @Test
    void theHeapGetsNothingForATimeStep() {
        long[] bytes = new long[2];
        for (int i = 0; i < 2; i++) {
            int steps = i == 0 ? 20 : 120;
            try (Training training = new Training("lstm", 1, steps, steps, false)) {
                training.bytesPerStep(400);
                bytes[i] = training.bytesPerStep(200);
            }
        }
        assertThat(bytes[1] - bytes[0])
                .as("100 more steps: %d and %d bytes", bytes[0], bytes[1])
                .isLessThan(2L * 4 * 100 * B + 2000);
    }

    @Test
    void writingAllocatesNoStateForAToken() {
        long[] bytes = new long[2];
        for (int i = 0; i < 2; i++) {
            LanguageModelConfig config = new LanguageModelConfig("lstm", i == 0 ? 16 : 316, 2, Dtype.FLOAT);
            try (LanguageModel model = LanguageModel.create(LETTERS, config, Rng.seeded(1))) {
                bytesPerToken(model, 3000);
                bytes[i] = bytesPerToken(model, 3000);
            }
        }
        // a state of 300 more units has 2 layers · 2 parts · 300 · 4 = 4800 bytes more; how much the compiler saves
        // varies by 400
        assertThat(bytes[1] - bytes[0])
                .as("300 more units: %d and %d bytes a token", bytes[0], bytes[1])
                .isLessThan(1500);
    }

    private static long bytesPerToken(LanguageModel model, int tokens) {
        long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
        model.generate("the", tokens, SamplingPolicy.temperature(1), Rng.seeded(1));
        return (THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before) / tokens;
    }
}
