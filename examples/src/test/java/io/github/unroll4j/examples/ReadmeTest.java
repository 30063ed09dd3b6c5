// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.models.check.CellCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the README shows is what is compiled and run here. */
class ReadmeTest {
    private static final Path ROOT = Path.of("..");
    private static final Path SOURCES = Path.of("src/main/java/io/github/unroll4j/examples");

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"QuickStart.java, train", "QuickStart.java, load", "GainCell.java, cell"})
    void showsTheCompiledCode(String file, String name) throws IOException {
        String region = region(Files.readString(SOURCES.resolve(file)), name);
        assertThat(javaBlocks(Files.readString(ROOT.resolve("README.md")))).contains(region);
    }

    @Test
    void trainsSavesLoadsAndWrites() throws IOException {
        Path input = folder.resolve("input.txt");
        Files.writeString(input, "The crow was thirsty. The jug was deep. The crow found a stone. ".repeat(30));
        Path file = folder.resolve("model.safetensors");
        assertThat(QuickStart.train(input, file, 150)).hasSize(200).contains("crow");
        assertThat(QuickStart.load(file)).hasSize(200);
    }

    @Test
    void theCellOfTheReadmeKeepsTheContract() {
        CellCheck.verify(() -> new GainCell(4));
    }

    private static String region(String source, String name) {
        int from = source.indexOf('\n', source.indexOf("// [" + name + "]")) + 1;
        int to = source.lastIndexOf('\n', source.indexOf("// [/" + name + "]")) + 1;
        assertThat(from).isPositive().isLessThan(to);
        return source.substring(from, to).stripTrailing().stripIndent().strip();
    }

    private static List<String> javaBlocks(String markdown) {
        List<String> blocks = new ArrayList<>();
        Matcher matcher = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(markdown);
        while (matcher.find()) {
            blocks.add(matcher.group(1).strip());
        }
        return blocks;
    }
}
