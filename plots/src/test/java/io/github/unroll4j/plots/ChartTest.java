// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.plots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;

class ChartTest {
    @TempDir
    Path folder;

    /** A line of the metrics of a run. */
    private record Row(double iteration, double training, double validation) {}

    private static Row row(long iteration, double validation) {
        return new Row(iteration, 1 + 3.0 / iteration, validation);
    }

    private static Chart chart(List<Row> rows) {
        return Chart.losses(
                "train-lm on a text",
                rows.stream().mapToDouble(Row::iteration).toArray(),
                rows.stream().mapToDouble(Row::training).toArray(),
                rows.stream().mapToDouble(Row::validation).toArray(),
                50);
    }

    /** Rows of a run with a line every so often, of which the last is measured, and every tenth, or only the last. */
    private static List<Row> run(long every, long last, boolean often) {
        return LongStream.rangeClosed(1, last / every)
                .map(i -> i * every)
                .mapToObj(i -> row(i, i == last || (often && i % (10 * every) == 0) ? 2 : Double.NaN))
                .toList();
    }

    private static XYChart drawing(List<Row> rows) {
        return chart(rows).drawing();
    }

    @Test
    void theTitleSaysWhatIsShown() {
        XYChart chart = drawing(run(1, 30, true));
        assertThat(chart.getTitle()).isEqualTo("train-lm on a text");
        assertThat(chart.getXAxisTitle()).isEqualTo("iteration");
        assertThat(chart.getYAxisTitle()).isEqualTo("loss in nats per token");
    }

    @Test
    void aCurveHasThePointsThatWereMeasuredAndNoOthers() {
        XYChart chart = drawing(run(2, 60, true));
        assertThat(points(chart, "training")).hasSize(30).startsWith("2.0 2.5", "4.0 1.75");
        assertThat(points(chart, "validation")).containsExactly("20.0 2.0", "40.0 2.0", "60.0 2.0");
        assertThat(drawing(List.of(row(1, Double.NaN))).getSeriesCollection())
                .extracting(XYSeries::getName)
                .containsExactly("guessing, ln 50", "training");
        assertThat(drawing(List.of()).getSeriesCollection()).hasSize(1);
    }

    private static List<String> points(XYChart chart, String curve) {
        XYSeries series = chart.getSeries(curve);
        List<String> points = new ArrayList<>();
        for (int i = 0; i < series.getXData().length; i++) {
            if (!Double.isNaN(series.getYData()[i])) { // a gap is no point
                points.add(series.getXData()[i] + " " + series.getYData()[i]);
            }
        }
        return points;
    }

    @Test
    void fewPointsAreMarkedAndManyAreNot() {
        XYChart chart = drawing(run(1, 200, true));
        assertThat(chart.getSeries("training").getMarker()).isSameAs(SeriesMarkers.NONE);
        assertThat(chart.getSeries("validation").getMarker()).isSameAs(SeriesMarkers.CIRCLE);
    }

    /** Two pictures that differ in one point only differ. */
    @Test
    void aSinglePointIsSeen() throws IOException {
        assertThat(picture(2)).isNotEqualTo(picture(3)).isEqualTo(picture(2));
    }

    private byte[] picture(double validation) throws IOException {
        List<Row> rows = new ArrayList<>(run(1, 86, false).subList(0, 85));
        rows.add(row(87, validation));
        Path file = folder.resolve("loss.png");
        chart(rows).save(file);
        return Files.readAllBytes(file);
    }

    @ParameterizedTest
    @CsvSource({"1, 87, false", "1, 261, true", "16, 3200, false", "40, 8000, true", "435, 87000, true"})
    void theNumbersBelowAreRound(long every, long last, boolean often) throws IOException {
        XYChart chart = drawing(run(every, last, often));
        List<Double> below = new ArrayList<>();
        chart.setCustomXAxisTickLabelsFormatter(number -> {
            if (!below.isEmpty() && number <= below.get(below.size() - 1)) {
                below.clear(); // XChart begins anew with a wider step
            }
            below.add(number);
            return String.valueOf(Math.round(number));
        });
        ChartEncoder.getBytes(chart, "png");

        assertThat(below).hasSizeBetween(4, 15);
        double step = below.get(1) - below.get(0);
        assertThat(step / Math.pow(10, Math.floor(Math.log10(step)))).isIn(1.0, 2.0, 5.0);
        for (double number : below) {
            assertThat(number / step).isCloseTo(Math.rint(number / step), within(1e-9));
        }
    }

