// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The code that a document shows, and the compiled code that it is taken from. */
final class Snippets {
    private static final Path ROOT = Path.of("..");
    private static final Path SOURCES = Path.of("src/main/java/io/github/unroll4j/examples");

    private Snippets() {}

    /**
     * What lies between the markers {@code // [name]} and {@code // [/name]} of an example, without the indentation.
     */
    static String region(String file, String name) throws IOException {
        return region(SOURCES.resolve(file), name);
    }

    /** The same of any file. */
    static String region(Path file, String name) throws IOException {
        String source = Files.readString(file);
        int from = source.indexOf('\n', source.indexOf("// [" + name + "]")) + 1;
        int to = source.lastIndexOf('\n', source.indexOf("// [/" + name + "]")) + 1;
        assertThat(from).isPositive().isLessThan(to);
        return source.substring(from, to).stripTrailing().stripIndent().strip();
    }

    /** The Java blocks of a document, in order; the path is from the root of the project. */
    static List<String> shownIn(String document) throws IOException {
        List<String> blocks = new ArrayList<>();
        Matcher matcher =
                Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(ROOT.resolve(document)));
        while (matcher.find()) {
            blocks.add(matcher.group(1).strip());
        }
        return blocks;
    }

    /**
     * Requires blocks to be a whole class: all of its file but the package, imports, comments of a line and the last
     * brace.
     */
    static void requireWhole(String file, List<String> blocks) throws IOException {
        assertThat(lines(Files.readString(SOURCES.resolve(file)))
                        .filter(line -> !line.matches("(package|import|//) ?.*")))
                .containsExactlyElementsOf(
                        lines(String.join("\n", blocks) + "\n}").toList());
    }

    private static Stream<String> lines(String code) {
        return code.lines().map(String::strip).filter(line -> !line.isEmpty());
    }
}
