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
        "GainCell.java, cell",
    })
    void showsTheCompiledCode(String file, String name) throws IOException {
        assertThat(Snippets.shownIn("README.md")).contains(Snippets.region(file, name));
    }

    @Test
    void listsEveryExample() throws IOException {
        Path root = Path.of("..");
        String readme = Files.readString(root.resolve("README.md"));
        Ran.names().forEach(program -> assertThat(readme).contains("[`" + program + "`](examples/src/"));
        Matcher links = Pattern.compile("\\]\\((examples/[^)]+)\\)").matcher(readme);
        while (links.find()) {
            assertThat(root.resolve(links.group(1))).exists();
        }
    }

    @Test
    void theQuickStartLearnsAText() throws IOException, InterruptedException {
        Path text = Files.writeString(
                folder.resolve("input.txt"),
                "The crow was thirsty. The jug was deep. The crow found a stone. ".repeat(30));
        String printed = run(QuickStart.class, text.toString(), "200");
        assertThat(printed)
                .containsPattern("200: nats a character: training \\d.\\d+, held out 0\\.\\d+")
                .contains("crow");
        assertThat(folder.resolve("quick-start.safetensors")).isNotEmptyFile();
    }

    @Test
    void theQuickTranslationLearnsItsFourSentences() throws IOException, InterruptedException {
        assertThat(run(QuickTranslation.class))
                .contains("The dog sees a cat. → Der Hund sieht eine Katze.", "\nKatze   ");
    }

    /** Runs a program in a JVM and a folder of its own, since it writes to where it is started. */
    private String run(Class<?> program, String... args) throws IOException, InterruptedException {
        Process process = Ran.start(folder, program.getName(), args);
        String printed = Ran.until(process, "never printed");
        assertThat(process.waitFor()).as(printed).isZero();
        return printed;
    }

    @Test
    void theCellOfTheReadmeKeepsTheContract() {
        CellCheck.verify(() -> new GainCell(4));
    }
}
