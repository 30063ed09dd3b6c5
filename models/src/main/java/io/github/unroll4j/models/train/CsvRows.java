// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes each row into a file as it comes. The file is open only meanwhile: a run that fails leaves nothing open. */
final class CsvRows extends Rows {
    private static final String WHERE = "TrainListener.csv";

    private final Path file;

    CsvRows(Path file, long every) {
        super(WHERE, every);
        this.file = file;
    }

    @Override
    void begin(long iterations) {
        String kept = iterations > 0 && Files.exists(file) ? before(iterations) : "";
        write(TrainRow.CSV_HEADER + "\n" + kept); // anew
    }

    @Override
    void add(TrainRow row) {
        write(row.csv() + "\n", StandardOpenOption.APPEND);
    }

    /** The lines of the run that is continued, up to where it is continued; not the last one if it was cut off. */
    private String before(long iterations) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(WHERE + ": " + file + " cannot be read: " + e, e);
        }
        List<String> lines =
                text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        if (!lines.isEmpty() && !lines.get(0).equals(TrainRow.CSV_HEADER)) {
            throw refused(1, "it is '" + lines.get(0) + "', expected " + TrainRow.CSV_HEADER, null);
        }
        StringBuilder kept = new StringBuilder();
        for (int i = 1; i < lines.size(); i++) {
            try {
                if (TrainRow.ofCsv(lines.get(i)).iteration() <= iterations) {
                    kept.append(lines.get(i)).append('\n');
                }
            } catch (IllegalArgumentException e) {
                throw refused(i + 1, e.getMessage(), e);
            }
        }
        return kept.toString();
    }

    private IllegalArgumentException refused(int line, @Nullable String why, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                WHERE + ": " + file + ", line " + line + ": " + why
                        + "; likely cause: the file is not that of the run that is continued; move it away.",
                cause);
    }

    private void write(String text, StandardOpenOption... how) {
        try {
            Files.writeString(file, text, how);
        } catch (IOException e) {
            throw new UncheckedIOException(WHERE + ": " + file + " cannot be written: " + e, e);
        }
    }
}