    /** A run that diverges: without the limit XChart does not come to an end. */
    @ParameterizedTest
    @CsvSource({"1e25", "1e300", "Infinity", "-1e25", "1e-300"})
    void aLossBeyondAllMeasureIsNotDrawn(double loss) {
        assertTimeoutPreemptively(
                Duration.ofSeconds(60),
                () -> chart(List.of(row(1, 2), row(2, loss))).save(folder.resolve("loss.png")));
        assertThat(points(drawing(List.of(row(1, 2), row(2, loss))), "validation"))
                .hasSize(Math.abs(loss) < 1 ? 2 : 1)
                .contains("1.0 2.0");
        assertThat(drawing(List.of(row(1, Double.POSITIVE_INFINITY))).getSeriesCollection())
                .hasSize(2);
    }

    @Test
    void guessingIsALevel() {
        XYSeries level = drawing(run(1, 30, true)).getSeries("guessing, ln 50");
        assertThat(level.getYData()).containsExactly(Math.log(50), Math.log(50));
        assertThat(level.getXData()).containsExactly(0, 30);
    }

    /** One colour and one kind of dashes for one cell, whatever stands beside it. */
    @Test
    void aCellLooksTheSameInAllPictures() {
        double[] x = {1, 2};
        XYChart one = new Chart("", "", "")
                .curve("rnn", x, x)
                .curve("lstm dh", x, x)
                .curve("lstm dc", x, x)
                .drawing();
        XYChart other = new Chart("", "", "")
                .curve("training", x, x)
                .curve("lstm", x, x)
                .curve("rnn", x, x)
                .drawing();
        assertThat(one.getSeries("rnn").getLineColor())
                .isEqualTo(other.getSeries("rnn").getLineColor());
        assertThat(one.getSeries("rnn").getLineStyle())
                .isEqualTo(other.getSeries("rnn").getLineStyle());
        assertThat(one.getSeries("lstm dh").getLineColor())
                .isEqualTo(one.getSeries("lstm dc").getLineColor())
                .isEqualTo(other.getSeries("lstm").getLineColor())
                .isNotEqualTo(one.getSeries("rnn").getLineColor());
        assertThat(one.getSeries("lstm dh").getLineStyle())
                .isNotEqualTo(one.getSeries("lstm dc").getLineStyle());
    }

    @Test
    void aLogarithmLeavesOutWhatIsNotPositive() throws IOException {
        double[] x = {1, 2, 3};
        Chart chart = new Chart("", "", "").logarithmic().curve("lstm", x, new double[] {1e-40, 0, 1});
        assertThat(points(chart.drawing(), "lstm")).containsExactly("1.0 -40.0", "3.0 0.0");
        chart.save(folder.resolve("log.png"));
        assertThat(chart.text()).contains("1.0e-40 |", "* lstm");
    }

    @Test
    void normsOfGradientsHaveTheLevelThatTheyAreClippedTo() {
        double[] x = {10, 20};
        XYChart clipped = Chart.gradientNorms("lstm on a text", x, new double[] {0.01, 100}, 5)
                .drawing();
        assertThat(clipped.getTitle()).isEqualTo("lstm on a text");
        assertThat(clipped.getYAxisTitle()).isEqualTo("norm of the gradient, before clipping");
        assertThat(points(clipped, "gradient")).containsExactly("10.0 -2.0", "20.0 2.0");
        assertThat(points(clipped, "clipped to 5.0").get(0)).isEqualTo("0.0 " + Math.log10(5));
        assertThat(Chart.gradientNorms("", x, x, Double.POSITIVE_INFINITY)
                        .drawing()
                        .getSeriesCollection())
                .hasSize(1);
    }

    /** A reader of 0.1 and 10 need not think of powers; one of 1e-20 has to. */
    @ParameterizedTest
    @CsvSource({
        "-3, 0.001",
        "-1, 0.1",
        "-0.5, 0.32",
        "0, 1",
        "0.5, 3.2",
        "3, 1000",
        "4, 1e+04",
        "-20, 1e-20",
        "-4.5, 3.2e-05"
    })
    void aLogarithmicAxisWritesNumbersAsTheyAreRead(double log10, String expected) {
        var label = new Chart("", "", "").logarithmic().drawing().getStyler().getYAxisTickLabelsFormattingFunction();
        assertThat(label.apply(log10)).isEqualTo(expected);
    }

    @Test
    void theTerminalShowsTheSame() {
        Chart chart = new Chart("a fall", "iteration", "loss")
                .curve("rnn", new double[] {0, 100}, new double[] {4, 2})
                .curve("lstm", new double[] {0, 100}, new double[] {4, 1})
                .level("guessing", 4)
                .fromZero();
        List<String> lines = chart.text().lines().toList();
        assertThat(lines.get(0)).isEqualTo("a fall");
        assertThat(lines.get(2)).startsWith("         4 |o").contains("....");
        assertThat(lines.get(10)).as("half way down").endsWith("*");
        assertThat(lines.get(19)).isEqualTo("         0 |");
        assertThat(lines.get(21)).endsWith("100  iteration");
        assertThat(lines.get(22).strip()).isEqualTo("* rnn   o lstm   . guessing");
        assertThat(new Chart("a", "", "").text()).contains("nothing was measured");
    }
}
