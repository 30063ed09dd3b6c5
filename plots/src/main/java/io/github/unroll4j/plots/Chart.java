// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.plots;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Curves in one picture. A curve whose name begins with that of a cell, {@code rnn}, {@code lstm} or {@code gru}, has
 * the same colour and the same dashes in all pictures; a second one of the same cell has its colour and dots.
 *
 * @since 0.1.0
 */
public final class Chart implements Picture {
    private static final int WIDTH = 900;

    /** So many points have room for a mark each; more would run into each other. */
    private static final int FEW = 25;

    /** The losses of a run that diverges reach 1e30, for which XChart looks for ticks without end. */
    private static final double LARGEST = 1e6;

    /** Powers of ten that are written out on a logarithmic axis: from 0.001 to 1000. */
    private static final double READABLE = 3.5;

    private final String title;
    private final String x;
    private final String y;
    private final List<Curve> curves = new ArrayList<>();
    private final List<Level> levels = new ArrayList<>();
    private boolean fromZero;
    private boolean logarithmic;

    /** Points with something to draw. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier of fresh arrays, never compared
    record Curve(String name, double[] x, double[] y, Style style) {
        @Override
        public String toString() {
            return name + " " + Arrays.toString(x) + " " + Arrays.toString(y);
        }
    }

    /** A value to compare with. */
    record Level(String name, double y) {}

    /** A colour that differs from the others to those who see fewer colours too, and dashes that differ in grey. */
    @SuppressWarnings("ArrayRecordComponent") // the dashes are constants
    private record Style(String cell, int color, float... dashes) {}

    private static final List<Style> CELLS = List.of(
            new Style("rnn", 0xD55E00, 8, 4), new Style("lstm", 0x0072B2), new Style("gru", 0x009E73, 10, 3, 2, 3));
    private static final List<Style> OTHERS = List.of(
            new Style("", 0x333333),
            new Style("", 0xCC79A7, 8, 4),
            new Style("", 0xE69F00, 2, 3),
            new Style("", 0x56B4E9));
    private static final float[] DOTS = {2, 3};

    /**
     * An empty picture.
     *
     * @param title of the whole: which model, on what
     * @param x what the x axis counts
     * @param y what the y axis measures
     */
    public Chart(String title, String x, String y) {
        this.title = Objects.requireNonNull(title, "title");
        this.x = Objects.requireNonNull(x, "x");
        this.y = Objects.requireNonNull(y, "y");
    }

    /**
     * The losses of a run over its iterations, and the level of who guesses all tokens alike.
     *
     * @param title of the whole: which model, on what
     * @param iterations when the losses were measured
     * @param training nats per token at each of these iterations, NaN where it was not measured
     * @param validation the same on what is held out
     * @param tokens size of the vocabulary V; the level is ln V
     * @return the picture; without a curve for what was never measured
     */
    public static Chart losses(String title, double[] iterations, double[] training, double[] validation, int tokens) {
        Objects.requireNonNull(iterations, "iterations");
        Objects.requireNonNull(training, "training");
        Objects.requireNonNull(validation, "validation");
        return new Chart(title, "iteration", "loss in nats per token")
                .curve("training", iterations, training)
                .curve("validation", iterations, validation)
                .level(String.format(Locale.ROOT, "guessing, ln %d", tokens), Math.log(tokens));
    }

    /**
     * The norms of the gradients of a run over its iterations, each of one batch, before clipping.
     *
     * @param title of the whole: which model, on what
     * @param iterations when the norms were measured
     * @param norms Euclidean norms of all gradients together, at each of these iterations
     * @param limit the norm that larger ones are scaled down to, a level; infinite for none
     * @return the picture, its y axis logarithmic
     */
    public static Chart gradientNorms(String title, double[] iterations, double[] norms, double limit) {
        Objects.requireNonNull(iterations, "iterations");
        Objects.requireNonNull(norms, "norms");
        Chart chart = new Chart(title, "iteration", "norm of the gradient, before clipping").logarithmic();
        chart.curve("gradient", iterations, norms);
        return Double.isInfinite(limit) ? chart : chart.level("clipped to " + limit, limit);
    }

    /** {@return this, with a y axis that begins at 0: for what cannot be negative and whose size matters} */
    public Chart fromZero() {
        fromZero = true;
        return this;
    }

    /** {@return this, with a logarithmic y axis, for what falls by factors; what is not positive is left out} */
    public Chart logarithmic() {
        logarithmic = true;
        return this;
    }

