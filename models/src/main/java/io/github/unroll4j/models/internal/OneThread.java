// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.internal;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what has native memory to one thread at a time: a second one is refused with a sentence, where it would
 * overwrite, or free, what the first is multiplying by.
 *
 * <p>It is entered at each public method that touches the memory, by one compare-and-set. A thread that is inside may
 * enter again. Threads that come in turn are welcome, and each sees what the one before it wrote.
 *
 * @since 0.1.0
 */
public final class OneThread {
    private final Supplier<String> name;
    private final AtomicReference<@Nullable Thread> user = new AtomicReference<>();
    /** How often the user has entered; read and written by the user alone. */
    private int depth;

    /**
     * A guard that nobody has entered.
     *
     * @param name of what is guarded, for the sentence
     */
    public OneThread(Supplier<String> name) {
        this.name = name;
    }

    /**
     * Comes in; {@link #exit} must follow.
     *
     * @param method where to
     * @throws IllegalStateException if another thread is inside
     */
    public void enter(String method) {
        Thread me = Thread.currentThread();
        if (user.get() == me) {
            depth++;
            return;
        }
        if (!user.compareAndSet(null, me)) {
            throw refused(method, me, user.get());
        }
        depth = 1;
    }

    private IllegalStateException refused(String method, Thread me, @Nullable Thread other) {
        String found = other == null ? "another" : "'" + other.getName() + "'";
        return new IllegalStateException(name.get() + "." + method + ": called by thread '" + me.getName()
                + "' while thread " + found + " is inside, expected one thread at a time; likely cause: threads share"
                + " a layer. Give each its own, or call what a model lets any number of threads call.");
    }

    /** Goes out. */
    public void exit() {
        depth--;
        if (depth == 0) {
            user.set(null);
        }
    }
}
