// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.internal;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Workers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The workspaces of a model: what a call needs beside the weights, which is the model's layers with their buffers.
 *
 * <p>A call that reads takes a workspace of its own, so that any number of threads may call at once; the one that was
 * used last is handed out first, and one is made where none is free. Training has the first workspace, which is never
 * lent: what a model hands out of its inside belongs to it. A batch that is trained in parts has one more for each part
 * but the first, with gradients of its own. A workspace whose call threw is freed, because what it was in the middle of
 * is unknown, and after an OutOfMemoryError its memory is wanted elsewhere.
 *
 * <p>Closing is one moment: calls that came before it finish, in all their parts, and what they use is freed when they
 * return; later ones are told.
 *
 * @param <W> a workspace
 * @since 0.1.0
 */
public final class Workspaces<W> implements AutoCloseable {
    /** Free workspaces that are kept: more threads than processors are not at work at once, however many call. */
    private static final int MOST_FREE = Math.max(2, Runtime.getRuntime().availableProcessors());

    private final Parameters parameters;
    private final W first;
    private final Function<Parameters.Builder, ? extends W> forTraining;
    private final Function<Parameters.Builder, ? extends W> forReading;
    private final Consumer<? super W> free;
    /** Of the parts of a batch beside the first. Used by the thread that trains; guarded by this, as all below. */
    private final List<Part<W>> parts = new ArrayList<>();

    private final Deque<W> idle = new ArrayDeque<>(MOST_FREE + 1); // giving back allocates nothing

    private int learning;
    private boolean closed;

    /** A workspace and the gradients that its layers add to. */
    private record Part<W>(W workspace, Parameters parameters) {}

    /**
     * The workspaces of a model.
     *
     * @param parameters its weights
     * @param first the workspace that was declared with them
     * @param forTraining declares the same layers once more
     * @param forReading declares layers of the same weights that give the same, for calls that do not train
     * @param free frees the memory of a workspace; a second time it does nothing
     */
    public Workspaces(
            Parameters parameters,
            W first,
            Function<Parameters.Builder, ? extends W> forTraining,
            Function<Parameters.Builder, ? extends W> forReading,
            Consumer<? super W> free) {
        this.parameters = parameters;
        this.first = first;
        this.forTraining = forTraining;
        this.forReading = forReading;
        this.free = free;
    }

    private Part<W> make(Function<Parameters.Builder, ? extends W> declare) {
        Parameters.Builder p = Parameters.builder();
        W again = declare.apply(p);
        return new Part<>(again, p.over(parameters));
    }

    /**
     * The workspace of training, for what a model hands out of its inside.
     *
     * @param what the operation, for messages
     * @return the workspace
     * @throws IllegalStateException after close: its buffers would be allocated anew and never freed
     */
    public synchronized W first(String what) {
        requireOpen(what);
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
        requireOpen(what);
        return parameters.read(() -> taken(work));
    }

    /**
     * Reads the weights in parts, on several threads at once, each in a workspace of its own.
     *
     * @param what the operation, for messages
     * @param count how many parts
     * @param work the part of a number, from 0
     * @return what the parts return, in order
     * @param <R> type of the result of a part
     * @throws IllegalStateException after close
     */
    public <R> List<R> read(String what, int count, BiFunction<? super W, Integer, R> work) {
        requireOpen(what);
        List<R> results = new ArrayList<>(Collections.nCopies(count, null));
        parameters.read(count, part -> results.set(part, taken(own -> work.apply(own, part))));
        return results;
    }

    /**
     * Reads the weights as {@link #read(String, Function)}, for work without a result.
     *
     * @param what the operation, for messages
     * @param work the call
     * @throws IllegalStateException after close
     */
    public void run(String what, Consumer<? super W> work) {
        read(what, own -> {
            work.accept(own);
            return true;
        });
    }

    /**
     * Reads the weights in parts as {@link #read(String, int, BiFunction)}, for work without results.
     *
     * @param what the operation, for messages
     * @param count how many parts
     * @param work the part of a number, from 0
     * @throws IllegalStateException after close
     */
    public void run(String what, int count, BiConsumer<? super W, Integer> work) {
        requireOpen(what);
        parameters.read(
                count,
                part -> taken(own -> {
                    work.accept(own, part);
                    return part;
                }));
    }

    /**
     * Reads the weights in some workspaces of the call's own, for work in rounds of several threads.
     *
     * @param what the operation, for messages
     * @param count how many workspaces
     * @param work the call, which gets them
     * @throws IllegalStateException after close
     */
    public void borrow(String what, int count, Consumer<List<W>> work) {
        requireOpen(what);
        parameters.read(() -> borrowed(count, new ArrayList<>(count), work));
    }

    private boolean borrowed(int count, List<W> own, Consumer<List<W>> work) {
        if (own.size() == count) {
            work.accept(own);
            return true;
        }
        return taken(one -> {
            own.add(one);
            return borrowed(count, own, work);
        });
    }

    private <R> R taken(Function<? super W, R> work) {
        W found = take();
        W own = found == null ? make(forReading).workspace : found;
        R result = guarded(own, work);
        give(own);
        return result;
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

    /**
     * Trains a batch in parts, on several threads at once, and adds up their gradients in the order of the parts.
     *
     * @param what the operation, for messages
     * @param count how many parts
     * @param work the part of a number, from 0, which adds to the gradients of its workspace
     * @return what the parts return, in order
     * @param <R> type of the result of a part
     * @throws IllegalStateException as {@link #train(String, Function)}
     */
    public <R> List<R> train(String what, int count, BiFunction<? super W, Integer, R> work) {
        return train(what, own -> {
            List<Part<W>> others = others(count - 1);
            List<R> results = new ArrayList<>(Collections.nCopies(count, null));
            Workers.run(
                    count,
                    part -> results.set(
                            part, part == 0 ? work.apply(own, 0) : other(others.get(part - 1), part, work)));
            parameters.takeGradients(others.stream().map(Part::parameters).toList());
            return results;
        });
    }

    private <R> R other(Part<W> part, int number, BiFunction<? super W, Integer, R> work) {
        part.parameters.zeroGradients(); // a batch that failed may have left some
        return guarded(part.workspace, own -> work.apply(own, number));
    }

    private synchronized List<Part<W>> others(int count) {
        while (parts.size() < count) {
            parts.add(make(forTraining));
        }
        return List.copyOf(parts.subList(0, count));
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

    private synchronized @Nullable W take() {
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
            freeTraining();
        }
    }

    private void freeTraining() {
        free.accept(first);
        parts.forEach(part -> free.accept(part.workspace));
    }

    private synchronized void requireOpen(String what) {
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
            freeTraining();
        }
    }
}
