// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.cli.flags.MemoryFlags;
import io.github.unroll4j.cli.flags.Presets;
import io.github.unroll4j.cli.run.TaskRun;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.examples.task.CopyProblem;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.gru.GruCell;
import io.github.unroll4j.models.layer.Linear;
import io.github.unroll4j.models.lstm.LstmCell;
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

/** The copying problem: ten symbols are to be repeated after a delay. */
@Command(name = "copy", description = "Trains LSTM and GRU to repeat ten symbols after a delay.")
public final class Copy implements Callable<Integer>, Presets {
    /** Limit on the norm of the gradient. */
    private static final double CLIP = 1;
    /** Of the sequences to measure on, the same for all. */
    private static final long TEST_SEED = -1;

    @Mixin
    private MemoryFlags flags;

    @Override
    public Map<String, List<String>> presets() {
        return Map.of(
                "small", List.of("--steps=10", "--hidden=128", "--batch=50", "--iterations=6000", "--lr=0.005"),
                "tiny", List.of("--steps=2", "--hidden=32", "--batch=20", "--iterations=800", "--lr=0.02"));
    }

    @Override
    public Integer call() {
        int T = flags.steps();
        double baseline = CopyProblem.baseline(T);
        Chart chart = new Chart("copying problem, delay T = " + T, "iteration", "nats a step on new sequences");
        chart.level("remembering nothing", baseline, (double) flags.iterations());
        try (TaskRun run = new TaskRun(flags, chart)) {
            run.fact("task", "ten symbols, " + T + " blanks, a marker: then repeat the ten symbols");
            run.fact("baseline", String.format(Locale.ROOT, "%.4f nats a step, 10 ln 8 / (T + 20)", baseline));

            train(run, "lstm", new LstmCell(flags.hidden()));
            train(run, "gru", new GruCell(flags.hidden()));
            return run.finish("loss.png");
        }
    }

    private void train(TaskRun run, String name, Cell cell) {
        Rng rng = Rng.seeded(flags.seed());
        // ids [T+20,B] -> a recurrent layer -> all its outputs [T+20,B,H] -> one score a token [T+20,B,10].
        Parameters.Builder p = Parameters.builder();
        try (HoistedLayer layer = new HoistedLayer(cell, CopyProblem.TOKENS, p);
                Linear head = new Linear("head", cell.layout().hidden(), CopyProblem.TOKENS, p)) {
            Parameters parameters = p.build(Dtype.FLOAT, rng);
            CopyProblem problem = new CopyProblem(layer, head, parameters, flags.steps(), flags.batch(), rng);
            Schedule rate = Schedule.cosine(flags.lr(), 0, flags.iterations());
            TrainerConfig config = new TrainerConfig(new Adam(parameters), rate, flags.iterations())
                    .with(GradientClip.byGlobalNorm(CLIP));
            run.train(name, problem, config, () -> problem.test(TEST_SEED, 5));
            String expected =
                    String.format(Locale.ROOT, "below %.4f, half of it", CopyProblem.baseline(flags.steps()) / 2);
            run.compare(name, expected, String.format(Locale.ROOT, "%.4f", problem.test(TEST_SEED, 20)));
        }
    }

    /**
     * Runs this example.
     *
     * @param args its flags
     */
    public static void main(String... args) {
        Examples.main("copy", args);
    }
}
