// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.run;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws the losses of a run over its iterations. */
final class LossChart {
    private LossChart() {}

    static void draw(List<MetricsRow> rows, String title, Path file) throws IOException {
        System.setProperty("java.awt.headless", "true"); // draws into memory; a server has no screen
        XYChart chart = new XYChartBuilder()
                .width(900)
                .height(560)
                .title(title)
                .xAxisTitle("iteration")
                .yAxisTitle("loss (nats per token)")
                .build();
        chart.getStyler()
                .setXAxisMin(0.0)
                .setXAxisTickMarkSpacingHint(110)
                .setChartBackgroundColor(Color.WHITE)
                .setLegendPosition(LegendPosition.InsideNE);
        addCurve(chart, "training", rows, MetricsRow::trainLoss);
        addCurve(chart, "validation", rows, MetricsRow::validationLoss);
        Files.write(file, ChartEncoder.getBytes(chart, "png"));
    }

    private static void addCurve(XYChart chart, String name, List<MetricsRow> rows, ToDoubleFunction<MetricsRow> loss) {
        List<MetricsRow> measured = rows.stream()
                .filter(row -> !Double.isNaN(loss.applyAsDouble(row)))
                .toList();
        if (!measured.isEmpty()) {
            double[] x = measured.stream().mapToDouble(MetricsRow::iteration).toArray();
            double[] y = measured.stream().mapToDouble(loss).toArray();
            chart.addSeries(name, x, y).setMarker(SeriesMarkers.NONE);
        }
    }
}
