// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.tensor.Vec;

/** Rows side by side: [B,K] beside [B,N] is [B,K+N]. */
final class Columns {
    private Columns() {}

    /** Writes rows of {@code part}, {@code width} each, into rows of {@code whole} from column {@code at} on. */
    static void put(Vec whole, int wholeWidth, int at, Vec part, int width) {
        for (int row = 0; row * wholeWidth < whole.length() && row * width < part.length(); row++) {
            whole.copy(row * wholeWidth + at, part, row * width, width);
        }
    }

    /** Reads them back. */
    static void get(Vec part, int width, Vec whole, int wholeWidth, int at) {
        for (int row = 0; row * wholeWidth < whole.length(); row++) {
            part.copy(row * width, whole, row * wholeWidth + at, width);
        }
    }

    /** Adds them to {@code part}. */
    static void add(Vec part, int width, Vec whole, int wholeWidth, int at) {
        for (int row = 0; row * wholeWidth < whole.length(); row++) {
            part.add(row * width, whole, row * wholeWidth + at, width);
        }
    }
}
