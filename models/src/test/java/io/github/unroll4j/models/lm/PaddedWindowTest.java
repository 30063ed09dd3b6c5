// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.text.CharVocabulary;
import io.github.unroll4j.text.Window;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The amount of padding after the longest row of a window, and what stands in it, change no bit of a loss or a
 * gradient.
 */
class PaddedWindowTest {
    private static final int[] LENGTHS = {3, 0, 2};
    private static final int B = LENGTHS.length;

    private static Window window(int steps, int padding) {
        Rng rng = Rng.seeded(4);
        int[] inputs = new int[steps * B];
        int[] targets = new int[steps * B];
        for (int t = 0; t < steps; t++) {
            for (int b = 0; b < B; b++) {
                inputs[t * B + b] = t < LENGTHS[b] ? rng.nextInt(5) : padding;
                targets[t * B + b] = t < LENGTHS[b] ? rng.nextInt(5) : padding;
            }
        }
        return new Window(steps, B, inputs, targets, LENGTHS, new boolean[B]);
    }

    private static double[] lossAndGradient(LanguageModel model, Window window) {
        model.parameters().zeroGradients();
        LearnResult learned = model.learn(window, model.zeroState(B), new SoftmaxCrossEntropy(5, Reduction.MEAN));
        double[] gradients = model.parameters().gradients().toDoubles();
        double[] all = Arrays.copyOf(gradients, gradients.length + 1);
        all[gradients.length] = learned.loss().nats();
        return all;
    }

    @ParameterizedTest
    @EnumSource(Dtype.class)
    void paddingChangesNothing(Dtype dtype) {
        LanguageModelConfig config =
                new LanguageModelConfig("lstm", 33, 2, dtype).embedding(33).tied(true);
        CharVocabulary vocabulary = CharVocabulary.ofTokens(List.of("a", "b", "c", "d", "e"));
        try (LanguageModel model = LanguageModel.create(vocabulary, config, Rng.seeded(1))) {
            double[] expected = lossAndGradient(model, window(3, 0));

            assertThat(lossAndGradient(model, window(3, 4))).isEqualTo(expected);
            assertThat(lossAndGradient(model, window(40, 2))).isEqualTo(expected);
        }
    }
}
