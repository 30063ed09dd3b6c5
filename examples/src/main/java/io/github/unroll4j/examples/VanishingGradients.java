// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.cli.flags.GradientFlags;
import io.github.unroll4j.cli.flags.Presets;
import io.github.unroll4j.cli.run.TaskRun;
import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.cell.Trace;
import io.github.unroll4j.models.gru.GruCell;
import io.github.unroll4j.models.lstm.LstmCell;
import io.github.unroll4j.models.rnn.RnnCell;
import io.github.unroll4j.models.sequence.HoistedLayer;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.plots.Chart;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** How much of the gradient of a loss at the last step reaches the states of the steps before it. */
@Command(
        name = "vanishing-gradients",
        description = "Draws the norm of dL/dh_t over t for RNN, LSTM and GRU: who still learns from the past?")
public final class VanishingGradients implements Callable<Integer>, Presets {
    /** Rows, to average over. */
    private static final int BATCH = 16;
    /** Different tokens to read. */
    private static final int TOKENS = 33;

    @Mixin
    private GradientFlags flags;

    @Override
    public Map<String, List<String>> presets() {
        return Map.of("small", List.of("--steps=50", "--hidden=100"), "tiny", List.of("--steps=25", "--hidden=40"));
    }

    @Override
    public Integer call() {
        Chart chart =
                new Chart("norm ‖dL/dh_t‖ over t, L being a loss at the last step", "t", "log10 of the norm").rising();
        try (TaskRun run = new TaskRun(flags, chart)) {
            int H = flags.hidden();
            run.fact(
                    "networks",
                    "untrained, as the notebooks start them: weights " + flags.weights()
                            + "·N(0, 1), biases 0, forget bias " + flags.forgetBias());
            Trace rnn = trace(run, new RnnCell(H));
            Trace gru = trace(run, new GruCell(H));
            Trace lstm = trace(run, new LstmCell(H, flags.forgetBias()));

            // h_t = tanh(… + h_{t-1} W_h): a step back multiplies by W_h, and by tanh' ≈ 1 while the states are small.
            // A matrix of
            // independent numbers of deviation s has its eigenvalues within a circle of radius s√H (Girko 1984).
            show(run, "rnn dh", rnn.get("dh"), flags.weights() * Math.sqrt(H), "weights·√H");
            // h_t = z ⊙ h_{t-1} + (1-z) ⊙ n: a step back multiplies by the gate, which stands half open before
            // training.
            show(run, "gru dh", gru.get("dh"), sigmoid(0), "gate z = σ(0)");
            // c_t = f ⊙ c_{t-1} + i ⊙ g: the same with the forget gate. h_t only reads c_t, so its gradient is a share
            // of that of c_t.
            show(run, "lstm dh", lstm.get("dh"), sigmoid(flags.forgetBias()), "gate f = σ(bias)");
            show(run, "lstm dc", lstm.get("dc"), sigmoid(flags.forgetBias()), "gate f = σ(bias)");
            return run.finish("gradients.png");
        }
    }

    /** Runs forward and backward over random tokens, the loss being a random direction of the last h. */
    private Trace trace(TaskRun run, Cell cell) {
        Rng rng = Rng.seeded(flags.seed());
        int T = flags.steps();
        Parameters.Builder p = Parameters.builder();
        try (HoistedLayer layer = new HoistedLayer(cell, TOKENS, p)) {
            Parameters parameters = p.build(Dtype.DOUBLE, rng); // because a float ends at 1e-45
            for (Parameter matrix :
                    List.of(layer.weights().W_x(), layer.weights().W_h())) {
                Init.normal(flags.weights()).fill(parameters.values(), matrix.offset(), matrix.shape(), rng);
            }
            parameters.changed();
            run.fact(cell.layout().name(), parameters);

            int[] ids =
                    IntStream.range(0, T * BATCH).map(i -> rng.nextInt(TOKENS)).toArray();
            Trace trace = Trace.on();
            State zero = layer.zeroState(BATCH);
            Run forward = layer.forward(
                    Sequence.ids(ids, T, BATCH), zero, Pass.full(T, BATCH).with(trace));
            State dLast = zero.zerosLike();
            for (int k = 0; k < BATCH * cell.layout().hidden(); k++) {
                dLast.h().data().set(k, rng.nextGaussian() / Math.sqrt(BATCH * cell.layout().hidden()));
            }
            layer.backward(forward, Sequence.of(Tensor.zeros(Dtype.DOUBLE, T, BATCH, cell.layout().hidden())), dLast);
            return trace;
        }
    }

    /** Draws the norms of a gradient [T,B,H] over t, and compares its fall with what is expected. */
    private void show(TaskRun run, String name, Tensor gradient, double factor, String why) {
        int size = BATCH * flags.hidden();
        // Without t = T, where h has the gradient of the loss itself.
        double[] norms = IntStream.range(0, flags.steps() - 1)
                .mapToDouble(t -> Math.sqrt(gradient.data().sumOfSquares(t * size, size)))
                .toArray();
        double[] steps = IntStream.rangeClosed(1, norms.length).asDoubleStream().toArray();
        run.chart().curve(name, steps, Arrays.stream(norms).map(Math::log10).toArray());
        double last = norms[norms.length - 1];
        double reached = Math.pow(norms[0] / last, 1.0 / (norms.length - 1));
        String fall = String.format(Locale.ROOT, "%.0e at t=%d, %.0e at t=1", last, norms.length, norms[0]);
        run.compare(
                name,
                String.format(Locale.ROOT, "%.3f a step back, %s", factor, why),
                String.format(
                        Locale.ROOT,
                        "%.3f a step back, %s%s",
                        reached,
                        fall,
                        reached > 1 ? "; above 1 by what comes back through W_h" : ""));
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /**
     * Runs this example.
     *
     * @param args its flags
     */
    public static void main(String... args) {
        Examples.main("vanishing-gradients", args);
    }
}