    /**
     * Adds a curve. Few points are marked, so that a single one is seen too.
     *
     * @param name for the legend
     * @param x its points
     * @param y their values; those that are no number, or larger than a million, are left out; a curve of none is not
     *     drawn
     * @return this picture
     */
    public Chart curve(String name, double[] x, double[] y) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(x, "x");
        Objects.requireNonNull(y, "y");
        int[] drawn = IntStream.range(0, y.length)
                .filter(i -> Math.abs(y[i]) <= LARGEST)
                .toArray();
        if (drawn.length > 0) {
            double[] at = IntStream.of(drawn).mapToDouble(i -> x[i]).toArray();
            double[] values = IntStream.of(drawn).mapToDouble(i -> y[i]).toArray();
            curves.add(new Curve(name, at, values, style(name)));
        }
        return this;
    }

    private Style style(String name) {
        String cell = name.split("[ .,]", 2)[0];
        for (Style style : CELLS) {
            if (style.cell.equals(cell)) {
                boolean second = curves.stream().anyMatch(curve -> curve.style.cell.equals(cell));
                return second ? new Style(cell, style.color, DOTS) : style;
            }
        }
        long others =
                curves.stream().filter(curve -> curve.style.cell.isEmpty()).count();
        return OTHERS.get((int) (others % OTHERS.size()));
    }

    /**
     * Adds a level to compare with, as a thin line.
     *
     * @param name for the legend
     * @param y the level
     * @return this picture
     */
    public Chart level(String name, double y) {
        Objects.requireNonNull(name, "name");
        levels.add(new Level(name, y));
        return this;
    }

    private double end() {
        return curves.stream()
                .mapToDouble(curve -> curve.x[curve.x.length - 1])
                .max()
                .orElse(1);
    }

    /** What is drawn. */
    XYChart drawing() {
        System.setProperty("java.awt.headless", "true"); // draws into memory; a server has no screen
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(500)
                .title("")
                .xAxisTitle(x)
                .yAxisTitle(y)
                .build();
        var metrics = HeatmapDrawing.metrics(chart.getStyler().getChartTitleFont());
        chart.setTitle(Labels.shortened(title, metrics, WIDTH - 40));
        chart.getStyler().setLocale(Locale.ROOT); // of its numbers
        chart.getStyler()
                .setXAxisMin(0.0)
                .setXAxisTickMarkSpacingHint(110)
                .setXAxisDecimalPattern("0") // what is counted is whole
                .setYAxisDecimalPattern("0.######") // 0.2, not .2
                .setYAxisTickMarkSpacingHint(60)
                .setMarkerSize(6)
                .setChartBackgroundColor(Color.WHITE)
                .setLegendBorderColor(Color.WHITE)
                .setLegendSeriesLineLength(36)
                .setLegendPosition(LegendPosition.OutsideE);
        chart.getStyler().setPlotGridLinesColor(new Color(0xE4E4E4));
        chart.getStyler().setPlotBorderVisible(false);
        if (logarithmic) { // of logarithms, since XChart's own axis of them writes its numbers over each other
            chart.getStyler().setYAxisTickLabelsFormattingFunction(Chart::power);
        } else if (fromZero) {
            chart.getStyler().setYAxisMin(0.0);
        }
        for (Level level : levels) {
            chart.addSeries(level.name, new double[] {0, end()}, new double[] {height(level.y), height(level.y)})
                    .setMarker(SeriesMarkers.NONE)
                    .setLineColor(Color.GRAY)
                    .setLineStyle(stroke(1, 1, 3));
        }
        for (Curve curve : curves) {
            double[] values = Arrays.stream(curve.y).map(this::height).toArray();
            Color color = new Color(curve.style.color);
            var series = chart.addSeries(curve.name, gapAfter(curve.x), gapAfter(values));
            series.setMarker(curve.x.length <= FEW ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE)
                    .setMarkerColor(color);
            series.setLineColor(color).setLineStyle(stroke(2, curve.style.dashes));
        }
        return chart;
    }

    private double height(double value) {
        return !logarithmic ? value : value > 0 ? Math.log10(value) : Double.NaN;
    }

    private static String power(double log10) {
        boolean whole = Math.abs(log10 - Math.rint(log10)) < 1e-9;
        double value = Math.pow(10, log10);
        if (Math.abs(log10) < READABLE) {
            int decimals = (int) Math.max(0, (whole ? 0 : 1) - Math.floor(log10 + 1e-9));
            return String.format(Locale.ROOT, "%." + decimals + "f", value);
        }
        return String.format(Locale.ROOT, whole ? "%.0e" : "%.1e", value);
    }

    private static BasicStroke stroke(float width, float... dashes) {
        return dashes.length == 0
                ? new BasicStroke(width)
                : new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_BEVEL, 1, dashes, 0);
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

    @Override
    public void save(Path file) throws IOException {
        PngFile.write(file, ChartEncoder.getBytes(drawing(), "png"));
    }

    @Override
    public String text() {
        return new ChartText(title, x, y, curves, levels, fromZero, logarithmic).text();
    }
}
