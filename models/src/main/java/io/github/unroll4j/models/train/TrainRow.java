// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The figures of some iterations of a training: a line of a metrics file, a point of a curve.
 *
 * @param iteration iterations done
 * @param epoch epochs done
 * @param trainLoss mean loss per token, in nats, since the row before
 * @param validationLoss loss per token, in nats, or NaN where it was not measured: an empty field
 * @param gradientNorm norm of the last gradient before clipping
 * @param learningRate rate of the last step
 * @param tokensPerSecond speed of training
 * @param seconds time since the run, or the resumed part of it, was started
 * @see TrainListener#rows
 * @since 0.1.0
 */
public record TrainRow(
        long iteration,
        double epoch,
        double trainLoss,
        double validationLoss,
        double gradientNorm,
        double learningRate,
        double tokensPerSecond,
        double seconds) {
    /** The first line of a file of rows, without its end. */
    public static final String CSV_HEADER =
            "iteration,epoch,train_loss,validation_loss,gradient_norm,learning_rate,tokens_per_second,seconds";

    static TrainRow of(TrainStep step, double trainLoss, double validationLoss) {
        return new TrainRow(
                step.iteration(),
                step.epoch(),
                trainLoss,
                validationLoss,
                step.gradientNorm(),
                step.learningRate(),
                step.tokensPerSecond(),
                step.elapsed().toMillis() / 1000.0);
    }

    /**
     * Reads a line of a file of rows.
     *
     * @param line what {@link #csv} wrote
     * @return the row
     * @throws IllegalArgumentException if it is none, as a clause that says why
     */
    public static TrainRow ofCsv(String line) {
        String[] fields = line.split(",", -1);
        if (fields.length != 8) {
            throw new IllegalArgumentException("it has " + fields.length + " fields, expected 8");
        }
        double[] x = new double[fields.length];
        for (int i = 1; i < fields.length; i++) {
            x[i] = fields[i].isEmpty() ? Double.NaN : Double.parseDouble(fields[i]);
        }
        return new TrainRow(Long.parseLong(fields[0]), x[1], x[2], x[3], x[4], x[5], x[6], x[7]);
    }

    /** {@return a line of a file of rows, without its end} */
    public String csv() {
        return String.format(
                Locale.ROOT,
                "%d,%.4f,%s,%s,%.6g,%.6g,%.0f,%.3f",
                iteration,
                epoch,
                trainLoss,
                Double.isNaN(validationLoss) ? "" : validationLoss,
                gradientNorm,
                learningRate,
                tokensPerSecond,
                seconds);
    }

    /** For a log. */
    String sentence() {
        return String.format(
                Locale.ROOT,
                "iteration %d, epoch %.2f: training %.4f%s nats a token, gradient norm %.3g, learning rate %.3g, %.0f tokens/s",
                iteration,
                epoch,
                trainLoss,
                Double.isNaN(validationLoss) ? "" : String.format(Locale.ROOT, ", validation %.4f", validationLoss),
                gradientNorm,
                learningRate,
                tokensPerSecond);
    }

    /**
     * Begins a file of rows anew; of the run that is continued it keeps the rows up to where it is continued. A file of
     * something else is refused, not overwritten.
     */
    static void begin(Path file, long iterations) {
        String kept = Files.isRegularFile(file) ? before(file, iterations) : "";
        write(file, CSV_HEADER + "\n" + kept);
    }

    /** The file is open only meanwhile: a run that fails leaves nothing open. */
    void append(Path file) {
        write(file, csv() + "\n", StandardOpenOption.APPEND);
    }

    /** The lines up to an iteration; not the last one if it was cut off. */
    private static String before(Path file, long iterations) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("TrainListener.csv: " + file + " cannot be read: " + e, e);
        }
        String first = text.lines().findFirst().orElse("");
        if (!CSV_HEADER.startsWith(first)) { // a part of it is what is left of a run that was killed
            throw refused(file, 1, "it is '" + first + "', expected " + CSV_HEADER, null);
        }
        List<String> lines =
                text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        StringBuilder kept = new StringBuilder();
        for (int i = 1; iterations > 0 && i < lines.size(); i++) {
            try {
                if (ofCsv(lines.get(i)).iteration() <= iterations) {
                    kept.append(lines.get(i)).append('\n');
                }
            } catch (IllegalArgumentException e) {
                throw refused(file, i + 1, e.getMessage(), e);
            }
        }
        return kept.toString();
    }

    private static IllegalArgumentException refused(
            Path file, int line, @Nullable String why, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                "TrainListener.csv: " + file + ", line " + line + ": " + why
                        + "; likely cause: the file is another one than meant, or not that of the run that is continued.",
                cause);
    }

    private static void write(Path file, String text, StandardOpenOption... how) {
        try {
            Files.writeString(file, text, how);
        } catch (IOException e) {
            throw new UncheckedIOException("TrainListener.csv: " + file + " cannot be written: " + e, e);
        }
    }
}
