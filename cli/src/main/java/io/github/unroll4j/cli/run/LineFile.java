// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

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

    /** Makes a file of a run anew. A link of that name is removed, not followed: it may lead anywhere. */
    static LineFile replace(Path path) {
        try {
            if (Files.isSymbolicLink(path)) {
                Files.delete(path);
            }
            Outputs.requireNoDevice(path);
            OutputStream out = Files.newOutputStream(
                    path,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE,
                    LinkOption.NOFOLLOW_LINKS);
            return new LineFile(path, new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8)));
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
