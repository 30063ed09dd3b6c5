// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.plots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.unroll4j.models.decoding.Alignment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A picture that cannot be drawn is one sentence, and costs nothing else. */
class PicturesTest {
    @TempDir
    Path folder;

    private static Heatmap heatmap() {
        return new Heatmap("x", new Alignment(List.of("a", "b"), List.of("c"), new double[][] {{0.25, 0.75}}));
    }

    private static Chart chart() {
        double[] x = {1, 2, 3};
        return new Chart("t", "x", "y").fromZero().curve("c", x, x).level("l", 2);
    }

    @Test
    void aPlaceThatCannotBeWrittenIsNamedWithTheReason() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        for (Picture picture : List.of(heatmap(), chart())) {
            Path none = folder.resolve("none/a.png");
            assertThat(Pictures.save(picture, none, "see the text"))
                    .isEqualTo("none, " + none + " cannot be written: there is no such folder; see the text");
            assertThat(Pictures.save(picture, file.resolve("a.png"), "see the text"))
                    .startsWith("none, " + file.resolve("a.png") + " cannot be written: ")
                    .doesNotContain("Exception");
            assertThatThrownBy(() -> Pictures.draw(picture, folder))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith(folder + " cannot be written: ");
        }
    }

    @Test
    void aPlantedLinkIsReplacedAndNotFollowed() throws IOException {
        Path victim = Files.writeString(folder.resolve("victim"), "precious");
        Path link = folder.resolve("a.png");
        for (Picture picture : List.of(heatmap(), chart())) {
            Files.deleteIfExists(link);
            Files.createSymbolicLink(link, victim);
            picture.save(link);
            assertThat(victim).hasContent("precious");
            assertThat(Files.isSymbolicLink(link)).isFalse();
            assertThat(Files.size(link)).isGreaterThan(100);
            picture.save(link); // and a file of its own is written anew
        }
    }

    /** To open one waits until somebody reads from it. */
    @Test
    @Timeout(30)
    @DisabledOnOs(OS.WINDOWS)
    void aPipeIsRefused() throws IOException, InterruptedException {
        Path pipe = folder.resolve("a.png");
        assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0, "there is no mkfifo here");
        for (Picture picture : List.of(heatmap(), chart())) {
            assertThat(Pictures.save(picture, pipe, "see the text"))
                    .isEqualTo("none, " + pipe
                            + " cannot be written: it is no file, but a folder, a pipe or a device; see the text");
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aDeviceIsNamed() {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.isWritable(full), "there is no /dev/full here");
        for (Picture picture : List.of(heatmap(), chart())) {
            assertThat(Pictures.save(picture, full, "see the text"))
                    .startsWith("none, /dev/full cannot be written: ")
                    .endsWith("; see the text");
        }
    }

    @Test
    void aPictureThatIsTooLargeIsASentence() {
        List<String> many = Collections.nCopies(4000, "w"); // 64,000 pixels of each side
        Heatmap map = new Heatmap("x", new Alignment(many, many, new double[4000][4000]));
        assertThat(Pictures.save(map, folder.resolve("a.png"), "see the text"))
                .startsWith("none, ")
                .contains(" cannot be drawn: ")
                .endsWith("; see the text");
    }

    /** In a JVM of its own: fonts that were found once are there for good. */
    @Test
    @DisabledOnOs(
            value = {OS.WINDOWS, OS.MAC},
            disabledReason = "fonts come with these systems")
    void aMachineWithoutFontsIsASentenceEachTime() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dsun.awt.fontconfig=/nonexistent/x",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WithoutFonts.class.getName(),
                        folder.resolve("a.png").toString())
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        assertThat(printed.lines())
                .hasSize(4)
                .allSatisfy(line -> assertThat(line)
                        .startsWith("none, ")
                        .contains(" cannot be drawn here: ")
                        .endsWith("; likely cause: a machine without fonts; see the text"));
    }

    /** Draws each picture twice: the first time a class fails to load, the second time it is not there. */
    static final class WithoutFonts {
        private WithoutFonts() {}

        public static void main(String... args) {
            for (int i = 0; i < 2; i++) {
                System.out.println(Pictures.save(heatmap(), Path.of(args[0]), "see the text"));
                System.out.println(Pictures.save(chart(), Path.of(args[0]), "see the text"));
            }
        }
    }

    @Test
    void numbersHaveTheDigitsOfAnyMachine() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("ar-EG"));
        try {
            assertThat(chart().drawing().getStyler().getLocale()).isEqualTo(Locale.ROOT);
        } finally {
            Locale.setDefault(before);
        }
    }
}
