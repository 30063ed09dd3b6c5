// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.optim.Adam;
import io.github.unroll4j.optim.GradientClip;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.optim.Targets;
import io.github.unroll4j.text.CharVocabulary;
import io.github.unroll4j.text.Window;
import io.github.unroll4j.text.Windows;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** The character notebooks: contiguous windows of 25, summed loss, clipping by value, Adam. */
class CharNotebooksParityTest {
    private static final int STEPS = 25;
    /** The notebooks report -ln(p + 1e-8); their gradient is that of -ln p. */
    private static final double NOTEBOOK_EPSILON = 1e-8;

    @Test
    void charRnn() {
        Notebook notebook = Notebook.named("char_rnn");
        Notebook.Weights weights = notebook.weights(0.01);
        reachesTheRecordedLosses(notebook, "rnn", List.of(500, 1000, 1500, 2000), p -> {
            p.get("l0.rnn.W_x").set(weights.transposed("Wxh"));
            p.get("l0.rnn.W_h").set(weights.transposed("Whh"));
            p.get("l0.rnn.b").set(weights.transposed("bh"));
            p.get("head.W").set(weights.transposed("Why"));
            p.get("head.b").set(weights.transposed("by"));
        });
    }

    @Test
    void charLstm() {
        Notebook notebook = Notebook.named("char_lstm");
        Notebook.Weights weights = notebook.weights(0.01);
        // their gates are f, i, c, o over columns [h ; x]; ours are blocks i | f | o | g
        reachesTheRecordedLosses(notebook, "lstm", List.of(500, 1000), p -> {
            p.get("l0.lstm.W_x").set(weights.blocks(100, 133, "Wi", "Wf", "Wo", "Wc"));
            p.get("l0.lstm.W_h").set(weights.blocks(0, 100, "Wi", "Wf", "Wo", "Wc"));
            p.get("l0.lstm.b").set(weights.blocks(0, 1, "bi", "bf", "bo", "bc"));
            p.get("head.W").set(weights.transposed("Wy"));
            p.get("head.b").set(weights.transposed("by"));
        });
    }

    @Test
    void charGru() {
        Notebook notebook = Notebook.named("char_gru");
        Notebook.Weights weights = notebook.weights(0.01);
        // their u writes and is our z; the candidate takes [r ⊙ h ; x]
        reachesTheRecordedLosses(notebook, "gru-bahdanau-2014", List.of(500, 1000), p -> {
            p.get("l0.gru.W_x").set(weights.blocks(100, 133, "Wr", "Wu", "Wh"));
            p.get("l0.gru.W_h").set(weights.blocks(0, 100, "Wr", "Wu"));
            p.get("l0.gru.U_n").set(weights.blocks(0, 100, "Wh"));
            p.get("l0.gru.b").set(weights.blocks(0, 1, "br", "bu", "bh"));
            p.get("head.W").set(weights.transposed("Wy"));
            p.get("head.b").set(weights.transposed("by"));
        });
    }

    /**
     * @param published iterations whose smoothed loss is held to the four published decimals; after them the runs drift apart,
     *     because rounding grows from iteration to iteration
     */
    private static void reachesTheRecordedLosses(
            Notebook notebook, String cell, List<Integer> published, Consumer<Parameters> load) {
        String text = notebook.text("thirsty_crow.txt");
        CharVocabulary vocabulary = CharVocabulary.of(text);
        Windows windows = Windows.notebook(vocabulary.encode(text), STEPS);
        double[] recorded = notebook.losses();
        double smoothed = Math.log(vocabulary.size()) * STEPS;
        try (LanguageModel model =
                LanguageModel.create(vocabulary, new LanguageModelConfig(cell, 100, 1, Dtype.DOUBLE), Rng.seeded(0))) {
            load.accept(model.parameters());
            Adam adam = new Adam(model.parameters());
            SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(vocabulary.size(), Reduction.SUM);
            State state = model.zeroState(1);
            for (int iteration = 0; iteration <= Collections.max(published); iteration++) {
                Window window = windows.at(iteration);
                state = state.withRowsReset(window.resets());
                double summed = notebookLoss(model, window, state, loss);
                model.parameters().zeroGradients();
                State before = state;
                state = model.learn(window, before, loss).run().last();
                GradientClip.byValue(5).apply(model.parameters());
                adam.step(1e-3);
                if (iteration < recorded.length) {
                    // two BLAS kernels differ by 1e-11 over these iterations, so 1e-9 leaves room for rounding only
                    assertThat(summed)
                            .as("loss of iteration " + iteration)
                            .isCloseTo(recorded[iteration], Percentage.withPercentage(1e-7));
                }
                smoothed = 0.999 * smoothed + 0.001 * summed;
                if (published.contains(iteration)) {
                    assertThat(smoothed)
                            .as("smoothed loss at " + iteration)
                            .isCloseTo(notebook.smoothedLossAt(iteration), within(0.5e-4));
                }
            }
        }
    }

    private static double notebookLoss(LanguageModel model, Window window, State state, SoftmaxCrossEntropy loss) {
        Run run = model.layers().forward(Sequence.ids(window.inputs(), window.steps(), 1), state);
        double[] logProbabilities = new double[window.steps()];
        loss.scoreInto(logProbabilities, model.head().forward(run.H()), Targets.of(window.targets(), 1));
        double sum = 0;
        for (double logP : logProbabilities) {
            sum -= Math.log(Math.exp(logP) + NOTEBOOK_EPSILON);
        }
        return sum;
    }
}
