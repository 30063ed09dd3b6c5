// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.plots;

import io.github.unroll4j.models.decoding.Alignment;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** A {@link Heatmap} laid out in pixels: all that needs fonts, which a machine may not have. */
final class HeatmapDrawing {
    private static final int LARGEST_CELL = 48;
    private static final int SMALLEST_CELL = 16;
    /** Pixels that the cells share along the longer side, as long as none gets too small. */
    private static final int GRID = 800;

    private static final int LONGEST_LABEL = 120;
    private static final int MARGIN = 16;
    /** A narrow picture is widened for its title, up to this. */
    private static final int WIDE = 600;

    private static final int GAP = 6;
    /** Pixels between two labels of one line. */
    private static final int APART = 8;

    private static final int BAR = 18;
    private static final int SHORTEST_BAR = 120;
    private static final int TICKS = 4;
    /** Weights 0, 1/4 … 1: from white to dark blue, each darker than the one before, also in grey. */
    private static final int[] COLORS = {0xFFFFFF, 0xBFD7EA, 0x6AAED6, 0x2171B5, 0x08305C};

    private static final Color LINES = new Color(0xD0D0D0);
    private static final Font PLAIN = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
    private static final Font BOLD = new Font(Font.SANS_SERIF, Font.BOLD, 15);

    private final String title;
    private final Alignment alignment;
    private final String across;
    private final String down;
    private final String value;
    private final List<String> sources;
    private final List<String> targets;
    /** How many lines above the grid a label stands, so that none runs into another. */
    private final int[] lanes;

    private final Rectangle grid;
    private final int cell;
    private final int barX;
    private final int width;
    private final int height;

    /**
     * Lays a picture out.
     *
     * @param title of the whole
     * @param alignment its cells and their labels
     * @param across what the labels above are
     * @param down what the labels on the left are
     * @param value what the numbers are
     */
    HeatmapDrawing(String title, Alignment alignment, String across, String down, String value) {
        System.setProperty("java.awt.headless", "true"); // draws into memory; a server has no screen
        this.title = title;
        this.alignment = alignment;
        this.across = across;
        this.down = down;
        this.value = value;
        int S = alignment.source().size();
        int T = alignment.target().size();
        cell = Math.max(SMALLEST_CELL, Math.min(LARGEST_CELL, GRID / Math.max(1, Math.max(S, T))));
        FontMetrics metrics = metrics(PLAIN);
        sources = labels(alignment.source(), metrics);
        targets = labels(alignment.target(), metrics);
        int line = metrics.getHeight();
        lanes = lanes(sources, metrics);
        int above = line * (1 + IntStream.of(lanes).max().orElse(0));
        int left = MARGIN + line + GAP + Math.max(widest(targets, metrics) + GAP, widest(sources, metrics) / 2);
        int top = MARGIN + 2 * line + GAP + line + GAP + above + GAP;
        grid = new Rectangle(left, top, S * cell, T * cell);
        barX = grid.x + grid.width + Math.max(2 * MARGIN, widest(sources, metrics) / 2);
        int needed = barX + BAR + GAP + metrics.stringWidth("0.00") + GAP + line + MARGIN;
        width = Math.max(needed, Math.min(WIDE, metrics(BOLD).stringWidth(title) + 2 * MARGIN));
        height = grid.y + Math.max(grid.height, SHORTEST_BAR) + MARGIN;
    }

    static FontMetrics metrics(Font font) {
        Graphics2D g = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
        FontMetrics metrics = g.getFontMetrics(font);
        g.dispose();
        return metrics;
    }

    private static List<String> labels(List<String> tokens, FontMetrics metrics) {
        return tokens.stream()
                .map(token -> Labels.of(token, metrics, LONGEST_LABEL))
                .toList();
    }

    private static int widest(List<String> labels, FontMetrics metrics) {
        return labels.stream().mapToInt(metrics::stringWidth).max().orElse(0);
    }

    /** The lowest line for each label, from left to right, where there is room for it above the middle of its cell. */
    private int[] lanes(List<String> labels, FontMetrics metrics) {
        if (labels.stream().allMatch(label -> metrics.stringWidth(label) <= cell - 2)) {
            return new int[labels.size()];
        }
        List<Integer> ends = new ArrayList<>();
        int[] found = new int[labels.size()];
        for (int s = 0; s < found.length; s++) {
            int w = metrics.stringWidth(labels.get(s));
            int begin = s * cell + cell / 2 - w / 2;
            int lane = 0;
            while (lane < ends.size() && ends.get(lane) + APART > begin) {
                lane++;
            }
            if (lane == ends.size()) {
                ends.add(0);
            }
            ends.set(lane, begin + w);
            found[s] = lane;
        }
        return found;
    }

    /** Where the label above a column is written. */
    Rectangle label(int s) {
        FontMetrics metrics = metrics(PLAIN);
        int w = metrics.stringWidth(sources.get(s));
        int line = metrics.getHeight();
        return new Rectangle(grid.x + s * cell + cell / 2 - w / 2, grid.y - GAP - (lanes[s] + 1) * line, w, line);
    }

