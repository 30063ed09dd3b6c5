// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.check;

import io.github.unroll4j.core.check.GradientReport;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What {@link CellCheck} or {@link ScoreCheck} found: a row per property, failed ones first.
 *
 * <p>A failed gradient row counts the wrong arrays and shows the worst elements of those that no row above it has shown.
 */
public final class CellReport {
    private static final String CONTINUED = System.lineSeparator() + "           ";

    private final String title;
    private final List<Line> lines = new ArrayList<>();
    private final Set<String> shown = new HashSet<>();

    CellReport(String cell) {
        this("CellCheck", cell);
    }

    /** A report of another check than that of cells. */
    CellReport(String check, String subject) {
        title = check + " of " + subject;
    }

    /**
     * One checked property.
     *
     * @param property what was checked, with its sizes
     * @param passed whether it held
     * @param detail the figure reached, or what differed
     */
    public record Line(String property, boolean passed, String detail) {}

    void add(String property, boolean passed, String detail) {
        lines.add(new Line(property, passed, detail));
    }

    /** Adds a row for a gradient check. */
    void addGradients(String property, GradientReport found, double tolerance) {
        if (found.passed(tolerance)) {
            add(property, true, String.format(Locale.ROOT, "%.1e", found.worst()));
            return;
        }
        StringBuilder detail = new StringBuilder(found.summary(tolerance));
        for (GradientReport.Entry array : found.entries()) {
            List<GradientReport.Element> wrong = array.wrong(tolerance);
            if (!wrong.isEmpty() && shown.add(array.name())) {
                wrong.stream()
                        .limit(GradientReport.SHOWN)
                        .forEach(e -> detail.append(CONTINUED).append(e));
            }
        }
        found.complaints().stream()
                .filter(shown::add)
                .forEach(c -> detail.append(CONTINUED).append(c));
        add(property, false, detail.toString());
    }

    /** All lines, in the order of checking. */
    public List<Line> lines() {
        return List.copyOf(lines);
    }

    /** Whether every property held, and there was at least one. */
    public boolean passed() {
        return !lines.isEmpty() && lines.stream().allMatch(Line::passed);
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
        long failed = lines.stream().filter(line -> !line.passed()).count();
        StringBuilder text = new StringBuilder(String.format(
                "%s: %s%n", title, passed() ? "passed" : "FAILED, " + failed + " of " + lines.size() + " properties"));
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
