// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.plots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.decoding.Alignment;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.text.CharVocabulary;
import java.awt.Color;
import java.awt.GraphicsEnvironment;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeatmapTest {
    @TempDir
    Path folder;

    private static Alignment diagonal(int sources, int targets) {
        double[][] weights = new double[targets][sources];
        for (int t = 0; t < targets; t++) {
            weights[t][t % sources] = 1;
        }
        return new Alignment(Collections.nCopies(sources, "word"), Collections.nCopies(targets, "Wort"), weights);
    }

    private static Color middle(BufferedImage image, Rectangle r) {
        return new Color(image.getRGB((int) r.getCenterX(), (int) r.getCenterY()));
    }

    @Test
    void eachCellHasTheColourOfItsWeight() {
        double[][] weights = {{0, 0.25, 0.75}, {1, 0, 0}};
        HeatmapDrawing map = new Heatmap(
                        "two by three", new Alignment(List.of("a", "b", "c"), List.of("x", "y"), weights))
                .drawing();
        BufferedImage image = map.image();
        for (int t = 0; t < 2; t++) {
            for (int s = 0; s < 3; s++) {
                assertThat(middle(image, map.cell(t, s))).isEqualTo(HeatmapDrawing.color(weights[t][s]));
            }
        }
        assertThat(map.cell(1, 0).y).as("targets go down").isGreaterThan(map.cell(0, 0).y);
        assertThat(map.cell(0, 1).x).as("sources go right").isGreaterThan(map.cell(0, 0).x);
    }

    @Test
    void theMoreWeightTheDarker() {
        int[] brightness = IntStream.rangeClosed(0, 100)
                .map(i -> {
                    Color c = HeatmapDrawing.color(i / 100.0);
                    return 299 * c.getRed() + 587 * c.getGreen() + 114 * c.getBlue(); // as a grey printer sees it
                })
                .toArray();
        assertThat(brightness[0]).isEqualTo(255_000);
        for (int i = 1; i < brightness.length; i++) {
            assertThat(brightness[i]).isLessThan(brightness[i - 1]);
        }
        assertThat(HeatmapDrawing.color(1 + 1e-9)).isEqualTo(HeatmapDrawing.color(1));
        assertThat(HeatmapDrawing.color(-1e-9))
                .isEqualTo(HeatmapDrawing.color(0))
                .isEqualTo(Color.WHITE);
    }

    @Test
    void theBarGoesFromOneDownToZero() {
        HeatmapDrawing map = new Heatmap("bar", diagonal(5, 5)).drawing();
        BufferedImage image = map.image();
        Rectangle bar = map.bar();
        int x = (int) bar.getCenterX();
        assertThat(new Color(image.getRGB(x, bar.y))).isEqualTo(HeatmapDrawing.color(1));
        assertThat(new Color(image.getRGB(x, bar.y + bar.height - 1))).isEqualTo(HeatmapDrawing.color(0));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 3", "40, 40", "7, 40", "100, 3"})
    void everythingLiesWithinThePicture(int sources, int targets) throws IOException {
        Path file = folder.resolve("alignment.png");
        String title = "a title that is far too long for a picture of three words ".repeat(20);
        Alignment alignment = diagonal(sources, targets);
        HeatmapDrawing map = new Heatmap(title, alignment).drawing();
        assertThat(Pictures.save(new Heatmap(title, alignment), file, "")).isEqualTo(file.toString());
        assertThat(GraphicsEnvironment.isHeadless()).isTrue();
        BufferedImage image = Objects.requireNonNull(ImageIO.read(file.toFile()));
        Rectangle whole = new Rectangle(image.getWidth(), image.getHeight());
        assertThat(whole.contains(map.bar())).isTrue();
        assertThat(whole.contains(map.cell(targets - 1, sources - 1))).isTrue();
        assertThat(map.cell(0, 0).width).as("large enough for a letter").isGreaterThanOrEqualTo(16);
        assertThat(middle(image, map.cell(0, 0))).isEqualTo(HeatmapDrawing.color(1));
        assertThat(edgesAreWhite(image)).as("nothing is cut off").isTrue();
        assertThat(Math.max(whole.width, whole.height)).isLessThan(1900);
    }

    private static boolean edgesAreWhite(BufferedImage image) {
        int right = image.getWidth() - 1;
        int bottom = image.getHeight() - 1;
        int white = Color.WHITE.getRGB();
        return IntStream.rangeClosed(0, right)
                        .allMatch(x -> image.getRGB(x, 0) == white && image.getRGB(x, bottom) == white)
                && IntStream.rangeClosed(0, bottom)
                        .allMatch(y -> image.getRGB(0, y) == white && image.getRGB(right, y) == white);
    }

    @Test
    void anyTextMayBeALabel() {
        List<String> tokens = List.of(
                "年", "يناير", "\u0301", "e\u0301", " ", "\u00A0", "\u200F", "\t", "\uD83D\uDE80", "\uD83D", "ก", "क्ष");
        double[][] weights = new double[tokens.size()][tokens.size()];
        BufferedImage image = new Heatmap("日本語", new Alignment(tokens, tokens, weights))
                .drawing()
                .image();
        assertThat(edgesAreWhite(image)).isTrue();
    }

    @Test
    void anEmptyAlignmentIsStillAPicture() {
        BufferedImage image = new Heatmap("nothing", new Alignment(List.of("a"), List.of(), new double[0][]))
                .drawing()
                .image();
        assertThat(image.getWidth()).isPositive();
    }

    /** None is turned: each is as wide as it is written and one line high, and none touches another. */
    @Test
    void aHundredWordsAboveDoNotOverlap() {
        List<String> words = IntStream.range(0, 100)
                .mapToObj(i -> "abcdefghijklmnop".substring(0, 1 + i * 7 % 16))
                .toList();
        HeatmapDrawing map = new Heatmap("long", new Alignment(words, List.of("a"), new double[1][100])).drawing();
        BufferedImage image = map.image();
        for (int s = 0; s < words.size(); s++) {
            assertThat(new Rectangle(image.getWidth(), image.getHeight()).contains(map.label(s)))
                    .isTrue();
            for (int other = 0; other < s; other++) {
                assertThat(map.label(s).intersects(map.label(other)))
                        .as(words.get(s) + " and " + words.get(other))
                        .isFalse();
            }
        }
    }

    @Test
    void gatesAreRowsOverTheText() {
        CharVocabulary vocabulary = CharVocabulary.of("a crow");
        try (LanguageModel lstm = LanguageModel.create(vocabulary, new LanguageModelConfig("lstm", 4), Rng.seeded(1));
                LanguageModel rnn =
                        LanguageModel.create(vocabulary, new LanguageModelConfig("rnn", 4), Rng.seeded(1))) {
            String text = Heatmap.gates("lstm", lstm, "a crow", "f", 2).text();
            assertThat(text.lines().map(line -> line.replaceAll(" ?\\|.*", "").strip()))
                    .containsExactly("lstm", "a_crow", "mean(l0.i)", "mean(l0.f)", "mean(l0.o)", "l0.f[0]", "l0.f[1]");
            assertThatThrownBy(() -> Heatmap.gates("rnn", rnn, "a crow", "", 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("Heatmap.gates: the model has no gates, rnn; expected");
            assertThatThrownBy(() -> Heatmap.gates("lstm", lstm, "a crow", "z", 1))
                    .hasMessageContaining("the gates [l0.i, l0.f, l0.o], not z");
        }
    }
}
