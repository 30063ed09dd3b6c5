// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.task;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.models.train.Objective;
import io.github.unroll4j.models.train.Outcome;
import io.github.unroll4j.models.train.TrainListener;
import io.github.unroll4j.models.train.Trainer;
import io.github.unroll4j.models.train.TrainerConfig;
import io.github.unroll4j.models.train.Validation;
import io.github.unroll4j.optim.Adam;
import io.github.unroll4j.optim.GradientClip;
import io.github.unroll4j.optim.Loss;
import io.github.unroll4j.optim.Schedule;
import io.github.unroll4j.plots.Chart;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;

/**
 * Networks on one problem, trained in one way, measured in validation and compared: in a chart as they learn, in
 * a table with what was expected.
 *
 * <p>The way is Adam, a rate that falls to 0 along half a cosine, and gradients of a norm of at most 1.
 */
public final class Contest {
    private static final double CLIP = 1;
    private static final int MEASUREMENTS = 20;

    private final Chart chart;
    private final double rate;
    private final long iterations;
    private final List<String> table = new ArrayList<>();
    private final Map<String, Double> means = new LinkedHashMap<>();
    private double spread;

    /**
     * A contest without networks yet.
     *
     * @param chart gets a curve for each
     * @param rate at the start
     * @param iterations of each
     */
    public Contest(Chart chart, double rate, long iterations) {
        this.chart = chart;
        this.rate = rate;
        this.iterations = iterations;
        table.add(row("", "expected", "reached"));
    }

    /**
     * What trains a network, and draws its curve when it is done.
     *
     * @param name of the network
     * @param objective trains it
     * @param error measures it
     * @return the trainer
     */
    public Trainer trainer(String name, Objective objective, DoubleSupplier error) {
        Measured measured = new Measured(objective, error);
        TrainerConfig config = new TrainerConfig(
                        new Adam(objective.parameters()), Schedule.cosine(rate, 0, iterations), iterations)
                .with(GradientClip.byGlobalNorm(CLIP))
                .with(new Validation(Math.max(1, iterations / MEASUREMENTS), measured::measure));
        return new Trainer(measured, config).listen(new TrainListener() {
            @Override
            public void onEnd(Outcome outcome) {
                chart.curve(name, measured.column(0), measured.column(1));
            }
        });
    }

    /** An objective and what was measured so far, saved with it so that a run that goes on draws all of it. */
    private static final class Measured implements Objective {
        private static final String POINTS = "contest.measured";

        private final Objective inner;
        private final DoubleSupplier error;
        private final List<double[]> points = new ArrayList<>();
        private long done;

        Measured(Objective inner, DoubleSupplier error) {
            this.inner = inner;
            this.error = error;
        }

        double measure() {
            double measured = error.getAsDouble();
            points.add(new double[] {done, measured});
            return measured;
        }

        double[] column(int column) {
            return points.stream().mapToDouble(point -> point[column]).toArray();
        }

        @Override
        public Parameters parameters() {
            return inner.parameters();
        }

        @Override
        public Loss gradients(long iteration) {
            done = iteration + 1;
            return inner.gradients(iteration);
        }

        @Override
        public double epochs(long iteration) {
            return inner.epochs(iteration);
        }

        @Override
        public void writeTo(Checkpoint.Builder checkpoint) {
            inner.writeTo(checkpoint);
            checkpoint.metadata(
                    POINTS,
                    points.stream().map(point -> point[0] + " " + point[1]).collect(Collectors.joining(" ")));
        }

        @Override
        public void restore(Checkpoint checkpoint) {
            inner.restore(checkpoint);
            String[] numbers = checkpoint.metadata(POINTS).split(" ", -1);
            for (int i = 0; i + 1 < numbers.length; i += 2) {
                points.add(new double[] {Double.parseDouble(numbers[i]), Double.parseDouble(numbers[i + 1])});
            }
        }
    }

    /**
     * Adds a row to the table.
     *
     * @param name of what was measured
     * @param expected what it should reach
     * @param format of what it has reached
     * @param reached the figures
     */
    public void compare(String name, String expected, String format, Object... reached) {
        table.add(row(name, expected, String.format(Locale.ROOT, format, reached)));
    }

    /**
     * Adds a row of what one network has reached with several seeds, each at its best.
     *
     * @param name of the network
     * @param expected what it should reach
     * @param reached a figure for each seed, the smaller the better
     */
    public void compare(String name, String expected, double... reached) {
        String each = Arrays.stream(reached)
                .mapToObj(one -> String.format(Locale.ROOT, "%.3f", one))
                .collect(Collectors.joining(", "));
        double mean = Arrays.stream(reached).average().orElseThrow();
        compare(name, expected, "%.3f, the mean of %s", mean, each);
        means.put(name, mean);
        double[] sorted = Arrays.stream(reached).sorted().toArray();
        spread = Math.max(spread, sorted[sorted.length - 1] - sorted[0]);
    }

    /**
     * What the means say.
     *
     * @param unit of the figures
     * @return a sentence
     */
    public String order(String unit) {
        String order = means.entrySet().stream()
                .sorted(Map.Entry.comparingByValue())
                .map(one -> String.format(Locale.ROOT, "%s %.3f", one.getKey(), one.getValue()))
                .collect(Collectors.joining(", "));
        return String.format(
                Locale.ROOT,
                "Best first: %s %s. Seeds alone make a difference of up to %.3f: a smaller one between cells says nothing.",
                order,
                unit,
                spread);
    }

    /** The rows so far, below a line of headings. */
    public String table() {
        return String.join(System.lineSeparator(), table);
    }

    private static String row(String name, String expected, String reached) {
        return String.format(Locale.ROOT, "%-11s %-36s %s", name, expected, reached);
    }
}
