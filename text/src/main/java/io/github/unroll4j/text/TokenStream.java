// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import java.util.ArrayList;
import java.util.List;

/** What one row of a batch reads in an epoch: runs of pairs. Each run is cut into pieces of at most T pairs. */
final class TokenStream {

    /** Pairs first .. first+pairs-1 of the ids. The first piece of the run is piece {@code piece} of the stream. */
    private record Run(int first, int pairs, int piece) {}

    private final int steps;
    private final List<Run> runs = new ArrayList<>();
    private int pieces;
    private int pairs;

    TokenStream(int steps) {
        this.steps = steps;
    }

    void add(int first, int count) {
        runs.add(new Run(first, count, pieces));
        pieces += (count - 1) / steps + 1;
        pairs += count;
    }

    int pieces() {
        return pieces;
    }

    int pairs() {
        return pairs;
    }

    /** The number of pairs in a piece; 0 after the last piece. */
    int length(int piece) {
        return piece < pieces ? Math.min(steps, run(piece).pairs - before(piece)) : 0;
    }

    /** The index of the first pair of a piece, which must not be empty. */
    int first(int piece) {
        return run(piece).first + before(piece);
    }

    /** Whether a piece is the first of its run. */
    boolean begins(int piece) {
        return piece < pieces && run(piece).piece == piece;
    }

    /** The number of pairs of the same run that come before a piece. */
    private int before(int piece) {
        return (piece - run(piece).piece) * steps;
    }

    private Run run(int piece) {
        int low = 0;
        int high = runs.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (runs.get(middle).piece <= piece) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return runs.get(low);
    }
}
