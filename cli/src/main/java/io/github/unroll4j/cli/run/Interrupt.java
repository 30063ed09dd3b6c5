// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns Ctrl-C into a request to stop, and holds the end of the JVM back until this is closed, but not for ever: an
 * iteration, or a measurement, may take hours.
 *
 * @since 0.1.0
 */
public final class Interrupt implements AutoCloseable {
    private static final long MOST_SECONDS = 30;

    private final CountDownLatch putAway = new CountDownLatch(1);
    private final Thread hook;
    private final long mostSeconds;
    private volatile boolean requested;

    /**
     * Waits for Ctrl-C.
     *
     * @param stop called, on another thread, when the JVM is told to end
     */
    public Interrupt(Runnable stop) {
        this(stop, MOST_SECONDS);
    }

    /** With another longest wait. */
    Interrupt(Runnable stop, long mostSeconds) {
        this.mostSeconds = mostSeconds;
        hook = new Thread(() -> {
            requested = true;
            stop.run();
            awaitPutAway();
        });
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void awaitPutAway() {
        try {
            if (!putAway.await(mostSeconds, TimeUnit.SECONDS)) {
                System.err.println("Stopped in the middle of an iteration or a measurement that has taken more than "
                        + mostSeconds + " s since it was told to end: what was saved before is there.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        putAway.countDown();
        if (!requested) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // the JVM has begun to end in this moment: the hook runs, and ends
            }
        }
    }
}
