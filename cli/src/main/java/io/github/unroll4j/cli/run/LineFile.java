// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A text file whose lines are there as soon as they are written, so that a run that is killed leaves all of them. */
final class LineFile implements AutoCloseable {
    private final Path path;
    private final BufferedWriter writer;

    private LineFile(Path path, BufferedWriter writer) {
        this.path = path;
        this.writer = writer;
    }

    static LineFile create(Path path) {
        try {
            return new LineFile(path, Files.newBufferedWriter(path));
        } catch (IOException e) {
            throw error(path, e);
        }
    }

    void println(String line) {
        try {
            writer.write(line);
            writer.write('\n');
            writer.flush();
        } catch (IOException e) {
            throw error(path, e);
        }
    }

    @Override
    public void close() {
        try {
            writer.close();
        } catch (IOException e) {
            throw error(path, e);
        }
    }

    private static UncheckedIOException error(Path path, IOException e) {
        return new UncheckedIOException(path + " cannot be written: " + Outputs.reason(e), e);
    }
}
