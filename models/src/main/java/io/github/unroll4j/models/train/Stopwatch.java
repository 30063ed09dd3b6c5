// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.train;

import java.time.Duration;

/** Times a run, and the speed of its training alone. */
final class Stopwatch {
    /** Long enough that one slow iteration does not show, short enough that the first ones, not yet compiled, fade. */
    private static final long WINDOW = Duration.ofMillis(500).toNanos();

    private final long start = System.nanoTime();
    private long iterationStart;
    private long nanos;
    private long tokens;
    private double tokensPerSecond;
    private boolean warm;

    void beginIteration() {
        iterationStart = System.nanoTime();
    }

    /** Returns the recent speed of training alone, in tokens per second. */
    double endIteration(int trained) {
        nanos += System.nanoTime() - iterationStart;
        tokens += trained;
        boolean full = nanos >= WINDOW;
        if (full || !warm) {
            tokensPerSecond = tokens * 1e9 / Math.max(1, nanos);
        }
        if (full) {
            warm = true;
            nanos = 0;
            tokens = 0;
        }
        return tokensPerSecond;
    }

    Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
