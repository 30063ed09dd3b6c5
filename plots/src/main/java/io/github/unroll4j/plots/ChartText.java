// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.plots;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** A {@link Chart} in letters: a mark of its own for each curve, and dots for levels. */
record ChartText(
        String title,
        String x,
        String y,
        List<Chart.Curve> curves,
        List<Chart.Level> levels,
        boolean fromZero,
        boolean logarithmic) {
    private static final int WIDTH = 72;
    private static final int HEIGHT = 18;
    private static final String MARKS = "*o+x#@%&";

    String text() {
        List<double[]> points = curves.stream()
                .flatMap(curve ->
                        IntStream.range(0, curve.x().length).mapToObj(i -> new double[] {curve.x()[i], curve.y()[i]}))
                .filter(point -> !logarithmic || point[1] > 0)
                .toList();
        if (points.isEmpty()) {
            return title + System.lineSeparator() + "nothing was measured";
        }
        DoubleStream values = DoubleStream.concat(
                points.stream().mapToDouble(point -> point[1]), levels.stream().mapToDouble(Chart.Level::y));
        double[] sorted = values.sorted().toArray();
        double low = fromZero && !logarithmic ? 0 : sorted[0];
        double high = sorted[sorted.length - 1];
        double end = points.stream().mapToDouble(point -> point[0]).max().orElse(1);
        char[][] grid = new char[HEIGHT][WIDTH];
        Arrays.stream(grid).forEach(row -> Arrays.fill(row, ' '));
        for (Chart.Level level : levels) {
            Arrays.fill(grid[row(level.y(), low, high)], '.');
        }
        for (int k = 0; k < curves.size(); k++) {
            draw(grid, curves.get(k), MARKS.charAt(k % MARKS.length()), low, high, end);
        }
        List<String> lines = new ArrayList<>(List.of(title, y));
        for (int r = 0; r < HEIGHT; r++) {
            String number = r == 0 ? number(high) : r == HEIGHT - 1 ? number(low) : "";
            lines.add(String.format(
                    Locale.ROOT, "%10s |%s", number, String.valueOf(grid[r]).stripTrailing()));
        }
        lines.add(" ".repeat(11) + "+" + "-".repeat(WIDTH));
        String last = number(end);
        lines.add(" ".repeat(12) + "0" + " ".repeat(WIDTH - 1 - last.length()) + last + "  " + x);
        lines.add(" ".repeat(12) + legend());
        return String.join(System.lineSeparator(), lines);
    }

    private String legend() {
        String drawn = IntStream.range(0, curves.size())
                .mapToObj(k ->
                        MARKS.charAt(k % MARKS.length()) + " " + curves.get(k).name())
                .collect(Collectors.joining("   "));
        return drawn + levels.stream().map(level -> "   . " + level.name()).collect(Collectors.joining());
    }

    /** A mark in each column between two points, so that a curve of few points is a line too. */
    private void draw(char[][] grid, Chart.Curve curve, char mark, double low, double high, double end) {
        for (int i = 0; i < curve.x().length; i++) {
            int to = column(curve.x()[i], end);
            int from = i == 0 ? to : column(curve.x()[i - 1], end);
            for (int c = from; c <= to; c++) {
                double share = to == from ? 1 : (double) (c - from) / (to - from);
                double value =
                        i == 0 ? curve.y()[0] : scale(curve.y()[i - 1]) * (1 - share) + scale(curve.y()[i]) * share;
                value = i == 0 ? scale(value) : value;
                if (Double.isFinite(value)) {
                    grid[place(value, scale(low), scale(high))][c] = mark;
                }
            }
        }
    }

    private static int column(double at, double end) {
        return (int) Math.round(at / Math.max(end, Double.MIN_NORMAL) * (WIDTH - 1));
    }

    private int row(double value, double low, double high) {
        return place(scale(value), scale(low), scale(high));
    }

    private static int place(double value, double low, double high) {
        double share = high > low ? (value - low) / (high - low) : 0;
        return (int) Math.round((1 - Math.max(0, Math.min(1, share))) * (HEIGHT - 1));
    }

    private double scale(double value) {
        return logarithmic ? Math.log10(value) : value;
    }

    private static String number(double value) {
        boolean whole = value == Math.rint(value) && Math.abs(value) < 1e7;
        String format = whole ? "%.0f" : Math.abs(value) >= 0.001 && Math.abs(value) < 1e6 ? "%.4f" : "%.1e";
        return String.format(Locale.ROOT, format, value);
    }
}
