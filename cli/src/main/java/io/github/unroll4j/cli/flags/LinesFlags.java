// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import io.github.unroll4j.text.TextFiles;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Lines to work on: given, from a file, or from the standard input. */
public final class LinesFlags {
    @ArgGroup(exclusive = true)
    private @Nullable Source source;

    private static final class Source {
        @Option(names = "--text", paramLabel = "TEXT", description = "a line; may be given several times")
        private @Nullable List<String> texts;

        @Option(
                names = "--input",
                paramLabel = "FILE",
                description = "a UTF-8 file of lines (default: the standard input)")
        private @Nullable Path input;
    }

    /**
     * Opens the lines.
     *
     * @return a reader, for the caller to close
     * @throws IllegalArgumentException if the file cannot be read
     */
    public BufferedReader open() {
        return new BufferedReader(reader());
    }

    private Reader reader() {
        if (source != null && source.texts != null) {
            return new StringReader(String.join("\n", source.texts));
        }
        return source != null && source.input != null
                ? new StringReader(TextFiles.read(source.input))
                : new InputStreamReader(System.in, StandardCharsets.UTF_8.newDecoder());
    }
}
