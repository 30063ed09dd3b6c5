// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.plots;

import io.github.unroll4j.models.cell.Trace;
import io.github.unroll4j.models.decoding.Alignment;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Sequence;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/**
 * Numbers from 0 to 1 as a picture, tokens from left to right above, the darker the larger, and a bar that says which
 * colour is which number: an alignment, laid out as in Bahdanau, Cho and Bengio (2015, figure 3), or the gates of a
 * network over a text.
 *
 * <p>Tokens stand in the order in which they are read, also those of scripts written from right to left.
 *
 * @since 0.1.0
 */
public final class Heatmap implements Picture {
    private static final String WEIGHT = "weight";
    private static final String SHADES = " .:-=+*#%@";

    private final String title;
    private final Alignment grid;
    private final String across;
    private final String down;
    private final String value;

    private Heatmap(String title, Alignment grid, String across, String down, String value) {
        this.title = title;
        this.grid = grid;
        this.across = across;
        this.down = down;
        this.value = value;
    }

    /**
     * A picture of an alignment.
     *
     * @param title of the whole, cut where it is wider than the picture
     * @param alignment what to draw
     */
    public Heatmap(String title, Alignment alignment) {
        this(
                Objects.requireNonNull(title, "title"),
                Objects.requireNonNull(alignment, "alignment"),
                "source",
                "target",
                WEIGHT);
    }

    /**
     * How far the gates of a model are open while it reads a text: for each layer and gate a row of the mean over all
     * units, then a row for each of the first units of one gate.
     *
     * @param title of the whole
     * @param model with gates: an LSTM, a GRU or a relative
     * @param text what it reads, from a state of zeros
     * @param gate whose units are shown, as the trace names it without the layer, e.g. {@code f}; empty for none
     * @param units how many
     * @return the picture
     * @throws IllegalArgumentException if the model has no gates, or not this one
     */
    public static Heatmap gates(String title, LanguageModel model, String text, String gate, int units) {
        Objects.requireNonNull(title, "title");
        Objects.requireNonNull(gate, "gate");
        int[] ids = model.vocabulary().encode(text);
        Trace trace = Trace.on();
        model.layers()
                .forward(
                        Sequence.ids(ids, ids.length, 1),
                        model.zeroState(1),
                        Pass.full(ids.length, 1).with(trace));
        List<String> gates = trace.names().stream()
                .filter(name -> name.matches("(l\\d+\\.)?((fwd|bwd)\\.)?[ifozr]"))
                .toList();
        List<String> shown =
                gates.stream().filter(name -> name.endsWith("." + gate)).toList();
        if (gates.isEmpty() || (shown.isEmpty() && !gate.isEmpty())) {
            throw new IllegalArgumentException("Heatmap.gates: the model has "
                    + (gates.isEmpty() ? "no gates, " + model.config().cell() : "the gates " + gates + ", not " + gate)
                    + "; expected an LSTM, a GRU or a relative.");
        }
        List<String> rows = new ArrayList<>();
        List<double[]> values = new ArrayList<>();
        for (String name : gates) {
            int H = trace.get(name).size(2);
            rows.add("mean(" + name + ")");
            values.add(row(ids.length, t -> trace.get(name).data().sum(t * H, H) / H));
        }
        for (String name : shown) {
            int H = trace.get(name).size(2);
            IntStream.range(0, Math.min(units, H)).forEach(k -> {
                rows.add(name + "[" + k + "]");
                values.add(row(ids.length, t -> trace.get(name).data().get(t * H + k)));
            });
        }
        List<String> tokens =
                Arrays.stream(ids).mapToObj(model.vocabulary()::token).toList();
        Alignment grid = new Alignment(tokens, rows, values.toArray(double[][]::new));
        return new Heatmap(title, grid, "read", "gate", "open");
    }

    private static double[] row(int steps, IntToDoubleFunction value) {
        return IntStream.range(0, steps).mapToDouble(value).toArray();
    }

    /** The picture laid out. */
    HeatmapDrawing drawing() {
        return new HeatmapDrawing(title, grid, across, down, value);
    }

    @Override
    public void save(Path file) throws IOException {
        ByteArrayOutputStream png =
                new ByteArrayOutputStream(); // ImageIO prints a stack trace of its own for a bad file
        if (!ImageIO.write(drawing().image(), "png", png)) {
            throw new IOException("this Java has no writer of PNG files");
        }
        PngFile.write(file, png.toByteArray());
    }

    @Override
    public String text() {
        return title + System.lineSeparator() + (value.equals(WEIGHT) ? grid.text() : shades());
    }

    /** A letter for each number, below the token where that is a letter too. */
    private String shades() {
        int label = grid.target().stream().mapToInt(String::length).max().orElse(0);
        StringBuilder text = new StringBuilder();
        if (grid.source().stream().allMatch(token -> token.codePointCount(0, token.length()) == 1)) {
            String read = String.join("", grid.source()).replaceAll("\\s", "_");
            text.append(" ".repeat(label + 2)).append(read).append(System.lineSeparator());
        }
        for (int r = 0; r < grid.target().size(); r++) {
            StringBuilder shades = new StringBuilder();
            for (double open : grid.weights()[r]) {
                shades.append(SHADES.charAt((int) Math.min(SHADES.length() - 1, open * SHADES.length())));
            }
            text.append(String.format(
                    Locale.ROOT,
                    "%" + Math.max(1, label) + "s |%s|%n",
                    grid.target().get(r),
                    shades));
        }
        return text.toString();
    }
}
