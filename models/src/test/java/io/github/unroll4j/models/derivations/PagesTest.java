// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.derivations;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Numbers and names of the pages stand in the code and in NOTATION.md, and the other way round. */
class PagesTest {
    private static final Pattern NUMBER = Pattern.compile("\\((\\d'?[ab]?|[DMWZ]'?)\\)");
    private static final Pattern PRIMED = Pattern.compile("\\((\\d'[ab]?|[DMWZ]')\\)");
    /** Formulas, numbers of equations and values: all of a page but its words. */
    private static final Pattern SUBSTANCE = Pattern.compile(
            "\\$\\$.+?\\$\\$|\\$[^$]+\\$|^\\|.*?$|\\*\\*.+?\\*\\*|`[^`\n]+`|" + NUMBER.pattern() + "|-?\\d+(\\.\\d+)?",
            Pattern.DOTALL | Pattern.MULTILINE);
    /** What a file says of its equations: the list above the class, and numbered remarks in the code. */
    private static final Pattern EQUATIONS =
            Pattern.compile("<pre>.+?</pre>|// [^\n]*" + NUMBER.pattern() + "[^\n]*", Pattern.DOTALL);

    private static final Pattern SEAL = Pattern.compile("<!-- sealed: page (\\w+), code (\\w+) -->\\s*$");
    /** A page, or a place in it, and the number of an equation, as the page on the notebooks names them. */
    private static final Pattern LINK = Pattern.compile("\\[[^]]+]\\(([-\\w]+)\\.md(?:#[-\\w]+)?\\)( \\(.+\\))?");

    private static final String NOTATION = Page.text(Page.ROOT.resolve("docs/NOTATION.md"));

    static List<Page> pages() {
        return Page.all();
    }

    private static Path file(String name) {
        String module = name.startsWith("optim/") ? "optim" : "models";
        String folder = module + "/src/main/java/io/github/unroll4j/" + (module.equals("models") ? "models/" : "");
        return Page.ROOT.resolve(folder + name);
    }

    /** What stands behind the lines of code; a comment of a class may name numbers of others. */
    private static String lineComments(String name) {
        return Page.text(file(name))
                .lines()
                .filter(line -> line.contains("// "))
                .map(line -> line.substring(line.indexOf("// ")))
                .collect(joining("\n"));
    }

    @Test
    void allPagesAreThere() {
        assertThat(pages()).hasSize(12);
    }

