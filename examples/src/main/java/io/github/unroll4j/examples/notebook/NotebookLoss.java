// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.notebook;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.checkpoint.CheckpointException;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelObjective;
import io.github.unroll4j.models.train.Objective;
import io.github.unroll4j.models.train.TrainListener;
import io.github.unroll4j.models.train.TrainStep;
import io.github.unroll4j.models.train.Trainer;
import io.github.unroll4j.models.train.TrainerConfig;
import io.github.unroll4j.optim.Adam;
import io.github.unroll4j.optim.GradientClip;
import io.github.unroll4j.optim.Loss;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.Schedule;
import io.github.unroll4j.plots.Chart;
import io.github.unroll4j.text.Windows;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * What a notebook trains on, and how: an objective that also keeps the one figure that its notebook prints, and saves
 * it, so that a run that goes on prints what an uninterrupted one would have printed. The notebooks' own loss is
 * -ln(p + 1e-8); this one is -ln p, which the gradient belongs to.
 */
public final class NotebookLoss implements Objective {
    private static final String VALUE = "notebook.loss";
    private static final String CURVE = "notebook.curve";
    private static final int STEPS = 25; // tokens of a window
    private static final double RATE = 1e-3; // of Adam, with 0.9, 0.999 and 1e-8
    private static final double CLIP = 5; // no element of the gradient is larger

    private final Objective inner;
    private final Average average;
    private final String format;
    private final long first; // the iteration of the first line: smoothed losses are printed from the start
    private final double guessing;
    private final List<double[]> points = new ArrayList<>(); // iteration and figure, as they are reported
    private long iterations;
    private double value;

    /** How a loss enters the figure. */
    @FunctionalInterface
    private interface Average {
        double after(double before, double loss, long iteration);
    }

    private NotebookLoss(Objective inner, String format, long first, double start, Average average) {
        this.inner = inner;
        this.format = format;
        this.average = average;
        this.first = first;
        guessing = start;
        value = start;
    }

    /**
     * The loss of a text, summed over a window of {@value #STEPS} tokens. The figure is 0.999 of what it was and 0.001
     * of the loss, beginning at that of guessing.
     *
     * @param model guesses the next token
     * @param text what it reads, window after window
     * @return the objective
     */
    public static NotebookLoss smoothed(LanguageModel model, String text) {
        Windows windows = Windows.notebook(model.vocabulary().encode(text), STEPS);
        var inner = new LanguageModelObjective(model, windows, Reduction.SUM);
        double start = STEPS * Math.log(model.vocabulary().size());
        String format = "iteration %1$5d  smoothed loss %3$.4f";
        return new NotebookLoss(inner, format, 1, start, (before, loss, iteration) -> 0.999 * before + 0.001 * loss);
    }

    /**
     * The mean of the losses since the last multiple of a number.
     *
     * @param inner sums the losses of a pair
     * @param each the number
     * @return the objective
     */
    public static NotebookLoss mean(Objective inner, long each) {
        String format = "%2$5d iterations  mean loss %3$.4f";
        return new NotebookLoss(inner, format, 0, 0, (before, loss, i) -> before + (loss - before) / (i % each + 1));
    }

    /**
     * The way in which all notebooks train: Adam with a rate of {@value #RATE}, after each element of the gradient has
     * been clipped to [-{@value #CLIP}, {@value #CLIP}].
     *
     * @param iterations in all
     * @return the trainer
     */
    public Trainer trainer(long iterations) {
        this.iterations = iterations;
        TrainerConfig how = new TrainerConfig(new Adam(parameters()), Schedule.constant(RATE), iterations);
        return new Trainer(this, how.with(GradientClip.byValue(CLIP)));
    }

    /**
     * A listener that reports after the first iteration and every so often after it, as the notebooks count.
     *
     * @param every iterations from one report to the next
     * @param report makes one
     * @return the listener
     */
    public static TrainListener each(long every, Consumer<TrainStep> report) {
        return TrainListener.every(1, step -> {
            if ((step.iteration() - 1) % every == 0) {
                report.accept(step);
            }
        });
    }

    /**
     * A listener that reports when the notebook prints a figure, and at the end.
     *
     * @param every iterations from one report to the next; a run that is shorter reports five times
     * @param report makes one
     * @return the listener
     */
    public TrainListener lines(long every, Consumer<TrainStep> report) {
        long apart = every < iterations ? every : Math.max(1, iterations / 5);
        return TrainListener.every(1, step -> {
            if ((step.iteration() - first) % apart == 0 || step.iteration() == iterations) {
                points.add(new double[] {step.iteration(), value});
                report.accept(step);
            }
        });
    }

    /**
     * The figure over the iterations, as it was reported, in this run and in those that it went on with.
     *
     * @param cell what was trained, which has a colour of its own
     * @param title of the picture
     * @return a picture with a logarithmic axis, since the end could not be read on another
     */
    public Chart curve(String cell, String title) {
        String loss = first == 0 ? "mean of 500 summed losses, in nats" : "smoothed loss of a window of 25, in nats";
        Chart chart = new Chart(title, "iteration", loss).logarithmic().curve(cell, column(0), column(1));
        return guessing > 0 ? chart.level("guessing, 25 ln V", guessing) : chart;
    }

    private double[] column(int column) {
        return points.stream().mapToDouble(point -> point[column]).toArray();
    }

    /**
     * What the notebook prints.
     *
     * @param step the latest iteration
     * @return for the smoothed loss the number of the iteration, counted from 0, for the mean how many are done; and
     *     the figure
     */
    public String line(TrainStep step) {
        return String.format(Locale.ROOT, format, step.iteration() - 1, step.iteration(), value);
    }

    @Override
    public Parameters parameters() {
        return inner.parameters();
    }

    @Override
    public Loss gradients(long iteration) {
        Loss loss = inner.gradients(iteration);
        value = average.after(value, loss.value(), iteration);
        return loss;
    }

    @Override
    public double epochs(long iteration) {
        return inner.epochs(iteration);
    }

    @Override
    public void writeTo(Checkpoint.Builder checkpoint) {
        inner.writeTo(checkpoint);
        checkpoint.metadata(VALUE, Double.toString(value));
        checkpoint.metadata(
                CURVE, points.stream().map(point -> point[0] + " " + point[1]).collect(Collectors.joining(" ")));
    }

    @Override
    public void restore(Checkpoint checkpoint) {
        double saved = number(checkpoint, VALUE, checkpoint.metadata(VALUE));
        String[] numbers = checkpoint.metadata().getOrDefault(CURVE, "").split(" ", -1);
        List<double[]> curve = new ArrayList<>();
        for (int i = 0; i + 1 < numbers.length; i += 2) {
            curve.add(new double[] {number(checkpoint, CURVE, numbers[i]), number(checkpoint, CURVE, numbers[i + 1])});
        }
        inner.restore(checkpoint);
        value = saved;
        points.clear();
        points.addAll(curve);
    }

    private static double number(Checkpoint checkpoint, String key, String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new CheckpointException(
                    checkpoint.source() + ": " + key + " holds what is no number; likely cause: the file was edited.",
                    e);
        }
    }
}
