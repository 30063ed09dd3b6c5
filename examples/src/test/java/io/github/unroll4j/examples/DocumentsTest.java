// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** All Markdown of the repository, and what every public type says about itself. */
class DocumentsTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern LINK = Pattern.compile("!?\\[[^\\]]*\\]\\(<?([^)>\\s]+)>?(?: \"[^\"]*\")?\\)");
    private static final Pattern CODE = Pattern.compile("(?s)```.*?```|`[^`\n]*`");

    @Test
    void everyLinkLeadsToAFileAndAHeading() throws IOException {
        List<String> broken = new ArrayList<>();
        int links = 0;
        for (Path document : documents()) {
            String text = CODE.matcher(Files.readString(document)).replaceAll("");
            for (String target :
                    LINK.matcher(text).results().map(match -> match.group(1)).toList()) {
                if (!target.matches("[a-z]+:.*")) {
                    links++;
                    if (!exists(document, target)) {
                        broken.add(document + ": " + target);
                    }
                }
            }
        }
        assertThat(links).isGreaterThan(50);
        assertThat(broken).isEmpty();
    }

    @Test
    void everyPublicTypeSaysSinceWhen() throws IOException {
        List<String> silent = new ArrayList<>();
        for (String module : List.of("core", "optim", "text", "models", "plots", "cli")) {
            for (Path file : below(ROOT.resolve(module + "/src/main/java"), ".java")) {
                String source = Files.readString(file);
                if (Pattern.compile("(?m)^public .*\\{$").matcher(source).find() && !source.contains("* @since ")) {
                    silent.add(file.toString());
                }
            }
        }
        assertThat(silent).isEmpty();
    }

    private static boolean exists(Path document, String target) throws IOException {
        int hash = target.indexOf('#');
        String name = hash < 0 ? target : target.substring(0, hash);
        Path file = name.isEmpty() ? document : document.resolveSibling(name);
        return Files.exists(file) && (hash < 0 || anchors(file).contains(target.substring(hash + 1)));
    }

    /** The headings of a document as GitHub names them; the second of two equal ones ends with -1. */
    private static List<String> anchors(Path document) throws IOException {
        Map<String, Integer> seen = new HashMap<>();
        List<String> anchors = new ArrayList<>();
        String text = Pattern.compile("(?s)```.*?```")
                .matcher(Files.readString(document))
                .replaceAll("");
        for (MatchResult heading :
                Pattern.compile("(?m)^#{1,6} +(.*)$").matcher(text).results().toList()) {
            String plain = heading.group(1)
                    .replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1")
                    .toLowerCase(Locale.ROOT);
            String anchor = plain.strip().replaceAll("[^\\p{L}\\p{N}_ -]", "").replace(' ', '-');
            int before = seen.merge(anchor, 1, Integer::sum) - 1;
            anchors.add(before == 0 ? anchor : anchor + "-" + before);
        }
        return anchors;
    }

    private static List<Path> documents() throws IOException {
        List<Path> documents = new ArrayList<>(below(ROOT, ".md"));
        assertThat(documents).hasSizeGreaterThan(10);
        return documents;
    }

    private static List<Path> below(Path folder, String ending) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .filter(file -> Stream.of("target", "out", ".git", "node_modules")
                            .noneMatch(name -> file.toString().contains("/" + name + "/")))
                    .sorted()
                    .toList();
        }
    }
}
