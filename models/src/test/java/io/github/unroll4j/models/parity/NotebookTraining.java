// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.models.sequence.LayerFactory;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.optim.Adam;
import io.github.unroll4j.optim.GradientClip;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.optim.Targets;
import io.github.unroll4j.text.Vocabulary;
import io.github.unroll4j.text.Window;
import io.github.unroll4j.text.Windows;
import java.util.Map;
import java.util.function.Consumer;
import org.assertj.core.data.Percentage;

/**
 * The training that all six language-model notebooks share: contiguous windows of 25, summed loss, clipping by value,
 * dense Adam.
 *
 * <p>The first 300 losses are held to the recorded ones; after them rounding grows from iteration to iteration, and the
 * means over every 500 are held to 5 %, up to the first 500 iterations in which the loss is under 5 % of its start,
 * held to twice the figure. With one of the six there is no holding to 5 % for so long: see {@link #CHAOS}.
 */
final class NotebookTraining {
    private static final int STEPS = 25;
    private static final int EACH = 500;
    /** The notebooks report -ln(p + 1e-8); their gradient is that of -ln p. */
    private static final double NOTEBOOK_EPSILON = 1e-8;

    /**
     * Where the means of a notebook begin to depend on rounding, in blocks of 500. Measured: 1e-13 added to one bias of
     * the head, or another kernel of OpenBLAS, moves the means of char_lstm by 1 % in block 5, 5 % in block 7 and 20 %
     * in block 12, and those of the other five by less than 0.01 % as long as they are compared. From there on a mean
     * is held to twice the figure.
     */
    private static final Map<String, Integer> CHAOS = Map.of("char_lstm", 6);

    private final Notebook notebook;
    private final int chaos;
    private final Vocabulary vocabulary;
    private final Windows windows;
    private final double[] recorded;
    private final double[] means;

    NotebookTraining(Notebook notebook, Vocabulary vocabulary, String text) {
        this.notebook = notebook;
        this.vocabulary = vocabulary;
        windows = Windows.notebook(vocabulary.encode(text), STEPS);
        recorded = notebook.losses();
        means = notebook.numbers("mean_summed_loss_per_500");
        chaos = CHAOS.getOrDefault(notebook.name(), Integer.MAX_VALUE);
    }

    /**
     * Trains a model.
     *
     * @param load sets the notebook's initial weights
     * @param published iterations, a multiple of 500, up to which the smoothed loss is held to the four published
     *     decimals
     */
    void reachesTheRecordedLosses(
            LanguageModelConfig config, LayerFactory cells, Consumer<Parameters> load, int published) {
        try (LanguageModel model = LanguageModel.create(vocabulary, config, cells, Rng.seeded(0))) {
            load.accept(model.parameters());
            Adam adam = new Adam(model.parameters());
            State state = model.zeroState(1);
            double smoothed = Math.log(vocabulary.size()) * STEPS;
            double sum = 0;
            for (int iteration = 0; ; iteration++) {
                Window window = windows.at(iteration);
                state = state.withRowsReset(window.resets());
                double summed = notebookLoss(model, window, state);
                state = step(model, adam, window, state);
                smoothed = 0.999 * smoothed + 0.001 * summed;
                sum += summed;
                holdLoss(iteration, summed);
                if (iteration % EACH == 0 && iteration <= published) {
                    assertThat(smoothed)
                            .as("smoothed loss at " + iteration)
                            .isCloseTo(notebook.smoothedLossAt(iteration), within(0.5e-4));
                }
                if (iteration % EACH == EACH - 1) {
                    if (holdMean(iteration / EACH, sum / EACH)) {
                        return;
                    }
                    sum = 0;
                }
            }
        }
    }

    private State step(LanguageModel model, Adam adam, Window window, State before) {
        SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(vocabulary.size(), Reduction.SUM);
        model.parameters().zeroGradients();
        State after = model.learn(window, before, loss).run().last();
        GradientClip.byValue(5).apply(model.parameters());
        adam.step(1e-3);
        return after;
    }

    private void holdLoss(int iteration, double summed) {
        if (iteration < recorded.length) {
            // two BLAS kernels differ by 1e-11 over these iterations, so 1e-9 leaves room for rounding only
            assertThat(summed)
                    .as("loss of iteration " + iteration)
                    .isCloseTo(recorded[iteration], Percentage.withPercentage(1e-7));
        }
    }

    /** Holds a mean to its band and says whether it was the last one. */
    private boolean holdMean(int block, double mean) {
        String what = "mean loss of iterations " + block * EACH + " to " + (block * EACH + EACH - 1);
        boolean small = means[block] < 0.05 * recorded[0];
        if (small || block >= chaos) {
            assertThat(mean).as(what).isPositive().isLessThan(2 * means[block]);
        } else {
            assertThat(mean).as(what).isCloseTo(means[block], Percentage.withPercentage(5));
        }
        return small;
    }

    private double notebookLoss(LanguageModel model, Window window, State state) {
        SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(vocabulary.size(), Reduction.SUM);
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
