// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.param;

import io.github.unroll4j.core.tensor.Workers;
import java.util.Arrays;

/**
 * Ranges of the flat arrays, cut and put together into pieces of like size, which several threads work on. Where they
 * are cut depends on the ranges alone, so that a sum has the same bits for any number of threads.
 */
final class Pieces {
    /** Elements of a piece: its share of an optimiser's step takes some ten times what it costs to hand it out. */
    private static final int SIZE = 1 << 16;

    /** First element and length of each range, by turns. */
    private int[] ranges = new int[2];

    private int count;
    /** The first range of each piece. */
    private int[] first = new int[1];

    private int pieces;
    private int room;
    private double[] figures = {};

    /** Begins a list. */
    void begin() {
        count = 0;
        pieces = 0;
        room = 0;
    }

    /** Adds a range; none if it is empty. */
    void add(int at, int n) {
        for (int from = at; from < at + n; ) {
            if (room == 0) {
                first = pieces == first.length ? Arrays.copyOf(first, 2 * pieces) : first;
                first[pieces++] = count;
                room = SIZE;
            }
            int taken = Math.min(room, at + n - from);
            ranges = 2 * count == ranges.length ? Arrays.copyOf(ranges, 4 * count) : ranges;
            ranges[2 * count] = from;
            ranges[2 * count + 1] = taken;
            count++;
            room -= taken;
            from += taken;
        }
    }

    /** Visits all ranges. */
    void visit(Parameters.RangeVisitor visitor) {
        sum((at, n) -> {
            visitor.visit(at, n);
            return 0;
        });
    }

    /** Adds up a figure of all ranges. */
    double sum(Parameters.RangeFigure figure) {
        figures = figures.length < pieces ? new double[pieces] : figures;
        Workers.run(pieces, piece -> {
            double sum = 0;
            for (int i = first[piece]; i < end(piece); i++) {
                sum += figure.of(ranges[2 * i], ranges[2 * i + 1]);
            }
            figures[piece] = sum;
        });
        double sum = 0;
        for (int piece = 0; piece < pieces; piece++) {
            sum += figures[piece];
        }
        return sum;
    }

    private int end(int piece) {
        return piece + 1 < pieces ? first[piece + 1] : count;
    }
}