    /** The cell of target token t and source token s, in pixels. */
    Rectangle cell(int t, int s) {
        return new Rectangle(grid.x + s * cell, grid.y + t * cell, cell, cell);
    }

    /** The bar of colours, 1 at its top and 0 at its foot. */
    Rectangle bar() {
        return new Rectangle(barX, grid.y, BAR, Math.max(grid.height, SHORTEST_BAR));
    }

    /** The colour of a weight; one outside [0, 1] by rounding has that of the nearer end. */
    static Color color(double weight) {
        double at = Math.max(0, Math.min(1, weight)) * (COLORS.length - 1);
        int low = Math.min(COLORS.length - 2, (int) at);
        int rgb = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            int from = COLORS[low] >> shift & 0xFF;
            int to = COLORS[low + 1] >> shift & 0xFF;
            rgb |= (int) Math.round(from + (at - low) * (to - from)) << shift;
        }
        return new Color(rgb);
    }

    /** The picture in memory. */
    BufferedImage image() {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, width, height);
        drawCells(g);
        drawNames(g);
        drawTokens(g);
        drawBar(g);
        g.dispose();
        return image;
    }

    private void drawCells(Graphics2D g) {
        double[][] weights = alignment.weights();
        for (int t = 0; t < weights.length; t++) {
            for (int s = 0; s < weights[t].length; s++) {
                Rectangle r = cell(t, s);
                g.setColor(color(weights[t][s]));
                g.fill(r);
                g.setColor(LINES);
                g.draw(r);
            }
        }
    }

    private void drawNames(Graphics2D g) {
        g.setColor(Color.BLACK);
        g.setFont(BOLD);
        FontMetrics bold = g.getFontMetrics();
        g.drawString(Labels.shortened(title, bold, width - 2 * MARGIN), MARGIN, MARGIN + bold.getAscent());
        g.setFont(PLAIN);
        FontMetrics metrics = g.getFontMetrics();
        int line = metrics.getHeight();
        centred(g, across, grid.x + grid.width / 2, MARGIN + 2 * line + GAP + metrics.getAscent());
        rising(g, down, MARGIN + metrics.getAscent(), grid.y + (grid.height + metrics.stringWidth(down)) / 2);
    }

    private void drawTokens(Graphics2D g) {
        FontMetrics metrics = g.getFontMetrics();
        // The middle of a line of text is above its base line by this much.
        int middle = (metrics.getAscent() - metrics.getDescent()) / 2;
        int line = metrics.getHeight();
        g.setColor(LINES);
        for (int s = 0; s < sources.size(); s++) {
            int x = grid.x + s * cell + cell / 2;
            g.drawLine(x, grid.y - GAP - lanes[s] * line, x, grid.y - 1);
        }
        for (int s = 0; s < sources.size(); s++) {
            int x = grid.x + s * cell + cell / 2;
            int y = grid.y - GAP - lanes[s] * line - metrics.getDescent();
            int w = metrics.stringWidth(sources.get(s));
            g.setColor(Color.WHITE); // over the lines of those above
            g.fillRect(x - w / 2 - 1, y - metrics.getAscent() + 2, w + 2, line - 2);
            g.setColor(Color.BLACK);
            centred(g, sources.get(s), x, y);
        }
        for (int t = 0; t < targets.size(); t++) {
            int x = grid.x - GAP - metrics.stringWidth(targets.get(t));
            g.drawString(targets.get(t), x, grid.y + t * cell + cell / 2 + middle);
        }
    }

    private void drawBar(Graphics2D g) {
        Rectangle r = bar();
        for (int y = 0; y < r.height; y++) {
            g.setColor(color(1 - y / (r.height - 1.0)));
            g.fillRect(r.x, r.y + y, r.width, 1);
        }
        g.setColor(Color.GRAY);
        g.drawRect(r.x - 1, r.y - 1, r.width + 1, r.height + 1);
        g.setColor(Color.BLACK);
        FontMetrics metrics = g.getFontMetrics();
        int x = r.x + r.width + GAP;
        for (int i = 0; i <= TICKS; i++) {
            int y = r.y + (TICKS - i) * (r.height - 1) / TICKS;
            g.drawLine(r.x + r.width, y, r.x + r.width + GAP / 2, y);
            String number = String.format(Locale.ROOT, "%.2f", (double) i / TICKS);
            g.drawString(number, x, y + (metrics.getAscent() - metrics.getDescent()) / 2);
        }
        int name = metrics.stringWidth(value);
        rising(g, value, x + metrics.stringWidth("0.00") + GAP + metrics.getAscent(), r.y + (r.height + name) / 2);
    }

    private static void centred(Graphics2D g, String text, int x, int y) {
        g.drawString(text, x - g.getFontMetrics().stringWidth(text) / 2, y);
    }

    /** Writes upwards from a point of the base line. */
    private static void rising(Graphics2D g, String text, int x, int y) {
        AffineTransform before = g.getTransform();
        g.translate(x, y);
        g.rotate(-Math.PI / 2);
        g.drawString(text, 0, 0);
        g.setTransform(before);
    }
}