    @ParameterizedTest
    @MethodSource("pages")
    void eachNumberStandsInTheMethodThatThePageNames(Page page) {
        for (String[] row : page.steps()) {
            Path file = file(row[1]);
            assertThat(file).as("%s: the file of %s", page, row[0]).isRegularFile();
            assertThat(Page.method(Page.text(file), row[2]))
                    .as("%s: %s of %s", page, row[2], row[1])
                    .contains(row[0]);
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void eachNumberOfTheTableStandsInThePage(Page page) {
        for (String[] row : page.steps()) {
            if (NUMBER.matcher(row[0]).matches()) {
                String tag = row[0].substring(1, row[0].length() - 1);
                String whole = tag.replaceAll("[ab]$", "");
                assertThat(page.body())
                        .as("%s derives %s", page, row[0])
                        .containsPattern("(\\\\tag\\{|\\()" + Pattern.quote(whole) + "[ab]?[})]");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void eachPrimedNumberOfAFileStandsInATable(Page page) {
        Set<String> rows = new TreeSet<>();
        page.steps().forEach(row -> rows.add(row[1] + " " + row[0]));
        Set<String> files = new TreeSet<>();
        page.steps().forEach(row -> files.add(row[1]));
        for (String name : files) {
            if (name.startsWith("engine/HoistedLayer") || name.startsWith("engine/Unrolled")) {
                continue; // their numbers are spread over three pages
            }
            PRIMED.matcher(lineComments(name))
                    .results()
                    .map(found -> name + " " + found.group())
                    .forEach(number -> assertThat(rows)
                            .as("%s leaves out a number of the file", page)
                            .contains(number));
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void eachSymbolIsInTheNotationAndInThePage(Page page) {
        assertThat(page.symbols()).isNotEmpty();
        for (String[] row : page.symbols()) {
            assertThat(NOTATION).as("%s: %s in NOTATION.md", page, row[0]).contains(row[0]);
            assertThat(page.body())
                    .as("%s: %s in an equation", page, row[1])
                    .contains(row[1].substring(1, row[1].length() - 1));
        }
    }

    /**
     * What cannot be recomputed is sealed: whoever changes a formula, a number or a symbol, in a page or in its files,
     * has to look at both, and to write the new seal. It finds change, not error. Words are free.
     */
    @ParameterizedTest
    @MethodSource("pages")
    void nothingHasChangedSinceItWasWorkedThrough(Page page) {
        StringBuilder code = new StringBuilder();
        page.steps().stream()
                .map(row -> row[1])
                .distinct()
                .forEach(name -> code.append(name).append(seal(Page.text(file(name)), EQUATIONS)));
        String unsealed = SEAL.matcher(page.text()).replaceFirst("");
        String expected = "<!-- sealed: page " + seal(unsealed, SUBSTANCE) + ", code "
                + seal(code.toString(), Pattern.compile(".+"))
                + " -->";
        assertThat(page.text().strip().replaceFirst("(?s).*\n", ""))
                .as(
                        "%s: a number, a symbol or a value has changed, in the page (the first seal) or in its files (the"
                                + " second); work it through, then make the line that is expected its last one",
                        page)
                .isEqualTo(expected);
    }

    private static String seal(String text, Pattern what) {
        CRC32 crc = new CRC32();
        what.matcher(text)
                .results()
                .map(found -> found.group().replaceAll("\\s+", " "))
                .forEach(found -> crc.update(found.getBytes(StandardCharsets.UTF_8)));
        return Long.toHexString(crc.getValue());
    }

    /** What the notebooks derive is in the page that is named, and its line in the method. */
    @Test
    void eachStepOfTheNotebooksIsInTheTableOfItsPage() {
        Set<String> derived = new TreeSet<>();
        pages().forEach(page ->
                page.steps().forEach(row -> derived.add(page.name() + " " + row[0] + " " + row[1] + " " + row[2])));
        int steps = 0;
        for (String line : Page.text(Page.ROOT.resolve("docs/derivations/notebooks.md"))
                .lines()
                .toList()) {
            String[] cells = line.split(" *\\| *", -1);
            if (cells.length == 7 && !cells[1].equals("step") && !cells[1].startsWith("-")) {
                Matcher link = LINK.matcher(cells[3]);
                assertThat(link.matches()).as("a page is named in: " + line).isTrue();
                steps++;
                assertThat(file(cells[4])).as(line).isRegularFile();
                String place = " " + cells[4] + " " + cells[5];
                if (link.group(2) != null) {
                    assertThat(derived).as(line).contains(link.group(1) + link.group(2) + place);
                } else { // what has no number is in a table of that page, too
                    assertThat(derived)
                            .as(line)
                            .anyMatch(row -> row.startsWith(link.group(1) + " ") && row.endsWith(place));
                }
            }
        }
        assertThat(steps).as("rows").isGreaterThan(60);
    }

    @Test
    void everyFileWithPrimedNumbersHasAPage() {
        Set<String> derived = new TreeSet<>();
        pages().forEach(page -> page.steps().forEach(row -> derived.add(row[1])));
        Set<String> without = new TreeSet<>();
        Path models = file("");
        for (String room : List.of("cells", "attention", "seq2seq", "layer")) {
            try (var files = Files.list(models.resolve(room))) {
                files.map(f -> room + "/" + f.getFileName())
                        .filter(name -> PRIMED.matcher(Page.text(file(name))).find() && !derived.contains(name))
                        .forEach(without::add);
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
        assertThat(without).isEmpty();
    }
}
