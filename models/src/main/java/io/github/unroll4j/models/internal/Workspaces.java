// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.internal;

import io.github.unroll4j.core.param.Parameters;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The workspaces of a model: what a call needs beside the weights, which is the model's layers with their buffers.
 *
 * <p>A call that reads takes a workspace of its own, so that any number of threads may call at once; the one that was
 * used last is handed out first, and one is made where none is free. Training has the first workspace, which is never
 * lent: what a model hands out of its inside belongs to it. A workspace whose call threw is freed, because what it was
 * in the middle of is unknown, and after an OutOfMemoryError its memory is wanted elsewhere.
 *
 * <p>Closing is one moment: calls that came before it finish, and what they use is freed when they return; later ones
 * are told.
 *
 * @param <W> a workspace
 * @since 0.1.0
 */
public final class Workspaces<W> implements AutoCloseable {
    /** Free workspaces that are kept: more threads than processors are not at work at once, however many call. */
    private static final int MOST_FREE = Math.max(2, Runtime.getRuntime().availableProcessors());

    private final Parameters parameters;
    private final W first;
    private final Supplier<W> make;
    private final Consumer<? super W> free;
    /** Guarded by this, as all below. */
    private final Deque<W> idle = new ArrayDeque<>(MOST_FREE + 1); // giving back allocates nothing

    private int learning;
    private boolean closed;

    /**
     * The workspaces of a model.
     *
     * @param parameters its weights
     * @param first the workspace that was declared with them
     * @param make declares another one over the same weights
     * @param free frees the memory of a workspace; a second time it does nothing
     */
    public Workspaces(Parameters parameters, W first, Supplier<W> make, Consumer<? super W> free) {
        this.parameters = parameters;
        this.first = first;
        this.make = make;
        this.free = free;
    }

    /** {@return the workspace of training} */
    public W first() {
        return first;
    }

    /**
     * Reads the weights in a workspace of the call's own.
     *
     * @param what the operation, for messages
     * @param work the call
     * @return what it returns
     * @param <R> type of the result
     * @throws IllegalStateException after close
     */
    public <R> R read(String what, Function<? super W, R> work) {
        return parameters.read(() -> {
            W free = take(what);
            W own = free == null ? make.get() : free;
            R result = guarded(own, work);
            give(own);
            return result;
        });
    }

    /**
     * Trains in the first workspace.
     *
     * @param what the operation, for messages
     * @param work the call
     * @return what it returns
     * @param <R> type of the result
     * @throws IllegalStateException after close, while another thread trains, or inside a call that reads
     */
    public <R> R train(String what, Function<? super W, R> work) {
        return parameters.train(what, () -> {
            begin(what);
            try {
                return guarded(first, work);
            } finally {
                end();
            }
        });
    }

    private <R> R guarded(W workspace, Function<? super W, R> work) {
        try {
            return work.apply(workspace);
        } catch (Throwable t) {
            try {
                free.accept(workspace);
                if (t instanceof OutOfMemoryError) { // what others left for later calls is wanted now
                    freeIdle();
                }
            } catch (RuntimeException | OutOfMemoryError second) { // the first failure is the one to tell
                t.addSuppressed(second);
            }
            throw t;
        }
    }

    private synchronized @Nullable W take(String what) {
        requireOpen(what);
        return idle.pollLast();
    }

    private synchronized void give(W workspace) {
        if (closed || idle.size() == MOST_FREE) {
            free.accept(workspace);
        } else {
            idle.addLast(workspace);
        }
    }

    private synchronized void freeIdle() {
        for (W next = idle.pollLast(); next != null; next = idle.pollLast()) {
            free.accept(next);
        }
    }

    private synchronized void begin(String what) {
        requireOpen(what);
        learning++;
    }

    private synchronized void end() {
        learning--;
        if (closed && learning == 0) {
            free.accept(first);
        }
    }

    private void requireOpen(String what) {
        if (closed) {
            throw new IllegalStateException(what + ": the model is closed, expected an open one; likely cause: another"
                    + " thread, or the end of a try block, closed it before this call.");
        }
    }

    /** Frees what is not in use; the rest goes when its call returns. A second call does nothing. */
    @Override
    public synchronized void close() {
        closed = true;
        freeIdle();
        if (learning == 0) {
            free.accept(first);
        }
    }
}
