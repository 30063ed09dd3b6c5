// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.decoding;

import io.github.unroll4j.core.checkpoint.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * Which source tokens the decoder looked at when it wrote each target token. The end of a target is a token too: {@code
 * <EOS>} has the last row, unless the target was cut at the longest length.
 *
 * <p>A row sums to 1 wherever the step could look at anything; less under local-p attention, whose Gaussian takes from
 * the weights and gives nothing back.
 *
 * @param source tokens of the source, in the order as given
 * @param target tokens of the target, {@code <EOS>} included
 * @param weights one row a target token, one number a source token, in [0, 1]
 * @since 0.1.0
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of fresh arrays, never compared
public record Alignment(List<String> source, List<String> target, double[][] weights) {
    private static final String SHADES = " .:-=+*#%@";

    /**
     * Copies the labels and checks the sizes.
     *
     * @param source {@link #source()}
     * @param target {@link #target()}
     * @param weights {@link #weights()}
     */
    public Alignment {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(weights, "weights");
        source = List.copyOf(source);
        target = List.copyOf(target);
        int width = source.size();
        for (double[] row : weights) {
            if (!Arrays.stream(row).allMatch(weight -> weight >= 0 && weight <= 1 + 1e-5)) { // rounding of float
                throw new IllegalArgumentException("Alignment: a row of weights is " + Arrays.toString(row)
                        + ", expected numbers in [0, 1]; likely cause: the weights of the model are not finite.");
            }
        }
        if (weights.length != target.size() || Arrays.stream(weights).anyMatch(row -> row.length != width)) {
            throw new IllegalArgumentException("Alignment: " + weights.length + " rows of "
                    + Arrays.stream(weights)
                            .mapToInt(row -> row.length)
                            .distinct()
                            .boxed()
                            .toList()
                    + " numbers, expected one row for each of " + target.size()
                    + " target tokens with a number for each of "
                    + width + " source tokens; a model without attention has no alignment.");
        }
    }

    /**
     * The position of the source token that a target token looked at most, the first of equals.
     *
     * @param t position of the target token
     * @return position of the source token
     */
    public int mostAttended(int t) {
        if (t < 0 || t >= weights.length) {
            throw new IllegalArgumentException("Alignment.mostAttended: target token " + t
                    + " was asked for, expected 0 to " + (weights.length - 1) + ".");
        }
        int best = 0;
        for (int s = 1; s < weights[t].length; s++) {
            best = weights[t][s] > weights[t][best] ? s : best;
        }
        return best;
    }

    /**
     * {@return a table to read: a line for each target token with its weights as two decimals and as shades, the source
     * above}
     */
    public String text() {
        int label = target.stream().mapToInt(String::length).max().orElse(0);
        StringBuilder text = new StringBuilder();
        text.append(" ".repeat(label + 1));
        for (String token : source) {
            text.append(String.format(Locale.ROOT, " %5s", shortened(token)));
        }
        for (int t = 0; t < weights.length; t++) {
            text.append(String.format(Locale.ROOT, "%n%" + Math.max(1, label) + "s ", target.get(t)));
            StringBuilder shades = new StringBuilder();
            for (double weight : weights[t]) {
                text.append(String.format(Locale.ROOT, "  %.2f", weight));
                shades.append(SHADES.charAt((int) Math.min(SHADES.length() - 1, weight * SHADES.length())));
            }
            text.append("  |").append(shades).append('|');
        }
        return text.append(System.lineSeparator()).toString();
    }

    private static String shortened(String token) {
        return token.length() <= 5 ? token : token.substring(0, 4) + "…";
    }

    /**
     * {@return comma-separated values as of RFC 4180: the source tokens in the first line, then a line for each target
     * token}
     */
    public String csv() {
        StringBuilder text = new StringBuilder();
        for (String token : source) {
            text.append(',').append(quoted(token));
        }
        text.append("\r\n");
        for (int t = 0; t < weights.length; t++) {
            text.append(quoted(target.get(t)));
            for (double weight : weights[t]) {
                text.append(',').append(weight);
            }
            text.append("\r\n");
        }
        return text.toString();
    }

    private static String quoted(String token) {
        return '"' + token.replace("\"", "\"\"") + '"';
    }

    /** {@return a JSON object with the members source, target and weights} */
    public String json() {
        List<List<Double>> rows = new ArrayList<>();
        for (double[] row : weights) {
            rows.add(Arrays.stream(row).boxed().toList());
        }
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("source", source);
        object.put("target", target);
        object.put("weights", rows);
        return Json.write(object);
    }

    @Override
    public String toString() {
        return "Alignment[source=" + source + ", target=" + target + ", weights=" + Arrays.deepToString(weights) + "]";
    }
}
