// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import io.github.unroll4j.models.train.Outcome;
import io.github.unroll4j.models.train.TrainListener;
import io.github.unroll4j.models.train.TrainStep;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Shows the figures of a run: a bar on a terminal, every so often a line elsewhere. */
final class Progress implements TrainListener {
    private static final Duration REFRESH = Duration.ofMillis(100);
    private static final int BAR = 8; // all of the line in 80 columns

    private final Console console;
    private final long iterations;
    private final long every;
    private long first = -1;
    private Duration refreshed = Duration.ZERO;
    private @Nullable TrainStep latest;
    private @Nullable TrainStep pending;
    /** On a terminal the latest; elsewhere that of the pending line, empty where none was measured. */
    private OptionalDouble validation = OptionalDouble.empty();

    private boolean measures;

    Progress(Console console, long iterations, long every) {
        this.console = console;
        this.iterations = iterations;
        this.every = every;
    }

    @Override
    public void onStep(TrainStep step) {
        if (first < 0) {
            first = step.iteration() - 1;
        }
        if (console.isTerminal()) {
            boolean last = step.iteration() == iterations;
            if (last || step.elapsed().minus(refreshed).compareTo(REFRESH) >= 0) {
                refreshed = step.elapsed();
                console.progress(bar(step));
            }
        } else {
            printPending();
            latest = step;
            pending = step.iteration() % every == 0 ? step : null;
        }
    }

    @Override
    public void onEvaluation(TrainStep step, double loss) {
        validation = OptionalDouble.of(loss);
        measures = true;
        pending = latest;
    }

    @Override
    public void onEnd(Outcome outcome) {
        printPending();
    }

    /** A line waits for the next iteration, because a validation loss may still arrive for its own. */
    private void printPending() {
        if (pending != null) {
            console.progress(line(pending));
            pending = null;
            validation = OptionalDouble.empty();
        }
    }

    private String bar(TrainStep step) {
        int done = (int) (BAR * step.iteration() / iterations);
        return String.format(
                Locale.ROOT,
                "[%s%s] %d/%d training %.3f%s %s %s left",
                "=".repeat(done),
                " ".repeat(BAR - done),
                step.iteration(),
                iterations,
                step.smoothedLoss(),
                validation.isEmpty() ? "" : String.format(Locale.ROOT, " validation %.3f", validation.getAsDouble()),
                speed(step.tokensPerSecond()),
                clock(left(step)));
    }

    private String line(TrainStep step) {
        return String.format(
                Locale.ROOT,
                "%7d/%d  epoch %6.2f  training %s%s  norm %6.3f  lr %.2e  %s  %s, %s left",
                step.iteration(),
                iterations,
                step.epoch(),
                loss(step.smoothedLoss()),
                validation(),
                step.gradientNorm(),
                step.learningRate(),
                speed(step.tokensPerSecond()),
                clock(step.elapsed()),
                clock(left(step)));
    }

    /** Blank, in the same width, in a line without a measurement between lines with one. */
    private String validation() {
        if (validation.isEmpty()) {
            return measures ? " ".repeat("  validation 0.0000".length()) : "";
        }
        return "  validation " + loss(validation.getAsDouble());
    }

    /** Four decimals; of the loss of a run that diverges, which may reach 1e30, as many digits. */
    static String loss(double nats) {
        return String.format(Locale.ROOT, Math.abs(nats) < 1e6 ? "%.4f" : "%.3e", nats);
    }

    static String speed(double tokensPerSecond) {
        return tokensPerSecond < 10_000
                ? String.format(Locale.ROOT, "%.0f tokens/s", tokensPerSecond)
                : String.format(Locale.ROOT, "%.0fk tokens/s", tokensPerSecond / 1000);
    }

    /** At the mean speed of this run so far. */
    private Duration left(TrainStep step) {
        double perIteration = (double) step.elapsed().toMillis() / (step.iteration() - first);
        return Duration.ofMillis((long) (perIteration * (iterations - step.iteration())));
    }

    static String clock(Duration time) {
        String hours = time.toHours() > 0 ? time.toHours() + ":" : "";
        return String.format(Locale.ROOT, "%s%02d:%02d", hours, time.toMinutesPart(), time.toSecondsPart());
    }
}
