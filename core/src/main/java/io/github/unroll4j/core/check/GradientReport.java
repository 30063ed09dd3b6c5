// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * The result of a gradient check.
 *
 * @param entries the checked arrays
 * @param complaints other faults, e.g. two backward passes that differ; empty if there are none
 * @param compared number of derivatives compared
 * @since 0.1.0
 */
public record GradientReport(List<Entry> entries, List<String> complaints, long compared) {
    /**
     * Requires what is not optional.
     *
     * @param entries {@link #entries()}
     * @param complaints {@link #complaints()}
     * @param compared {@link #compared()}
     */
    public GradientReport {
        Objects.requireNonNull(entries, "entries");
        Objects.requireNonNull(complaints, "complaints");
    }

    /** How many wrong elements of an array are shown, {@value}. */
    public static final int SHOWN = 3;

    /** Two ratios that differ by less are one: differences are good to some 1e-6 of a derivative. */
    private static final double SAME_RATIO = 1e-4;

    /**
     * One derivative.
     *
     * @param element name of the element, e.g. {@code rnn.W_h[3, h:2]}
     * @param analytic the derivative from backward
     * @param numeric the derivative from differences
     * @param error relative error, defined in {@link GradientCheck}
     */
    public record Element(String element, double analytic, double numeric, double error) {
        /**
         * Requires what is not optional.
         *
         * @param element {@link #element()}
         * @param analytic {@link #analytic()}
         * @param numeric {@link #numeric()}
         * @param error {@link #error()}
         */
        public Element {
            Objects.requireNonNull(element, "element");
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%-32s error %.2e  backward % .9e  differences % .9e",
                    element,
                    error,
                    analytic,
                    numeric);
        }
    }

    /**
     * One checked array, or one direction through all arrays.
     *
     * @param name name of the array or direction
     * @param elements its derivatives, those with the largest errors first; NaN comes first of all
     */
    public record Entry(String name, List<Element> elements) {
        /**
         * Sorts the elements.
         *
         * @param name {@link #name()}
         * @param elements {@link #elements()}
         */
        public Entry {
            Objects.requireNonNull(name, "name");
            elements = elements.stream().sorted(WORST_FIRST).toList();
        }

        /** {@return the largest error} */
        public double error() {
            return elements.isEmpty() ? 0 : elements.get(0).error();
        }

        /**
         * Returns the wrong elements, those with the largest errors first.
         *
         * @param tolerance largest relative error accepted
         * @return the wrong elements; none if all are right
         */
        public List<Element> wrong(double tolerance) {
            return elements.stream().filter(e -> !(e.error() <= tolerance)).toList();
        }

        /**
         * Says which ratio of backward to differences all wrong elements have.
         *
         * @param tolerance largest relative error accepted
         * @return e.g. {@code of all wrong ones the ratio is -1: a sign?}; empty if the ratios differ, or if fewer
         *     than two elements are wrong
         */
        public Optional<String> hint(double tolerance) {
            double[] ratios = wrong(tolerance).stream()
                    .mapToDouble(e -> e.analytic() / e.numeric())
                    .toArray();
            if (ratios.length < 2 || !Arrays.stream(ratios).allMatch(r -> same(r, ratios[0])) || same(ratios[0], 1)) {
                return Optional.empty();
            }
            return Optional.of("of all wrong ones the ratio is " + cause(ratios[0]));
        }

        private static boolean same(double a, double b) {
            return Math.abs(a - b) <= SAME_RATIO * (1 + Math.abs(b));
        }

        private static String cause(double ratio) {
            if (same(ratio, -1)) {
                return "-1: a sign?";
            }
            if (same(ratio, 0)) {
                return "0: a path that is lost?";
            }
            return same(ratio, 2)
                    ? "2: a path that is counted twice?"
                    : String.format(Locale.ROOT, "%.4g: a factor?", ratio);
        }
    }

    private static final Comparator<Element> WORST_FIRST = Comparator.comparingDouble(
                    (Element e) -> Double.isNaN(e.error()) ? Double.POSITIVE_INFINITY : e.error())
            .reversed();

    /** {@return the largest relative error; NaN if a derivative is NaN} */
    public double worst() {
        double worst = 0;
        for (Entry e : entries) {
            worst = Math.max(worst, e.error());
        }
        return worst;
    }

    /**
     * Returns whether everything is right.
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
     * @throws AssertionError with {@link #failures}
     */
    public void require(double tolerance) {
        if (!passed(tolerance)) {
            throw new AssertionError("gradient check failed at tolerance " + tolerance + ": " + failures(tolerance));
        }
    }

    /**
     * Says in a few lines what is wrong: the {@link #summary}, the elements of each wrong array with the largest
     * errors, and the complaints. The elements often show which gate, row or step is at fault.
     *
     * @param tolerance largest relative error accepted
     * @return the text
     */
    public String failures(double tolerance) {
        StringBuilder text = new StringBuilder(summary(tolerance));
        for (Entry entry : entries) {
            entry.wrong(tolerance).stream()
                    .limit(SHOWN)
                    .forEach(e -> text.append(String.format(Locale.ROOT, "%n  %s", e)));
            entry.hint(tolerance).ifPresent(hint -> text.append(String.format(Locale.ROOT, "%n    %s", hint)));
        }
        complaints.forEach(c -> text.append(String.format(Locale.ROOT, "%n  %s", c)));
        return text.toString();
    }

    /**
     * Counts the wrong arrays and the others in one line.
     *
     * @param tolerance largest relative error accepted
     * @return e.g. {@code 2 of 5 arrays wrong: rnn.W_h (1 of 9), x (6 of 9); the rest within 1.3e-10}
     */
    public String summary(double tolerance) {
        if (compared == 0) {
            return "nothing was compared";
        }
        List<String> wrong = new ArrayList<>();
        double rest = 0;
        for (Entry entry : entries) {
            int count = entry.wrong(tolerance).size();
            if (count > 0) {
                wrong.add(
                        entry.name() + " (" + count + " of " + entry.elements().size() + ")");
            } else {
                rest = Math.max(rest, entry.error());
            }
        }
        String names = wrong.isEmpty() ? "" : ": " + String.join(", ", wrong);
        String others =
                wrong.size() == entries.size() ? "" : String.format(Locale.ROOT, "; the rest within %.1e", rest);
        return wrong.size() + " of " + entries.size() + " arrays wrong" + names + others;
    }

    /** A table with the largest error of each array, largest first, then the complaints. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        entries.stream()
                .flatMap(entry -> entry.elements().stream().limit(1))
                .sorted(WORST_FIRST)
                .forEach(e -> text.append(e).append(System.lineSeparator()));
        complaints.forEach(c -> text.append(c).append(System.lineSeparator()));
        return text.append(compared).append(" derivatives compared").toString();
    }
}
