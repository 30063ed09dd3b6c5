// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

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
        StringBuilder kept = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            try {
                if (i == 0
                        ? isHeader(lines.get(0))
                        : TrainRow.ofCsv(lines.get(i)).iteration() > iterations) {
                    continue;
                }
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        WHERE + ": " + file + ", line " + (i + 1) + ": " + e.getMessage()
                                + "; likely cause: the file is not the metrics of the run that is continued; move it away.",
                        e);
            }
            kept.append(lines.get(i)).append('\n');
        }
        return kept.toString();
    }

    private static boolean isHeader(String line) {
        if (!line.equals(TrainRow.CSV_HEADER)) {
            throw new IllegalArgumentException("it is '" + line + "', expected " + TrainRow.CSV_HEADER);
        }
        return true;
    }

    private void write(String text, StandardOpenOption... how) {
        try {
            Files.writeString(file, text, how);
        } catch (IOException e) {
            throw new UncheckedIOException(WHERE + ": " + file + " cannot be written: " + e, e);
        }
    }
}
