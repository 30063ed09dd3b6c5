// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a reader copies into his build is what the projects of {@code consumers} are built with. */
class DependencyTest {
    private static final Path ROOT = Path.of("..");

    @ParameterizedTest
    @CsvSource({"README.md, 1", "docs/dependency.md, 3", "docs/spark.md, 1"})
    void blocksAreThoseOfTheConsumers(String document, int least) throws IOException {
        String consumers = unindented(ROOT.resolve("consumers/maven/pom.xml"))
                + unindented(ROOT.resolve("consumers/core-first/pom.xml"))
                + unindented(ROOT.resolve("consumers/readme/pom.xml"))
                + unindented(ROOT.resolve("consumers/spark/pom.xml"))
                + unindented(ROOT.resolve("consumers/gradle/build.gradle"));
        List<String> blocks = Pattern.compile("```(?:xml|groovy|kotlin)\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(ROOT.resolve(document)))
                .results()
                .map((MatchResult block) -> unindented(block.group(1)))
                .filter(block -> block.contains("unroll4j-"))
                .toList();

        assertThat(blocks).hasSizeGreaterThanOrEqualTo(least);
        assertThat(blocks).allSatisfy(block -> assertThat(consumers).contains(block));
    }

    @Test
    void theProgramForSparkIsThatOfTheConsumer() throws IOException {
        assertThat(Snippets.shownIn("docs/spark.md"))
                .containsExactly(Snippets.region(
                        ROOT.resolve("consumers/spark/src/main/java/org/example/TranslateLines.java"), "spark"));
    }

    private static String unindented(Path file) throws IOException {
        return unindented(Files.readString(file));
    }

    private static String unindented(String text) {
        return text.lines().map(String::strip).reduce("", (all, line) -> all + line + "\n");
    }
}
