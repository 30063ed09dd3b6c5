// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import java.util.concurrent.CountDownLatch;

/**
 * Turns Ctrl-C into a request to stop, and holds the end of the JVM back until this is closed.
 *
 * @since 0.1.0
 */
public final class Interrupt implements AutoCloseable {
    private final CountDownLatch putAway = new CountDownLatch(1);
    private final Thread hook;
    private volatile boolean requested;

    /**
     * Waits for Ctrl-C.
     *
     * @param stop called, on another thread, when the JVM is told to end
     */
    public Interrupt(Runnable stop) {
        hook = new Thread(() -> {
            requested = true;
            stop.run();
            awaitPutAway();
        });
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void awaitPutAway() {
        try {
            putAway.await();
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
