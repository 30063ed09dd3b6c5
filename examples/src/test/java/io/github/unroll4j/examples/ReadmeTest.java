// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.models.check.CellCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the README shows is what is compiled and run here. */
class ReadmeTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "QuickStart.java, train",
        "QuickStart.java, load",
        "GainCell.java, cell",
        "QuickTranslation.java, train",
        "QuickTranslation.java, load"
    })
    void showsTheCompiledCode(String file, String name) throws IOException {
        assertThat(Snippets.shownIn("README.md")).contains(Snippets.region(file, name));
    }

    @Test
    void listsEveryExample() throws IOException {
        Path root = Path.of("..");
        String readme = Files.readString(root.resolve("README.md"));
        Examples.ALL.forEach(program -> assertThat(readme).contains("[`" + program.name() + "`](examples/src/"));
        Matcher links = Pattern.compile("\\]\\((examples/[^)]+)\\)").matcher(readme);
        while (links.find()) {
            assertThat(root.resolve(links.group(1))).exists();
        }
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
    void trainsSavesLoadsAndTranslates() throws IOException {
        Path sources = folder.resolve("en.txt");
        Path targets = folder.resolve("de.txt");
        Files.writeString(sources, "The dog sees a cat.\nThe cat sees a dog.\nA dog sleeps.\nThe cat sleeps.\n");
        Files.writeString(
                targets,
                "Der Hund sieht eine Katze.\nDie Katze sieht einen Hund.\nEin Hund schläft.\nDie Katze schläft.\n");
        Path file = folder.resolve("model.safetensors");

        QuickTranslation.train(sources, targets, file, 150);

        assertThat(QuickTranslation.load(file, "The cat sees a dog.").text()).isEqualTo("Die Katze sieht einen Hund.");
    }

    @Test
    void theCellOfTheReadmeKeepsTheContract() {
        CellCheck.verify(() -> new GainCell(4));
    }
}
