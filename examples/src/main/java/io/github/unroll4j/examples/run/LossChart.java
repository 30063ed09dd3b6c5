// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.run;

import java.util.List;
import java.util.function.ToDoubleFunction;

/** The losses of a run over its iterations. */
final class LossChart {
    private LossChart() {}

    static Chart of(List<MetricsRow> rows, String command) {
        Chart chart = new Chart(command + ": loss in nats per token", "iteration", "nats per token");
        addCurve(chart, "training", rows, MetricsRow::trainLoss);
        addCurve(chart, "validation", rows, MetricsRow::validationLoss);
        return chart;
    }

    private static void addCurve(Chart chart, String name, List<MetricsRow> rows, ToDoubleFunction<MetricsRow> loss) {
        List<MetricsRow> measured = rows.stream()
                .filter(row -> !Double.isNaN(loss.applyAsDouble(row)))
                .toList();
        chart.curve(
                name,
                measured.stream().mapToDouble(MetricsRow::iteration).toArray(),
                measured.stream().mapToDouble(loss).toArray());
    }
}
