// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.plots;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Curves in one picture.
 *
 * @since 0.1.0
 */
public final class Chart implements Picture {
    /** So many points have room for a mark each; more would run into each other. */
    private static final int FEW = 20;

    /** The losses of a run that diverges reach 1e30, for which XChart looks for ticks without end. */
    private static final double LARGEST = 1e6;

    private final String title;
    private final String x;
    private final String y;
    /** What is drawn, in order; done by {@link #save}, because what draws may not be there. */
    private final List<Consumer<XYChart>> parts = new ArrayList<>();

    /**
     * An empty picture.
     *
     * @param title of the whole
     * @param x what the x axis counts
     * @param y what the y axis measures
     */
    public Chart(String title, String x, String y) {
        this.title = title;
        this.x = x;
        this.y = y;
    }

    /** {@return the same with the legend where rising curves leave room} */
    public Chart rising() {
        parts.add(chart -> chart.getStyler().setLegendPosition(LegendPosition.InsideSE));
        return this;
    }

    /** {@return the same with a y axis that begins at 0, for a share or an error} */
    public Chart fromZero() {
        parts.add(chart -> chart.getStyler().setYAxisMin(0.0));
        return this;
    }

    /**
     * Adds a curve. Few points are marked, so that a single one is seen too.
     *
     * @param name for the legend
     * @param x its points
     * @param y their values; one that is no number, or larger than a million, leaves a gap, none to draw adds nothing
     * @return this picture
     */
    public Chart curve(String name, double[] x, double[] y) {
        double[] shown = Arrays.stream(y)
                .map(value -> Math.abs(value) <= LARGEST ? value : Double.NaN)
                .toArray();
        if (Arrays.stream(shown).anyMatch(value -> !Double.isNaN(value))) {
            double[] at = gapAfter(x);
            parts.add(chart -> chart.addSeries(name, at, gapAfter(shown))
                    .setMarker(at.length - 1 <= FEW ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE));
        }
        return this;
    }

    /**
     * Where points are equally spaced XChart writes the numbers of some of them below, 9, 18, 27; a gap makes it take
     * round ones.
     */
    private static double[] gapAfter(double... points) {
        double[] longer = Arrays.copyOf(points, points.length + 1);
        longer[points.length] = Double.NaN;
        return longer;
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
        parts.add(chart -> chart.addSeries(name, new double[] {0, length}, new double[] {y, y})
                .setMarker(SeriesMarkers.NONE)
                .setLineColor(Color.GRAY)
                .setLineStyle(
                        new BasicStroke(1, BasicStroke.CAP_BUTT, BasicStroke.JOIN_BEVEL, 1, new float[] {5, 5}, 0)));
        return this;
    }

    /** What is drawn. */
    XYChart drawing() {
        System.setProperty("java.awt.headless", "true"); // draws into memory; a server has no screen
        XYChart chart = new XYChartBuilder()
                .width(900)
                .height(560)
                .title(title)
                .xAxisTitle(x)
                .yAxisTitle(y)
                .build();
        chart.getStyler().setLocale(Locale.ROOT); // of its numbers
        chart.getStyler()
                .setXAxisMin(0.0)
                .setXAxisTickMarkSpacingHint(110)
                .setXAxisDecimalPattern("0") // what is counted is whole
                .setYAxisDecimalPattern("0.######") // 0.2, not .2
                .setMarkerSize(6)
                .setChartBackgroundColor(Color.WHITE)
                .setLegendPosition(LegendPosition.InsideNE);
        parts.forEach(part -> part.accept(chart));
        return chart;
    }

    @Override
    public void save(Path file) throws IOException {
        Files.write(file, ChartEncoder.getBytes(drawing(), "png"));
    }
}
