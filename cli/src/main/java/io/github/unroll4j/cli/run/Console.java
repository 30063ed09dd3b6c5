// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine;

/**
 * The terminal of a run: written text goes to the standard output, everything about it to the standard error.
 *
 * <p>On a terminal the progress is one line, rewritten in place with a carriage return and spaces, so that no escape
 * codes are needed; where the standard error is a file or a pipe, or {@code TERM} is {@code dumb}, it is plain lines.
 */
final class Console {
    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean terminal;
    private final boolean quiet;
    private int shown;

    Console(CommandLine command, boolean quiet) {
        out = command.getOut();
        err = command.getErr();
        terminal = Boolean.getBoolean("unroll4j.terminal"); // the launcher knows, Java does not
        this.quiet = quiet;
    }

    /** Whether {@link #progress} rewrites one line. */
    boolean isTerminal() {
        return terminal;
    }

    /** Whether only results are printed. */
    boolean isQuiet() {
        return quiet;
    }

    /** Prints one fact before the run, of one or more lines. */
    void fact(String label, Object value) {
        if (!quiet) {
            result(label, value);
        }
    }

    /** Prints one result, also if quiet. */
    void result(String label, Object value) {
        endProgress();
        String indented = value.toString().replace("\n", "\n" + " ".repeat(12));
        err.printf(Locale.ROOT, "%-11s %s%n", label, indented);
        err.flush();
    }

    /** Shows how far the run is: in place of what was shown before on a terminal, as a new line elsewhere. */
    void progress(String line) {
        if (quiet) {
            return;
        }
        if (terminal) {
            if (err instanceof TerminalWriter terminalWriter) {
                terminalWriter.rewind();
            }
            err.print(line + " ".repeat(Math.max(0, shown - line.length())));
            shown = line.length();
        } else {
            err.println(line);
        }
        err.flush();
    }

    /** Prints text that the model wrote. */
    void text(String text) {
        endProgress();
        out.println(text);
        out.flush();
    }

    private void endProgress() {
        if (shown > 0) {
            err.println();
            err.flush();
            shown = 0;
        }
    }
}
