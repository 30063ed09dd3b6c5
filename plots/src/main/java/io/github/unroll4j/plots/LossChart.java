// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.plots;

import java.util.stream.IntStream;

/**
 * The losses of a run over its iterations.
 *
 * @since 0.1.0
 */
public final class LossChart {
    private LossChart() {}

    /**
     * Two curves, of the loss in training and on what is held out.
     *
     * @param name of the run
     * @param iterations when the losses were measured
     * @param training nats per token at each of these iterations; the curve passes over NaN, which is not measured
     * @param validation the same on what is held out
     * @return the picture; without a curve for what was never measured
     */
    public static Chart of(String name, double[] iterations, double[] training, double[] validation) {
        Chart chart = new Chart(name + ": loss in nats per token", "iteration", "nats per token");
        addCurve(chart, "training", iterations, training);
        addCurve(chart, "validation", iterations, validation);
        return chart;
    }

    private static void addCurve(Chart chart, String name, double[] iterations, double... losses) {
        int[] measured = IntStream.range(0, losses.length)
                .filter(i -> !Double.isNaN(losses[i]))
                .toArray();
        chart.curve(
                name,
                IntStream.of(measured).mapToDouble(i -> iterations[i]).toArray(),
                IntStream.of(measured).mapToDouble(i -> losses[i]).toArray());
    }
}
