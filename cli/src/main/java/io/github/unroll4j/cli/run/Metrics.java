// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import io.github.unroll4j.models.train.Outcome;
import io.github.unroll4j.models.train.TrainListener;
import io.github.unroll4j.models.train.TrainStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes {@code metrics.csv}, line by line as the run goes, and keeps the lines for the picture. */
final class Metrics implements TrainListener, AutoCloseable {
    private final List<MetricsRow> rows;
    private final LineFile file;
    private final long every;
    private double nats;
    private long tokens;
    private @Nullable TrainStep latest;
    private double validation = Double.NaN;

    private Metrics(List<MetricsRow> rows, LineFile file, long every) {
        this.rows = rows;
        this.file = file;
        this.every = every;
    }

    /** Starts the file anew, with the given lines of the part of the run that is continued. */
    static Metrics create(Path path, List<MetricsRow> before, long every) {
        LineFile file = LineFile.create(path);
        file.println(MetricsRow.HEADER);
        before.forEach(row -> file.println(row.line()));
        return new Metrics(new ArrayList<>(before), file, every);
    }

    /** The lines of a file up to an iteration; none if there is no such file. */
    static List<MetricsRow> read(Path path, long iteration) {
        List<MetricsRow> rows = new ArrayList<>();
        try {
            List<String> lines = Files.exists(path) ? Files.readAllLines(path) : List.of();
            for (int i = 1; i < lines.size(); i++) {
                rows.add(MetricsRow.parse(lines.get(i)));
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    path + ": line " + (rows.size() + 2) + " is not one of a metrics file: " + e.getMessage()
                            + "; move the file away to go on without it",
                    e);
        }
        rows.removeIf(row -> row.iteration() > iteration);
        return rows;
    }

    List<MetricsRow> rows() {
        return rows;
    }

    @Override
    public void onStep(TrainStep step) {
        if (latest != null && (latest.iteration() % every == 0 || !Double.isNaN(validation))) {
            write(latest); // only now, because the validation loss of its iteration came after it
        }
        nats += step.loss().nats();
        tokens += step.loss().tokens();
        latest = step;
    }

    @Override
    public void onEvaluation(TrainStep step, double loss) {
        validation = loss;
    }

    @Override
    public void onEnd(Outcome outcome) {
        if (latest != null) {
            write(latest);
        }
    }

    private void write(TrainStep step) {
        MetricsRow row = MetricsRow.of(step, nats / Math.max(1, tokens), validation);
        rows.add(row);
        file.println(row.line());
        nats = 0;
        tokens = 0;
        validation = Double.NaN;
    }

    @Override
    public void close() {
        file.close();
    }
}
