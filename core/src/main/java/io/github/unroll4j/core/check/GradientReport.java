// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.check;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * What a gradient check found.
 *
 * @param entries one line per checked array: its worst element
 * @param complaints what else went wrong, e.g. two backward passes that differ; empty if nothing
 * @param compared number of derivatives compared
 */
public record GradientReport(List<Entry> entries, List<String> complaints, long compared) {
    /**
     * The worst element of one array.
     *
     * @param name the array
     * @param element the element in words, e.g. {@code rnn.W_h[3, h:2]}
     * @param analytic what backward gave
     * @param numeric what the differences gave
     * @param error relative error as {@link GradientCheck} defines it
     */
    public record Entry(String name, String element, double analytic, double numeric, double error) {}

    /** The largest relative error; NaN where a derivative is NaN. */
    public double worst() {
        double worst = 0;
        for (Entry e : entries) {
            worst = Math.max(worst, e.error());
        }
        return worst;
    }

    /**
     * Whether all is well.
     *
     * @param tolerance largest relative error accepted
     * @return true if something was compared, no error exceeds the tolerance and there is no complaint
     */
    public boolean passed(double tolerance) {
        return compared > 0 && complaints.isEmpty() && worst() <= tolerance;
    }

    /**
     * Throws unless {@link #passed}.
     *
     * @param tolerance largest relative error accepted
     * @throws AssertionError with the table, worst first
     */
    public void require(double tolerance) {
        if (!passed(tolerance)) {
            throw new AssertionError("gradient check failed at tolerance " + tolerance + System.lineSeparator() + this);
        }
    }

    /** A table, worst array first, then the complaints. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        entries.stream()
                .sorted(Comparator.comparingDouble(
                                (Entry e) -> Double.isNaN(e.error()) ? Double.POSITIVE_INFINITY : e.error())
                        .reversed())
                .forEach(e -> text.append(String.format(
                        Locale.ROOT,
                        "%-32s error %.2e  backward % .9e  differences % .9e%n",
                        e.element(),
                        e.error(),
                        e.analytic(),
                        e.numeric())));
        complaints.forEach(c -> text.append(c).append(System.lineSeparator()));
        return text.append(compared).append(" derivatives compared").toString();
    }
}
