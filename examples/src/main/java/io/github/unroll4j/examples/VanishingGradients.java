// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.examples.task.LastStepGradient;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cells.GruCell;
import io.github.unroll4j.models.cells.LstmCell;
import io.github.unroll4j.models.cells.RnnCell;
import io.github.unroll4j.plots.Chart;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;

/** How much of the gradient of a loss at the last step reaches the states of the steps before it. */
public final class VanishingGradients {
    static final Program PROGRAM = Program.of("vanishing-gradients", 1, VanishingGradients::run)
            .about("Draws the norm of dL/dh_t over t for RNN, LSTM and GRU: who still learns from the past?")
            .with("forget-bias", 1, 1, "X", "bias of the LSTM's forget gate; try 5")
            .with("weights", 0.01, 0.01, "X", "standard deviation of all weights")
            .with("hidden", 100, 40, "N", "units of a network")
            .with("steps", 50, 25, "N", "steps that the gradient goes back");

    static void run(Example example) {
        int H = example.count("hidden");
        int T = example.count("steps", 3);
        double weights = example.number("weights");
        double bias = example.number("forget-bias");
        String nets = "%d steps back through untrained networks: weights %s·N(0, 1), biases 0, of the forget gate %s";
        example.say(nets, T, weights, bias);
        Chart chart =
                new Chart("norm ‖dL/dh_t‖ over t, L being a loss at the last step", "t", "log10 of the norm").rising();
        Contest contest = new Contest(example, chart);
        // h_t = tanh(… + h_{t-1} W_h): a step back multiplies by W_h, and by tanh' ≈ 1 while the states are small. A
        // matrix of independent numbers of deviation s has its eigenvalues within a circle of radius s√H (Girko 1984).
        show(contest, chart, "rnn dh", gradient(example, new RnnCell(H)), weights * Math.sqrt(H), "weights·√H");
        // h_t = z ⊙ h_{t-1} + (1-z) ⊙ n: a step back multiplies by the gate, half open before training.
        show(contest, chart, "gru dh", gradient(example, new GruCell(H)), sigmoid(0), "gate z = σ(0)");
        // c_t = f ⊙ c_{t-1} + i ⊙ g: the same with the forget gate. h_t only reads c_t: its gradient is a share of
        // that of c_t.
        LastStepGradient lstm = gradient(example, new LstmCell(H, bias));
        show(contest, chart, "lstm dh", lstm, sigmoid(bias), "gate f = σ(bias)");
        show(contest, chart, "lstm dc", lstm, sigmoid(bias), "gate f = σ(bias)");
        contest.end("gradients.png");
        example.say("the gate decides: %s --forget-bias 5", PROGRAM.command());
    }

    private static LastStepGradient gradient(Example example, Cell cell) {
        int H = example.count("hidden");
        return LastStepGradient.of(cell, H, example.count("steps", 3), example.number("weights"), example.seed());
    }

    /** Draws the norms of a gradient over t, and compares its fall with what is expected. */
    private static void show(
            Contest contest, Chart chart, String name, LastStepGradient gradient, double factor, String why) {
        double[] norms = gradient.norms(name.substring(name.indexOf(' ') + 1));
        double[] steps = IntStream.rangeClosed(1, norms.length).asDoubleStream().toArray();
        chart.curve(name, steps, Arrays.stream(norms).map(Math::log10).toArray());
        double last = norms[norms.length - 1];
        double reached = Math.pow(norms[0] / last, 1.0 / (norms.length - 1));
        String note = reached > 1 ? "; above 1 by what comes back through W_h" : "";
        String expected = String.format(Locale.ROOT, "%.3f a step back, %s", factor, why);
        String found = "%.3f a step back, %.0e at t=%d, %.0e at t=1%s";
        contest.compare(name, expected, found, reached, last, norms.length, norms[0], note);
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** Runs it; {@code --help} names the flags. */
    public static void main(String... args) {
        PROGRAM.start(args);
    }
}
