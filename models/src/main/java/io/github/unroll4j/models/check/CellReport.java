// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What {@link CellCheck} found: one line per property, failed ones first. */
public final class CellReport {
    private final String cell;
    private final List<Line> lines = new ArrayList<>();

    CellReport(String cell) {
        this.cell = cell;
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
        StringBuilder text = new StringBuilder(
                "CellCheck of " + cell + ": " + (passed() ? "passed" : "FAILED") + System.lineSeparator());
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
