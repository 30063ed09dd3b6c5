// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.cli.run.Commands;
import io.github.unroll4j.examples.task.LastStepGradient;
import io.github.unroll4j.models.cells.GruCell;
import io.github.unroll4j.models.cells.LstmCell;
import io.github.unroll4j.models.cells.RnnCell;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.plots.Chart;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.IntStream;

/** How much of the gradient of a loss at the last step reaches the states of the steps before it. */
public final class VanishingGradients {
    private static final String ROW = "%-13s %-36s %s";
    static final Program PROGRAM = Program.of(
                    "vanishing-gradients", "Draws the norm of dL/dh_t of RNN, LSTM, GRU.", 1, VanishingGradients::run)
            .reading("lighthouse.txt", "text in UTF-8 that the networks read")
            .with("model", "", "", "FILE", "a trained language model, measured too")
            .with("forget-bias", 1, 1, "X", "bias of the LSTM's forget gate; try 5")
            .with("weights", 0.01, 0.01, "X", "standard deviation of all weights")
            .with("hidden", 100, 40, "N", "units of a network")
            .with("steps", 50, 25, "N", "steps that the gradient goes back");

    static void run(Example example) {
        int H = example.count("hidden");
        int T = example.count("steps", 3);
        String text = example.text();
        double weights = example.number("weights");
        double bias = example.number("forget-bias");
        example.say(
                "%d steps back, untrained: weights %s·N(0, 1), biases 0, of the forget gate %s%n", T, weights, bias);
        example.say(ROW, "", "expected", "reached");
        Chart chart = new Chart("H=" + H + ", loss at step " + T, "t", "norm of dL/dh_t or dL/dc_t").logarithmic();
        // h_t = tanh(… + h_{t-1} W_h): a step back multiplies by W_h, and by tanh' ≈ 1 while the states are small. A
        // matrix of independent numbers of deviation s has its eigenvalues within a circle of radius s√H (Girko 1984).
        var rnn = LastStepGradient.untrained(new RnnCell(H), weights, text, T, example.seed());
        show(example, chart, "rnn dh", rnn, weights * Math.sqrt(H), "weights·√H");
        // h_t = z ⊙ h_{t-1} + (1-z) ⊙ n: a step back multiplies by the gate, half open before training.
        var gru = LastStepGradient.untrained(new GruCell(H), weights, text, T, example.seed());
        show(example, chart, "gru dh", gru, sigmoid(0), "gate z = σ(0)");
        // c_t = f ⊙ c_{t-1} + i ⊙ g: the same with the forget gate; h_t only reads c_t.
        var lstm = LastStepGradient.untrained(new LstmCell(H, bias), weights, text, T, example.seed());
        show(example, chart, "lstm dh", lstm, sigmoid(bias), "gate f = σ(bias)");
        show(example, chart, "lstm dc", lstm, sigmoid(bias), "gate f = σ(bias)");
        if (!example.value("model").isEmpty()) {
            try (LanguageModel model = LanguageModel.load(Path.of(example.value("model")))) {
                var trained = LastStepGradient.of(model, text, T, example.seed());
                trained.names().forEach(d -> show(example, chart, "trained " + d, trained, Double.NaN, "by its gates"));
            }
        }
        example.draw("gradients.png", chart);
        example.say("after training: add --model out/char-lstm/model.safetensors; on a text of your own: --data FILE");
        example.say("the gate decides; held open: %s --forget-bias 5", Commands.of("vanishing-gradients"));
    }

    /** Draws the norms of a gradient over t, and compares its fall with what is expected. */
    private static void show(
            Example example, Chart chart, String name, LastStepGradient in, double factor, String why) {
        double[] norms = in.norms(name.substring(name.indexOf(' ') + 1));
        int T = norms.length;
        chart.curve(name, IntStream.rangeClosed(1, T).asDoubleStream().toArray(), norms);
        double reached = Math.pow(norms[0] / norms[T - 1], 1.0 / (T - 1));
        String expected = Double.isNaN(factor) ? why : String.format(Locale.ROOT, "%.3f a step back, %s", factor, why);
        String note = reached > 1 ? "; above 1 by what comes back through W_h" : "";
        String fall = String.format(Locale.ROOT, "%.3f a step back, %.0e at t=%d", reached, norms[T - 1], T);
        example.say(ROW, name, expected, String.format(Locale.ROOT, "%s, %.0e at t=1%s", fall, norms[0], note));
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** Runs it; {@code --help} names the flags. */
    public static void main(String... args) {
        PROGRAM.start(args);
    }
}
