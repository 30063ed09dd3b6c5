// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.tensor;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one door to ND4J's static factory and to the BLAS that its CPU backend loads.
 *
 * <p>Everything native in the library is allocated here and multiplied in {@link NativeMatrix}. The BLAS threads
 * default to one: recurrent steps are small products, which more threads slow down more often than not.
 *
 * @since 0.1.0
 */
public final class Backend {
    private static final Logger LOG = LoggerFactory.getLogger(Backend.class);

    private static final AtomicLong HELD = new AtomicLong();

    private Backend() {}

    /** {@return native bytes that the library holds now, in all open {@link NativeArray}s of this process} */
    public static long held() {
        return HELD.get();
    }

    /** Counts bytes that are allocated, or, below zero, freed. */
    static void hold(long bytes) {
        HELD.addAndGet(bytes);
    }

    /**
     * Starts the backend now, where the first array would do it otherwise: a service calls this when it starts, so
     * that it is not its first request that waits, or fails. The first start of a version on a machine unpacks some 400
     * MB of native libraries into {@code ~/.javacpp/cache}. Later calls, from any thread, only tell how long it took.
     *
     * @return how long the start took
     * @throws IllegalStateException if the backend cannot be started: one sentence that says why, and what helps. It
     *     stays so in this process
     */
    public static Duration start() {
        Holder.require();
        return Holder.TIME;
    }

    /**
     * Sets the number of BLAS threads for this process. Results may change in their last bits with it.
     *
     * @param threads 1 or more
     * @throws IllegalArgumentException if {@code threads} is below 1
     * @throws IllegalStateException if the backend cannot be started, as {@link #start} says
     */
    public static void setThreads(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("Backend.setThreads: threads is " + threads + ", expected 1 or more.");
        }
        Holder.require();
        openblas_nolapack.blas_set_num_threads(threads);
    }

    /**
     * One line about what computes here, for logs and reports.
     *
     * @return the ND4J backend and the number of BLAS threads
     * @throws IllegalStateException if the backend cannot be started, as {@link #start} says
     */
    public static String describe() {
        Holder.require();
        return "ND4J " + Nd4j.getBackend().getClass().getSimpleName() + ", " + blas() + " on " + Loader.getPlatform()
                + ", "
                + openblas_nolapack.blas_get_num_threads() + " BLAS thread"
                + (openblas_nolapack.blas_get_num_threads() == 1 ? "" : "s");
    }

    private static String blas() {
        try {
            return "OpenBLAS " + Loader.getVersion("org.bytedeco", "openblas");
        } catch (IOException e) { // a jar without its Maven properties
            return "OpenBLAS";
        }
    }

    // ND4J M2.1 brings 0.3.19, which takes processors made since for older ones and leaves half of their speed unused.
    private static void adviseOnOldBlas() {
        if (blas().startsWith("OpenBLAS 0.3.19")
                && Loader.getPlatform().endsWith("x86_64")
                && System.getenv("OPENBLAS_CORETYPE") == null) {
            LOG.info(
                    "{} does not know processors newer than 2021; depend on unroll4j-starter, which brings a newer"
                            + " one, or on a processor with AVX-512 start with OPENBLAS_CORETYPE=SkylakeX.",
                    blas());
        }
    }

    /** An uninitialised native array of the given length; the caller owns and closes it. */
    static INDArray allocate(Dtype dtype, long length) {
        Holder.require();
        return Nd4j.createUninitialized(dtype == Dtype.FLOAT ? DataType.FLOAT : DataType.DOUBLE, length);
    }

    /**
     * Starts the backend on a thread of its own. JavaCPP locks a file while it unpacks its libraries, which an
     * interrupt of the thread ends; ND4J looks for its backend where the thread's class loader does, which may see less
     * than this class does; and a start that has failed cannot be repeated in a process.
     */
    private static @Nullable Throwable startApart() {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Thread starter = new Thread(() -> failure.set(attempt()), "unroll4j backend");
        starter.setContextClassLoader(Backend.class.getClassLoader());
        starter.start();
        boolean interrupted = false;
        while (starter.isAlive()) {
            try {
                starter.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return failure.get();
    }

    private static @Nullable Throwable attempt() {
        try {
            Nd4j.createUninitialized(DataType.FLOAT, 1).close();
            Loader.load(openblas_nolapack.class);
            openblas_nolapack.blas_set_num_threads(1);
            adviseOnOldBlas();
            BackendFailure.mixture().ifPresent(mixture -> LOG.warn("{}.", mixture));
            return null;
        } catch (Throwable t) { // ND4J reports a missing backend as an Error in a static initialiser
            return t;
        }
    }

    /** Starts the backend once; a failure is kept and thrown again in our own words at every use. */
    @SuppressWarnings("StaticAssignmentOfThrowable") // the cause belongs to the start, which happens once
    private static final class Holder {
        private static final Duration TIME;
        private static final @Nullable Throwable FAILURE;
        private static final String MESSAGE;

        static {
            long before = System.nanoTime();
            FAILURE = startApart();
            TIME = Duration.ofNanos(System.nanoTime() - before);
            MESSAGE = FAILURE == null ? "" : BackendFailure.explain(FAILURE);
        }

        static void require() {
            if (FAILURE != null) {
                throw new IllegalStateException(MESSAGE, FAILURE);
            }
        }
    }
}
