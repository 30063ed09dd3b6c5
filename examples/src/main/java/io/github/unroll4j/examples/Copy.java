// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.examples.task.Contest;
import io.github.unroll4j.examples.task.CopyProblem;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cells.GruCell;
import io.github.unroll4j.models.cells.LstmCell;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.layer.Linear;
import io.github.unroll4j.plots.Chart;
import java.util.Locale;

/** The copying problem: ten symbols are to be repeated after a delay. */
public final class Copy {
    private static final long TEST_SEED = -1; // of the sequences to measure on, the same for all

    static final Program PROGRAM = Program.of(
                    "copy", "Trains LSTM and GRU to repeat ten symbols after a delay.", 1, Copy::run)
            .training(6000, 800)
            .with("steps", 10, 2, "N", "delay between the last symbol and the marker")
            .with("hidden", 128, 32, "N", "units of a network")
            .with("batch", 50, 20, "N", "sequences of an iteration")
            .with("lr", 0.005, 0.02, "X", "learning rate at the start");

    static void run(Example example) {
        int T = example.count("steps");
        double baseline = CopyProblem.baseline(T);
        example.say("ten symbols, %d blanks, a marker: then repeat the ten symbols", T);
        example.say(
                "who remembers nothing loses %.4f nats a step, 10 ln 8 / (T + 20); validation: that on new sequences",
                baseline);
        Chart chart = new Chart("copying problem, delay T = " + T, "iteration", "nats a step on new sequences");
        chart.fromZero().level("remembering nothing", baseline);
        Contest contest = new Contest(chart, example.number("lr"), example.iterations());
        train(example, contest, "lstm", new LstmCell(example.count("hidden")));
        train(example, contest, "gru", new GruCell(example.count("hidden")));
        example.say("%n%s", contest.table());
        example.draw("loss.png", chart);
    }

    private static void train(Example example, Contest contest, String name, Cell cell) {
        Rng rng = Rng.seeded(example.seed());
        int T = example.count("steps");
        // ids [T+20,B] -> a recurrent layer -> all its outputs [T+20,B,H] -> one score a token [T+20,B,10].
        Parameters.Builder p = Parameters.builder();
        try (HoistedLayer layer = new HoistedLayer(cell, CopyProblem.TOKENS, p);
                Linear head = new Linear("head", example.count("hidden"), CopyProblem.TOKENS, p)) {
            Parameters parameters = p.build(Dtype.FLOAT, rng);
            var problem = new CopyProblem(layer, head, parameters, T, example.count("batch"), rng);
            example.say("%n%s%n%s", name, parameters);
            example.train(name, contest.trainer(name, problem, () -> problem.test(TEST_SEED, 5)), parameters);
            String expected = String.format(Locale.ROOT, "below %.4f, half of it", CopyProblem.baseline(T) / 2);
            contest.compare(name, example.expected(expected), "%.4f", problem.test(TEST_SEED, 20));
        }
    }

    /** Runs it; {@code --help} names the flags. */
    public static void main(String... args) {
        PROGRAM.start(args);
    }
}
