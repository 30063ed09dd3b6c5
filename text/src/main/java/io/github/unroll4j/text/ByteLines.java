// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** The lines of a stream as bytes, one at a time, without a copy. */
final class ByteLines {
    /** Longest line in bytes. A file with a longer line is not a text file. */
    static final int LONGEST = 1 << 20;

    private final InputStream in;
    private byte[] bytes = new byte[1 << 16];
    private int next;
    private int filled;
    private int start;
    private int end;
    private int lineNumber;

    ByteLines(InputStream in) {
        this.in = in;
    }

    /**
     * Goes to the next line.
     *
     * @return false after the last one
     * @throws IOException if the stream cannot be read or a line is longer than {@link #LONGEST}
     */
    boolean advance() throws IOException {
        for (int scan = next; ; ) {
            for (; scan < filled; scan++) {
                if (bytes[scan] == '\n') {
                    return take(scan, scan + 1);
                }
            }
            scan -= next;
            makeRoom();
            int read = in.read(bytes, filled, bytes.length - filled);
            if (read < 0) {
                return filled > next && take(filled, filled);
            }
            filled += read;
        }
    }

    private boolean take(int lineEnd, int nextStart) {
        lineNumber++;
        start = next;
        end = lineEnd;
        next = nextStart;
        return true;
    }

    /** Moves the beginning of the next line to the front. Takes a larger array if it fills this one. */
    private void makeRoom() throws IOException {
        System.arraycopy(bytes, next, bytes, 0, filled - next);
        filled -= next;
        next = 0;
        if (filled == bytes.length) {
            if (filled >= LONGEST) {
                throw new IOException(
                        "line " + (lineNumber + 1) + " is longer than " + LONGEST + " bytes, expected text");
            }
            bytes = Arrays.copyOf(bytes, 2 * filled);
        }
    }

    /** The array that holds the line from {@link #start} to {@link #end}; valid until the next {@link #advance}. */
    byte[] bytes() {
        return bytes;
    }

    /** The number of the line, 1 for the first. */
    int lineNumber() {
        return lineNumber;
    }

    /** The index of the first byte of the line. */
    int start() {
        return start;
    }

    /** The index after the last byte of the line, without the line end. */
    int end() {
        return end;
    }
}
