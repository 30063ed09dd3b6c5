// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import io.github.unroll4j.models.train.Outcome;
import io.github.unroll4j.models.train.TrainListener;
import io.github.unroll4j.models.train.TrainRow;
import io.github.unroll4j.models.train.TrainStep;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes {@code metrics.csv}, line by line as the run goes, and keeps the lines for the picture. */
final class Metrics implements TrainListener, AutoCloseable {
    private final Path path;
    private final List<TrainRow> rows;
    private final TrainListener gathering;
    private final Consumer<String> tell;
    /** Null after a line could not be written, until the next one. */
    private @Nullable LineFile file;

    private Metrics(Path path, List<TrainRow> rows, long every, Consumer<String> tell) {
        this.path = path;
        this.rows = rows;
        gathering = TrainListener.rows(every, this::write);
        this.tell = tell;
    }

    /**
     * Starts the file anew, with the given lines of the part of the run that is continued.
     *
     * @param path the file
     * @param before the lines
     * @param every iterations from one line to the next
     * @param tell told of a line that cannot be written; the run goes on, and the lines follow with the next one
     */
    static Metrics create(Path path, List<TrainRow> before, long every, Consumer<String> tell) {
        Metrics metrics = new Metrics(path, new ArrayList<>(before), every, tell);
        metrics.file = metrics.begin();
        return metrics;
    }

    /** Writes all lines so far into a new file. */
    private LineFile begin() {
        LineFile begun = LineFile.replace(path);
        begun.println(TrainRow.CSV_HEADER);
        rows.forEach(row -> begun.println(row.csv()));
        return begun;
    }

    /**
     * The lines of a file up to an iteration; none if there is no such file.
     *
     * @param path the file
     * @param iteration the last one
     * @param tell told of a last line that was cut off, which is left out
     */
    static List<TrainRow> read(Path path, long iteration, Consumer<String> tell) {
        List<TrainRow> rows = new ArrayList<>();
        try {
            byte[] bytes = Files.isRegularFile(path) ? Files.readAllBytes(path) : new byte[0];
            int whole = bytes.length;
            while (whole > 0 && bytes[whole - 1] != '\n') {
                whole--;
            }
            if (whole < bytes.length) {
                tell.accept("the last line of " + path + " was cut off and is left out; likely cause: the run was ended"
                        + " while it wrote");
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, whole))
                    .toString();
            List<String> lines = text.lines().toList();
            for (int i = 1; i < lines.size(); i++) {
                rows.add(TrainRow.ofCsv(lines.get(i)));
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

    List<TrainRow> rows() {
        return rows;
    }

    @Override
    public void onStep(TrainStep step) {
        gathering.onStep(step);
    }

    @Override
    public void onEvaluation(TrainStep step, double loss) {
        gathering.onEvaluation(step, loss);
    }

    @Override
    public void onEnd(Outcome outcome) {
        gathering.onEnd(outcome);
    }

    private void write(TrainRow row) {
        rows.add(row);
        try {
            if (file == null) {
                file = begin();
            } else {
                file.println(row.csv());
            }
        } catch (UncheckedIOException e) {
            tell.accept(e.getMessage() + "; tried again at the next line");
            close();
        }
    }

    @Override
    public void close() {
        LineFile open = file;
        file = null;
        if (open != null) {
            try {
                open.close();
            } catch (UncheckedIOException e) { // what could not be written was told
                file = null;
            }
        }
    }
}
