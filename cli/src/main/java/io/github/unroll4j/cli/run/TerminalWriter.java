// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import java.io.PrintWriter;
import java.util.Locale;

/**
 * What a command prints goes through this: a terminal obeys control characters, and what is printed may come from a
 * file of a stranger. All but ends of lines and tabs are shown as Unicode escapes, and so are those that turn the
 * direction of writing.
 *
 * @since 0.1.0
 */
public final class TerminalWriter extends PrintWriter {
    /**
     * A writer over another.
     *
     * @param out the terminal, a file or a pipe
     */
    public TerminalWriter(PrintWriter out) {
        super(out, true);
    }

    /** Goes back to the beginning of the line, to write over it. */
    void rewind() {
        super.write("\r", 0, 1);
    }

    @Override
    public void write(int c) {
        write(new char[] {(char) c}, 0, 1);
    }

    @Override
    public void write(char[] text, int at, int n) {
        write(new String(text, at, n), 0, n);
    }

    @Override
    public void write(String text, int at, int n) {
        StringBuilder shown = new StringBuilder(n);
        for (int i = at; i < at + n; i++) {
            char c = text.charAt(i);
            boolean endOfLine = c == '\n' || (c == '\r' && i + 1 < at + n && text.charAt(i + 1) == '\n');
            if (isObeyed(c) && !endOfLine && c != '\t') {
                shown.append(String.format(Locale.ROOT, "\\u%04X", (int) c));
            } else {
                shown.append(c);
            }
        }
        super.write(shown.toString(), 0, shown.length());
    }

    private static boolean isObeyed(char c) {
        return Character.isISOControl(c)
                || (c >= '\u2028' && c <= '\u202E') // separators of lines and paragraphs, directions
                || (c >= '\u2066' && c <= '\u2069'); // isolated directions
    }
}
