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

/**
 * Lines to work on: given, from a file, or from the standard input.
 *
 * @since 0.1.0
 */
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
     * @return a reader for {@link TextFiles#nextLine}, for the caller to close; each line ends with a line feed, except
     *     perhaps the last one of the standard input
     * @throws IllegalArgumentException if the file cannot be read, or a text has several lines
     */
    public BufferedReader open() {
        return new BufferedReader(reader());
    }

    private Reader reader() {
        if (source != null && source.texts != null) {
            return new StringReader(lines(source.texts));
        }
        return source != null && source.input != null
                ? new StringReader(lines(TextFiles.lines(source.input)))
                : new InputStreamReader(System.in, StandardCharsets.UTF_8.newDecoder());
    }

    private static String lines(List<String> lines) {
        StringBuilder all = new StringBuilder();
        for (String line : lines) {
            if (line.indexOf('\n') >= 0) {
                throw new IllegalArgumentException("--text: '" + line.replace("\n", "\\n")
                        + "' has a line feed in it, expected one line; give --text several times, or --input");
            }
            all.append(line).append('\n');
        }
        return all.toString();
    }
}
