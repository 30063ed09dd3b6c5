// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.cli.flags.MemoryFlags;
import io.github.unroll4j.cli.flags.Presets;
import io.github.unroll4j.cli.run.TaskRun;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.examples.task.AddingProblem;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.gru.GruCell;
import io.github.unroll4j.models.layer.Linear;
import io.github.unroll4j.models.lstm.LstmCell;
import io.github.unroll4j.models.rnn.RnnCell;
import io.github.unroll4j.models.sequence.HoistedLayer;
import io.github.unroll4j.models.train.TrainerConfig;
import io.github.unroll4j.optim.Adam;
import io.github.unroll4j.optim.GradientClip;
import io.github.unroll4j.optim.Schedule;
import io.github.unroll4j.plots.Chart;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The adding problem: a hundred steps lie between what must be remembered and the answer. */
@Command(name = "adding", description = "Trains RNN, LSTM and GRU on the adding problem: who can remember?")
public final class Adding implements Callable<Integer>, Presets {
    /** Limit on the norm of the gradient. */
    private static final double CLIP = 1;
    /** Of the sequences to measure on, the same for all. */
    private static final long TEST_SEED = -1;

    @Mixin
    private MemoryFlags flags;

    @Override
    public Map<String, List<String>> presets() {
        return Map.of(
                "small", List.of("--steps=100", "--hidden=64", "--batch=50", "--iterations=1500", "--lr=0.01"),
                "tiny", List.of("--steps=10", "--hidden=16", "--batch=20", "--iterations=400", "--lr=0.02"));
    }

    @Override
    public Integer call() {
        int T = flags.steps();
        int H = flags.hidden();
        Chart chart = new Chart("adding problem, T = " + T, "iteration", "mean squared error on new sequences");
        chart.level("always answering 1", AddingProblem.BASELINE, (double) flags.iterations());
        try (TaskRun run = new TaskRun(flags, chart)) {
            run.fact("task", T + " numbers, two of them marked: name the sum of these two after the last one");
            run.fact("baseline", "0.1667, the error of always answering 1, which is the variance of the sum, 2/12");

            train(run, "rnn", new RnnCell(H), "0.1667, the baseline");
            train(run, "lstm", new LstmCell(H), "below 0.01");
            train(run, "gru", new GruCell(H), "below 0.01");
            return run.finish("error.png");
        }
    }

    private void train(TaskRun run, String name, Cell cell, String expected) {
        Rng rng = Rng.seeded(flags.seed());
        // X [T,B,2] -> a recurrent layer -> its last output [B,H] -> one number [B,1].
        Parameters.Builder p = Parameters.builder();
        try (HoistedLayer layer = new HoistedLayer(cell, AddingProblem.INPUTS, p);
                Linear head = new Linear("head", cell.layout().hidden(), 1, p)) {
            Parameters parameters = p.build(Dtype.FLOAT, rng);
            AddingProblem problem = new AddingProblem(layer, head, parameters, flags.steps(), flags.batch(), rng);
            Schedule rate = Schedule.cosine(flags.lr(), 0, flags.iterations());
            TrainerConfig config = new TrainerConfig(new Adam(parameters), rate, flags.iterations())
                    .with(GradientClip.byGlobalNorm(CLIP));
            run.train(name, problem, config, () -> problem.test(TEST_SEED, 20));
            run.compare(name, expected, String.format(Locale.ROOT, "%.4f", problem.test(TEST_SEED, 100)));
        }
    }

    /**
     * Runs this example.
     *
     * @param args its flags
     */
    public static void main(String... args) {
        Examples.main("adding", args);
    }
}
