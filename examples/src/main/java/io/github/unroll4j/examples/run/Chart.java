// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.run;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Curves in one picture. */
public final class Chart implements Picture {
    private static final BasicStroke DASHED =
            new BasicStroke(1, BasicStroke.CAP_BUTT, BasicStroke.JOIN_BEVEL, 1, new float[] {5, 5}, 0);

    private final XYChart chart;

    /**
     * An empty picture.
     *
     * @param title of the whole
     * @param x what the x axis counts
     * @param y what the y axis measures
     */
    public Chart(String title, String x, String y) {
        System.setProperty("java.awt.headless", "true"); // draws into memory; a server has no screen
        chart = new XYChartBuilder()
                .width(900)
                .height(560)
                .title(title)
                .xAxisTitle(x)
                .yAxisTitle(y)
                .build();
        chart.getStyler()
                .setXAxisMin(0.0)
                .setXAxisTickMarkSpacingHint(110)
                .setChartBackgroundColor(Color.WHITE)
                .setLegendPosition(LegendPosition.InsideNE);
    }

    /** The same with the legend where rising curves leave room. */
    public Chart rising() {
        chart.getStyler().setLegendPosition(LegendPosition.InsideSE);
        return this;
    }

    /** The same with a y axis that begins at 0, for a share or an error. */
    public Chart fromZero() {
        chart.getStyler().setYAxisMin(0.0);
        return this;
    }

    /**
     * Adds a curve.
     *
     * @param name for the legend
     * @param x its points
     * @param y their values; none at all adds nothing
     * @return this picture
     */
    public Chart curve(String name, double[] x, double[] y) {
        if (x.length > 0) {
            chart.addSeries(name, x, y).setMarker(SeriesMarkers.NONE);
        }
        return this;
    }

    /**
     * Adds a level to compare with, as a dashed line.
     *
     * @param name for the legend
     * @param y the level
     * @param length where the line ends
     * @return this picture
     */
    public Chart level(String name, double y, double length) {
        chart.addSeries(name, new double[] {0, length}, new double[] {y, y})
                .setMarker(SeriesMarkers.NONE)
                .setLineColor(Color.GRAY)
                .setLineStyle(DASHED);
        return this;
    }

    @Override
    public void save(Path file) throws IOException {
        Files.write(file, ChartEncoder.getBytes(chart, "png"));
    }
}
