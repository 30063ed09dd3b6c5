// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.plots;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;

class LabelsTest {
    private static final FontMetrics METRICS = metrics();

    private static FontMetrics metrics() {
        System.setProperty("java.awt.headless", "true");
        Graphics2D g = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
        FontMetrics metrics = g.getFontMetrics(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
        g.dispose();
        return metrics;
    }

    private static String label(String token) {
        return Labels.of(token, METRICS, 1000);
    }

    @Test
    void wordsStayAsTheyAre() {
        assertThat(label("March")).isEqualTo("March");
        assertThat(label("5")).isEqualTo("5");
    }

    @Test
    void nothingIsInvisible() {
        for (String blank : new String[] {" ", "\u00A0", "\u202F", "\t", "\n", "\u3000"}) {
            assertThat(label(blank)).isIn("␣", "_");
        }
        assertThat(label("\u200F")).isEqualTo("U+200F");
        assertThat(label("\u0001")).isEqualTo("U+0001");
        assertThat(label("\uD83D")).as("half a pair").isEqualTo("U+D83D");
    }

    @Test
    void aMarkAloneStandsOnACircle() {
        if (METRICS.getFont().canDisplay('\u0301')) {
            assertThat(label("\u0301")).isEqualTo("◌\u0301");
            assertThat(label("e\u0301")).isEqualTo("e\u0301");
        } else {
            assertThat(label("\u0301")).isEqualTo("U+0301");
        }
    }

    @Test
    void whatTheFontDoesNotHaveIsNamed() {
        String linearA = "\uD801\uDE00"; // U+10600, in no font that comes with a system
        assertThat(label(linearA)).isIn("U+10600", linearA);
        assertThat(METRICS.getFont().canDisplay(0x10600))
                .isEqualTo(label(linearA).equals(linearA));
    }

    @Test
    void longWordsAreCutToTheWidth() {
        String cut = Labels.of("Donaudampfschifffahrtsgesellschaft", METRICS, 80);
        assertThat(cut).startsWith("Donau").endsWith("…");
        assertThat(METRICS.stringWidth(cut)).isBetween(60, 80);
    }

    @Test
    void noLetterIsCutInTwo() {
        String cut = Labels.of("e\u0301".repeat(50), METRICS, 60);
        String kept = cut.substring(0, cut.length() - 1);
        assertThat(kept).isNotEmpty();
        assertThat(kept.replace("e\u0301", "")).isEmpty();
        assertThat(Labels.of("word", METRICS, 0)).isEqualTo("…");
    }
}
