// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.models.check.CellCheck;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;
import org.xml.sax.SAXException;

/** What the README shows is what is compiled and run here. */
class ReadmeTest {
    @TempDir
    Path folder;

    private static final Path ROOT = Path.of("..");

    /** What is pasted into a project without a package. */
    @Test
    void showsTheWholeQuickStart() throws IOException {
        String source = Files.readString(Path.of("src/main/java/io/github/unroll4j/examples/QuickStart.java"));
        assertThat(Snippets.shownIn("README.md"))
                .containsExactly(
                        source.substring(source.indexOf("import ")).strip().replace("\r\n", "\n"));
    }

    @Test
    void showsAPomOfThisVersion() throws IOException, ParserConfigurationException, SAXException {
        Matcher shown = Pattern.compile("```xml\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(ROOT.resolve("README.md")));
        assertThat(shown.find()).isTrue();
        Element project = parsed(shown.group(1).getBytes(StandardCharsets.UTF_8));
        Element own = parsed(Files.readAllBytes(Path.of("pom.xml")));
        Element dependency =
                (Element) project.getElementsByTagName("dependency").item(0);
        Element parent = (Element) own.getElementsByTagName("parent").item(0);
        assertThat(text(dependency, "artifactId")).isEqualTo("unroll4j-starter");
        for (String name : List.of("groupId", "version")) {
            assertThat(text(dependency, name)).isEqualTo(text(parent, name));
        }
    }

    private static Element parsed(byte[] xml) throws IOException, ParserConfigurationException, SAXException {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(xml))
                .getDocumentElement();
    }

    private static String text(Element element, String name) {
        return element.getElementsByTagName(name).item(0).getTextContent();
    }

    @Test
    void isShort() throws IOException {
        assertThat(Files.readAllLines(ROOT.resolve("README.md"))).hasSizeLessThanOrEqualTo(150);
        for (String image : List.of("alignment", "losses")) {
            assertThat(Files.size(ROOT.resolve("docs/img/" + image + ".png")))
                    .as(image)
                    .isLessThan(60_000);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "docs/examples.md", "docs/using.md", "docs/reading.md"})
    void linksLeadToFiles(String document) throws IOException {
        Path file = ROOT.resolve(document);
        Matcher links = Pattern.compile("\\]\\(([^)#]+)\\)").matcher(Files.readString(file));
        while (links.find()) {
            if (!links.group(1).startsWith("http")) {
                assertThat(file.resolveSibling(links.group(1))).exists();
            }
        }
    }

    @Test
    void theListOfProgramsHasEach() throws IOException {
        String list = Files.readString(ROOT.resolve("docs/examples.md"));
        for (String name : Ran.names()) {
            assertThat(list).contains("[`" + name + "`](../examples/src/");
        }
    }

    @Test
    void showsTheCompiledCell() throws IOException {
        assertThat(Snippets.shownIn("docs/using.md")).contains(Snippets.region("GainCell.java", "cell"));
    }

    @Test
    void theQuickStartLearnsAText() throws IOException, InterruptedException {
        Path text = Files.writeString(
                folder.resolve("input.txt"),
                "The crow was thirsty. The jug was deep. The crow found a stone. ".repeat(30));
        String printed = run(QuickStart.class, text.toString(), "200");
        assertThat(printed)
                .containsPattern("200: nats a character: training \\d.\\d+, validation 0\\.\\d+")
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
