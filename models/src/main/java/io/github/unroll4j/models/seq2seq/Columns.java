// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.tensor.Vec;

/** Rows side by side: [B,K] beside [B,N] is [B,K+N]. */
final class Columns {
    private Columns() {}

    /** Writes rows of {@code part}, {@code width} each, into rows of {@code whole} from column {@code at} on. */
    static void put(Vec whole, int wholeWidth, int at, Vec part, int width) {
        int rows = rows(whole, wholeWidth, part, width);
        for (int row = 0; row < rows; row++) {
            whole.copy(row * wholeWidth + at, part, row * width, width);
        }
    }

    /** Reads them back. */
    static void get(Vec part, int width, Vec whole, int wholeWidth, int at) {
        int rows = rows(whole, wholeWidth, part, width);
        for (int row = 0; row < rows; row++) {
            part.copy(row * width, whole, row * wholeWidth + at, width);
        }
    }

    /** Adds them to {@code part}. */
    static void add(Vec part, int width, Vec whole, int wholeWidth, int at) {
        int rows = rows(whole, wholeWidth, part, width);
        for (int row = 0; row < rows; row++) {
            part.add(row * width, whole, row * wholeWidth + at, width);
        }
    }

    private static int rows(Vec whole, int wholeWidth, Vec part, int width) {
        int rows = whole.length() / wholeWidth;
        if (whole.length() != rows * wholeWidth || part.length() != rows * width) {
            throw new IllegalArgumentException("Columns: " + part.length() + " numbers in rows of " + width + " beside "
                    + whole.length() + " in rows of " + wholeWidth + ", expected as many rows of both.");
        }
        return rows;
    }
}
