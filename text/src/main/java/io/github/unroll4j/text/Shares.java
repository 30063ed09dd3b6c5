// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import java.util.Arrays;

/**
 * Cuts the rows of a batch into parts of rows side by side that take about as long: a part costs its number of rows
 * times the steps of the longest of them, because shorter rows are padded.
 */
final class Shares {
    /** How much longer the longest part may take where all parts have as many rows: equal sizes use memory again. */
    private static final double TOLERATED = 1.05;

    /** Lengths of the rows, of their sources and of their targets for instance; those of a kind are padded together. */
    private final int[][] lengths;

    private Shares(int[][] lengths) {
        this.lengths = lengths;
    }

    /**
     * Cuts.
     *
     * @param parts how many, at most; 1 or more
     * @param lengths [B] of each row, of one kind or more
     * @return the first row of each part, and B
     * @throws IllegalArgumentException if {@code parts} is below 1
     */
    static int[] cut(int parts, int[]... lengths) {
        if (parts < 1) {
            throw new IllegalArgumentException("split: parts is " + parts + ", expected 1 or more");
        }
        int B = lengths[0].length;
        int n = Math.min(parts, B);
        int[] even = new int[n + 1];
        Arrays.setAll(even, i -> (int) ((long) B * i / n));
        if (n == 1) {
            return even;
        }
        return new Shares(lengths).cut(even);
    }

    /** The ids of some rows of a time-major array of B rows, of its first steps. */
    static int[] columns(int[] ids, int steps, int B, int from, int to) {
        int rows = to - from;
        int[] part = new int[steps * rows];
        for (int t = 0; t < steps; t++) {
            System.arraycopy(ids, t * B + from, part, t * rows, rows);
        }
        return part;
    }

    private int[] cut(int[] even) {
        int parts = even.length - 1;
        long longest = 0;
        for (int i = 0; i < parts; i++) {
            longest = Math.max(longest, cost(even[i], even[i + 1]));
        }
        long low = 0;
        long high = longest; // the least cost of the longest part lies in (low, high]
        while (high - low > 1) {
            long middle = (low + high) >>> 1;
            if (fill(middle, parts).length <= parts + 1) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return longest <= TOLERATED * high ? even : fill(high, parts);
    }

    /** Fills one part after another up to a cost; gives up after one part too many. */
    private int[] fill(long cost, int parts) {
        int B = lengths[0].length;
        int[] bounds = new int[parts + 2];
        int count = 0;
        int from = 0;
        while (from < B && count <= parts) {
            int to = from + 1;
            while (to < B && cost(from, to + 1) <= cost) {
                to++;
            }
            if (cost(from, to) > cost) { // one row alone costs more
                return new int[parts + 2];
            }
            from = to;
            bounds[++count] = to;
        }
        return Arrays.copyOf(bounds, from < B ? parts + 2 : count + 1);
    }

    private long cost(int from, int to) {
        long steps = 0;
        for (int[] kind : lengths) {
            int longest = 1; // a batch has a step even where no row has
            for (int b = from; b < to; b++) {
                longest = Math.max(longest, kind[b]);
            }
            steps += longest;
        }
        return steps * (to - from);
    }
}
