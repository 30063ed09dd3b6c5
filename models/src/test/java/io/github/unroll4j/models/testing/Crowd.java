// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.opentest4j.AssertionFailedError;

/** Many threads at one thing at once, for tests of what they share. */
public final class Crowd {
    /** As many as the proof asks for. */
    public static final int THREADS = 20;

    private static final long PATIENCE = 600;

    private Crowd() {}

    /**
     * A number of the short form, which runs in every build, or of the whole one, under {@code -Dunroll4j.long=true}.
     */
    public static int size(int small, int whole) {
        return Boolean.getBoolean("unroll4j.long") ? whole : small;
    }

    /**
     * Lets threads answer questions, all of them at once, each thread all questions some times, each beginning with
     * another.
     *
     * @param questions what to ask
     * @param times how often each thread asks each
     */
    public static void requireTheAnswersOfOne(List<? extends Supplier<?>> questions, int times) {
        List<Object> expected = new ArrayList<>();
        questions.forEach(question -> expected.add(question.get()));
        run(THREADS, thread -> () -> {
            for (int call = 0; call < times * questions.size(); call++) {
                int i = (call + thread) % questions.size();
                Object found = questions.get(i).get();
                if (!found.equals(expected.get(i))) {
                    throw new AssertionFailedError("question " + i + " in thread " + thread, expected.get(i), found);
                }
            }
        });
    }

    /**
     * Runs threads that begin together, and waits for them.
     *
     * @param threads how many
     * @param work of each
     */
    public static void run(int threads, IntFunction<Runnable> work) {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                Runnable own = work.apply(i);
                all.add(pool.submit(() -> {
                    await(start);
                    own.run();
                }));
            }
            start.countDown();
            for (Future<?> each : all) {
                each.get(PATIENCE, TimeUnit.SECONDS);
            }
        } catch (Exception e) {
            throw new AssertionError("a thread of the crowd", e);
        } finally {
            pool.shutdownNow();
        }
    }

    /** Waits for a latch; fails where nobody opens it, as in a deadlock. */
    public static void await(CountDownLatch latch) {
        try {
            if (!latch.await(PATIENCE, TimeUnit.SECONDS)) {
                throw new AssertionError("nobody came for " + PATIENCE + " s");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
