// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.derivations;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of docs/derivations: its text without the tables, its two tables, its blocks of numbers.
 *
 * @param name of the file, without ending
 * @param text all of it
 * @param body the text before the tables
 * @param steps rows "step, file, method"
 * @param symbols rows "name, here, shape"
 * @param cases the blocks of numbers
 */
record Page(String name, String text, String body, List<String[]> steps, List<String[]> symbols, List<Case> cases) {
    static final Path ROOT = Path.of("..");
    private static final Path FOLDER = ROOT.resolve("docs/derivations");
    private static final Pattern BLOCK = Pattern.compile("```numbers\n(.*?)```", Pattern.DOTALL);

    /**
     * A block of numbers.
     *
     * @param name what it is about, e.g. {@code cell lstm}
     * @param given inputs by name
     * @param found results by name
     */
    record Case(String name, Map<String, double[]> given, Map<String, double[]> found) {
        double[] given(String key) {
            double[] numbers = given.get(key);
            if (numbers == null) {
                throw new IllegalArgumentException(name + ": the page gives no " + key);
            }
            return numbers;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** All pages that derive something. */
    static List<Page> all() {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.filter(f -> f.toString().endsWith(".md"))
                    .sorted()
                    .map(Page::read)
                    .filter(page -> !page.steps.isEmpty())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Page read(Path file) {
        String text = text(file);
        String name = file.getFileName().toString().replace(".md", "");
        List<Case> cases = BLOCK.matcher(text).results().map(Page::numbers).toList();
        int tables = text.indexOf("## Step, file, method");
        String body = tables < 0 ? text : text.substring(0, tables);
        return new Page(name, text, body, rows(text, "Step, file, method"), rows(text, "Symbols"), cases);
    }

    private static Case numbers(MatchResult block) {
        Map<String, double[]> given = new LinkedHashMap<>();
        Map<String, double[]> found = new LinkedHashMap<>();
        List<String> lines = block.group(1).lines().toList();
        for (String line : lines.subList(1, lines.size())) {
            String[] sides = line.split(" = ", -1);
            double[] numbers = Arrays.stream(sides[1].split(" "))
                    .mapToDouble(Double::parseDouble)
                    .toArray();
            boolean input = sides[0].startsWith("given ");
            (input ? given : found).put(input ? sides[0].substring("given ".length()) : sides[0], numbers);
        }
        return new Case(lines.get(0).substring("case ".length()), given, found);
    }

    /** The cells of the table under a heading, without its head. */
    private static List<String[]> rows(String text, String heading) {
        int from = text.indexOf("## " + heading);
        if (from < 0) {
            return List.of();
        }
        String section = text.substring(from + 3);
        int end = section.indexOf("\n## ");
        return (end < 0 ? section : section.substring(0, end))
                .lines()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| step ") && !line.startsWith("| name "))
                .map(line -> Arrays.stream(line.substring(1, line.length() - 1).split("\\|", -1))
                        .map(String::strip)
                        .toArray(String[]::new))
                .toList();
    }

    /** What a method, or the comment of the class, says: the text of all methods of that name. */
    static String method(String source, String name) {
        if (name.equals("class comment")) {
            return source.substring(source.indexOf("/**"), source.indexOf("*/"));
        }
        Pattern head = Pattern.compile("^    [^\\n*/=]*\\b" + name + "\\([^;{]*\\{", Pattern.MULTILINE);
        return head.matcher(source)
                .results()
                .map(found -> source.substring(found.start(), source.indexOf("\n    }\n", found.start())))
                .collect(joining("\n"));
    }

    @Override
    public String toString() {
        return name;
    }
}
