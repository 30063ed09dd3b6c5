// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.tensor;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The threads that share the work of one call: parts of a batch, pieces of an array.
 *
 * <p>What is computed must not depend on how many there are, nor on which of them does what: work is cut into parts
 * first, and the parts write to places of their own. So a result depends on the number of parts alone, and a run that
 * was made on two processors can be repeated on one. Idle threads end after a minute and never keep a program alive.
 *
 * @since 0.1.0
 */
public final class Workers {
    /** How long the calling thread looks whether the others are done before it sleeps: parts end close together. */
    private static final long SPIN_NANOS = 50_000;

    private static final long IDLE_SECONDS = 60;

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final ThreadPoolExecutor OTHERS = new ThreadPoolExecutor(
            1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Workers::newThread);
    /** Set while a thread works on a part: work inside a part is not divided again. */
    private static final ThreadLocal<Boolean> BUSY = ThreadLocal.withInitial(() -> false);

    private static volatile int threads;

    static {
        OTHERS.allowCoreThreadTimeOut(true);
        setThreads(Runtime.getRuntime().availableProcessors());
    }

    private Workers() {}

    /**
     * A thread of the process, not of whoever happened to ask first: whoever waits for all threads of a group of his,
     * as Maven's exec plugin does, would wait for this one, and a class loader that it held could not go.
     */
    private static Thread newThread(Runnable work) {
        ThreadGroup process = Thread.currentThread().getThreadGroup();
        while (process.getParent() != null) {
            process = process.getParent();
        }
        Thread thread = new Thread(process, work, "unroll4j worker " + NUMBER.incrementAndGet(), 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(Workers.class.getClassLoader());
        return thread;
    }

    /**
     * {@return how many threads work on one call at once, the calling one included: at first, one for each processor}
     */
    public static int threads() {
        return threads;
    }

    /**
     * Sets the number of threads for this process. For a given number of parts no bit changes with it. Where nobody
     * has set the number of parts, it follows from this one ({@link #parts}), and results differ by rounding. Threads
     * of the BLAS inside each of them ({@link Backend#setThreads}) rarely pay beside them.
     *
     * @param count 1 or more; 1 for the calling thread alone
     * @throws IllegalArgumentException if the number is below 1
     */
    public static synchronized void setThreads(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("Workers.setThreads: the count is " + count + ", expected 1 or more.");
        }
        int others = Math.max(1, count - 1);
        if (others > OTHERS.getMaximumPoolSize()) { // the larger bound first, or last, so that they never cross
            OTHERS.setMaximumPoolSize(others);
            OTHERS.setCorePoolSize(others);
        } else {
            OTHERS.setCorePoolSize(others);
            OTHERS.setMaximumPoolSize(others);
        }
        threads = count;
    }

    /**
     * Into how many parts to cut rows that are independent, so that every thread has some.
     *
     * @param rows how many there are
     * @param least rows that keep a thread busy
     * @return as many as there are threads, fewer for few rows, 1 or more
     */
    public static int parts(int rows, int least) {
        return Math.max(1, Math.min(threads, rows / least));
    }

    /**
     * The first row of each part where rows are cut evenly, and the number of rows.
     *
     * @param rows how many there are
     * @param parts into how many parts to cut them, 1 or more
     * @return parts + 1 numbers
     */
    public static int[] bounds(int rows, int parts) {
        int[] bounds = new int[parts + 1];
        for (int i = 0; i <= parts; i++) {
            bounds[i] = (int) ((long) rows * i / parts);
        }
        return bounds;
    }

    /**
     * Does all parts, each once, on the calling thread and on others that are free, and returns when all are done.
     * Inside a part, parts are done one after another.
     *
     * @param parts how many there are
     * @param work does the part of a number, from 0; whatever it writes, no other part reads or writes. If parts fail,
     *     the others are done all the same, and the failure of the lowest number is thrown
     */
    public static void run(int parts, IntConsumer work) {
        int others = Math.min(threads, parts) - 1;
        if (others < 1 || BUSY.get()) {
            for (int part = 0; part < parts; part++) {
                work.accept(part);
            }
            return;
        }
        Shared shared = new Shared(parts, work);
        for (int i = 0; i < others; i++) {
            OTHERS.execute(shared);
        }
        shared.run();
        shared.awaitAll();
        shared.throwFailure();
    }

    /** Work that several threads take parts from. A thread that comes when all parts are taken does nothing. */
    private static final class Shared implements Runnable {
        private final int parts;
        private final IntConsumer work;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger done = new AtomicInteger();
        private final Thread caller = Thread.currentThread();
        /** Guarded by this, and the number of its part. */
        private @Nullable Throwable failure;

        private int failed;

        Shared(int parts, IntConsumer work) {
            this.parts = parts;
            this.work = work;
        }

        @Override
        public void run() {
            BUSY.set(true);
            try {
                for (int part = next.getAndIncrement(); part < parts; part = next.getAndIncrement()) {
                    try {
                        work.accept(part);
                    } catch (Throwable t) { // told by the calling thread
                        keep(t, part);
                    }
                    if (done.incrementAndGet() == parts) {
                        LockSupport.unpark(caller);
                    }
                }
            } finally {
                BUSY.set(false);
            }
        }

        private synchronized void keep(Throwable t, int part) {
            if (failure == null || part < failed) {
                failure = t;
                failed = part;
            }
        }

        void awaitAll() {
            long end = System.nanoTime() + SPIN_NANOS;
            while (done.get() < parts && System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            boolean interrupted = false;
            while (done.get() < parts) { // a part that has begun is not left alone, whoever asks
                LockSupport.park(this);
                interrupted |= Thread.interrupted();
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        synchronized void throwFailure() {
            if (failure instanceof RuntimeException e) {
                throw e;
            }
            if (failure instanceof Error e) {
                throw e;
            }
        }
    }
}
