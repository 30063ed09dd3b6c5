// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.check;

import io.github.unroll4j.core.check.GradientReport;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What {@link CellCheck} or {@link ScoreCheck} found: a row for each property, failed ones first.
 *
 * <p>A property is checked at several places, such as sizes; a row says at how many of them, and where it failed. Each
 * wrong array is shown once, with its worst elements. Where all of them are off by one factor, the row says by which.
 *
 * @since 0.1.0
 */
public final class CheckReport {
    private static final String CONTINUED = System.lineSeparator() + "           ";
    private static final int PLACES = 3;

    private final String title;
    private final Map<String, Row> rows = new LinkedHashMap<>();
    private final Set<String> shown = new HashSet<>();

    CheckReport(String check, String subject) {
        title = check + " of " + subject;
    }

    /**
     * One checked property.
     *
     * @param property what was checked
     * @param passed whether it held everywhere
     * @param detail the figure reached, or where it failed and what differed
     */
    public record Line(String property, boolean passed, String detail) {
        /**
         * Requires what is not optional.
         *
         * @param property {@link #property()}
         * @param passed {@link #passed()}
         * @param detail {@link #detail()}
         */
        public Line {
            Objects.requireNonNull(property, "property");
            Objects.requireNonNull(detail, "detail");
        }
    }

    /** The places of one property. */
    private static final class Row {
        private int places;
        private double worst;
        private final List<String> failedAt = new ArrayList<>();
        private final StringBuilder detail = new StringBuilder();

        private Line line(String property) {
            if (failedAt.isEmpty()) {
                return new Line(property, true, detail.isEmpty() ? ok() : detail.toString());
            }
            String where = "";
            if (places > 1) {
                where = "at " + failedAt.size() + " of " + places + " places: "
                        + String.join("; ", failedAt.subList(0, Math.min(PLACES, failedAt.size())))
                        + (failedAt.size() > PLACES ? "; …" : "") + CONTINUED;
            }
            return new Line(property, false, where + detail);
        }

        private String ok() {
            return String.format(Locale.ROOT, "%.1e", worst) + (places > 1 ? " at the worst of " + places : "");
        }
    }

    private Row row(String property) {
        Row row = rows.computeIfAbsent(property, key -> new Row());
        row.places++;
        return row;
    }

    /** Adds a property that was checked in one place. */
    void add(String property, boolean passed, String detail) {
        Row row = row(property);
        row.detail.append(detail);
        if (!passed) {
            row.failedAt.add(property);
        }
    }

    /** Adds a place that ended without an exception, or with one in words. */
    void addException(String where, String exception) {
        Row row = row("nothing is thrown");
        if (!exception.isEmpty()) {
            row.detail.append(row.failedAt.isEmpty() ? exception : "");
            row.failedAt.add(where);
        }
    }

    /** Adds a place at which two rows of numbers must be equal. */
    void compare(String property, String where, double[] a, double[] b, double tolerance) {
        Row row = row(property);
        double worst = difference(a, b);
        row.worst = Math.max(row.worst, worst);
        if (!close(a, b, tolerance)) {
            if (row.failedAt.isEmpty()) {
                row.detail.append(String.format(Locale.ROOT, "largest difference %.1e", worst));
            }
            row.failedAt.add(where);
        }
    }

    private static boolean close(double[] a, double[] b, double tolerance) {
        boolean close = a.length == b.length;
        for (int i = 0; close && i < a.length; i++) {
            close = Math.abs(a[i] - b[i]) <= tolerance * (1 + Math.abs(a[i]));
        }
        return close;
    }

    private static double difference(double[] a, double[] b) {
        double worst = 0;
        for (int i = 0; i < Math.min(a.length, b.length); i++) {
            worst = Math.max(worst, Math.abs(a[i] - b[i]));
        }
        return worst;
    }

    /** Adds a place at which gradients were checked. */
    void addGradients(String property, String where, GradientReport found, double tolerance) {
        Row row = row(property);
        if (found.passed(tolerance)) {
            row.worst = Math.max(row.worst, found.worst());
            return;
        }
        if (row.failedAt.isEmpty()) {
            row.detail.append(found.summary(tolerance));
        }
        row.failedAt.add(where);
        for (GradientReport.Entry array : found.entries()) {
            List<GradientReport.Element> wrong = array.wrong(tolerance);
            if (!wrong.isEmpty() && shown.add(array.name())) {
                wrong.stream()
                        .limit(GradientReport.SHOWN)
                        .forEach(e -> row.detail.append(CONTINUED).append(e));
                array.hint(tolerance)
                        .ifPresent(hint ->
                                row.detail.append(CONTINUED).append("  ").append(hint));
            }
        }
        found.complaints().stream()
                .filter(shown::add)
                .forEach(c -> row.detail.append(CONTINUED).append(c));
    }

    /** {@return all lines, in the order of checking} */
    public List<Line> lines() {
        List<Line> lines = new ArrayList<>();
        rows.forEach((property, row) -> lines.add(row.line(property)));
        return lines;
    }

    /** {@return whether every property held, and there was at least one} */
    public boolean passed() {
        return !rows.isEmpty() && lines().stream().allMatch(Line::passed);
    }

    /**
     * Throws unless {@link #passed()}.
     *
     * @throws AssertionError with the table
     */
    public void require() {
        if (!passed()) {
            throw new AssertionError(toString());
        }
    }

    @Override
    public String toString() {
        List<Line> lines = lines();
        long failed = lines.stream().filter(line -> !line.passed()).count();
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%s: %s%n",
                title,
                passed() ? "passed" : "FAILED, " + failed + " of " + lines.size() + " properties"));
        for (boolean wanted : new boolean[] {false, true}) {
            for (Line line : lines) {
                if (line.passed() == wanted) {
                    text.append(String.format(
                            Locale.ROOT,
                            "  %-6s %-58s %s%n",
                            wanted ? "ok" : "FAILED",
                            line.property(),
                            line.detail()));
                }
            }
        }
        return text.toString();
    }
}
