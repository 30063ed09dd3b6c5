// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * The ids written so far. Hands each on as soon as it cannot be part of a text to stop at, and cuts such a text off
 * when it is there.
 */
final class StopFilter {
    private final List<int[]> stops;
    private final IntConsumer reader;
    private int[] ids;
    private int size;
    private int handedOn;

    StopFilter(List<int[]> stops, IntConsumer reader, int expected) {
        this.stops = stops;
        this.reader = reader;
        ids = new int[Math.min(expected, 1024)];
    }

    /** Takes an id and says whether the writing ends with it. */
    boolean endsWith(int id) {
        if (size == ids.length) {
            ids = Arrays.copyOf(ids, 2 * size + 1);
        }
        ids[size++] = id;
        int held = 0;
        int cut = 0;
        for (int[] stop : stops) {
            int matched = matched(stop);
            cut = matched == stop.length ? Math.max(cut, matched) : cut;
            held = Math.max(held, matched);
        }
        size -= cut;
        handOn(cut > 0 ? size : size - held);
        return cut > 0;
    }

    /** The largest number of ids with which the text ends and the stop begins. */
    private int matched(int[] stop) {
        for (int n = Math.min(stop.length, size); n > 0; n--) {
            if (Arrays.equals(ids, size - n, size, stop, 0, n)) {
                return n;
            }
        }
        return 0;
    }

    private void handOn(int end) {
        while (handedOn < end) {
            reader.accept(ids[handedOn++]);
        }
    }

    /** All ids, after handing on the rest. */
    int[] finish() {
        handOn(size);
        return Arrays.copyOf(ids, size);
    }
}
