// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.examples.task.AddingProblem;
import io.github.unroll4j.examples.task.Contest;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cells.GruCell;
import io.github.unroll4j.models.cells.LstmCell;
import io.github.unroll4j.models.cells.RnnCell;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.layer.Linear;
import io.github.unroll4j.plots.Chart;

/** The adding problem: a hundred steps lie between what must be remembered and the answer. */
public final class Adding {
    private static final long TEST_SEED = -1; // of the sequences to measure on, the same for all

    static final Program PROGRAM = Program.of(
                    "adding", "Trains RNN, LSTM and GRU on the adding problem: who can remember?", 1, Adding::run)
            .training(1500, 400)
            .with("steps", 100, 10, "N", "numbers to read")
            .with("hidden", 64, 16, "N", "units of a network")
            .with("batch", 50, 20, "N", "sequences of an iteration")
            .with("lr", 0.01, 0.02, "X", "learning rate at the start");

    static void run(Example example) {
        int T = example.count("steps", 2);
        int H = example.count("hidden");
        example.say("%d numbers, two of them marked: name the sum of these two after the last one", T);
        example.say(
                "who always answers 1 has a squared error of 0.1667, the variance of the sum, 2/12; validation: that on new sequences");
        Chart chart = new Chart("adding problem, T = " + T, "iteration", "mean squared error on new sequences");
        chart.fromZero().level("always answering 1", AddingProblem.BASELINE);
        Contest contest = new Contest(chart, example.number("lr"), example.iterations());
        train(example, contest, "rnn", new RnnCell(H), "0.1667, the error of guessing");
        train(example, contest, "lstm", new LstmCell(H), "below 0.01");
        train(example, contest, "gru", new GruCell(H), "below 0.01");
        example.say("%n%s", contest.table());
        example.draw("error.png", chart);
    }

    private static void train(Example example, Contest contest, String name, Cell cell, String expected) {
        Rng rng = Rng.seeded(example.seed());
        // X [T,B,2] -> a recurrent layer -> its last output [B,H] -> one number [B,1].
        Parameters.Builder p = Parameters.builder();
        try (HoistedLayer layer = new HoistedLayer(cell, AddingProblem.INPUTS, p);
                Linear head = new Linear("head", example.count("hidden"), 1, p)) {
            Parameters parameters = p.build(Dtype.FLOAT, rng);
            var problem =
                    new AddingProblem(layer, head, parameters, example.count("steps"), example.count("batch"), rng);
            example.say("%n%s%n%s", name, parameters);
            example.train(name, contest.trainer(name, problem, () -> problem.test(TEST_SEED, 20)), parameters);
            contest.compare(name, example.expected(expected), "%.4f", problem.test(TEST_SEED, 100));
        }
    }

    /** Runs it; {@code --help} names the flags. */
    public static void main(String... args) {
        PROGRAM.start(args);
    }
}
