// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.param;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.core.tensor.Workers;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The values of a model's weights, which all its registries share: the flat array, its native copies, and who may touch
 * them when.
 *
 * <p>Many threads may read at once, one may train. Training is a claim, not a lock: a second thread is refused, because
 * two trainings of one model are a mistake and to wait for the first would hide it. The lock is for the moment in which
 * the values change: whoever reads them waits for that moment, and that moment waits for those who read. Who already
 * reads the weights of one model waits at another's only while these change, not behind a writer that waits itself:
 * two models that ask each other would wait for ever.
 */
final class Weights {
    private static final long RETRY_NANOS = 50_000;
    /** How many reads this thread is inside, of whatever weights. */
    private static final ThreadLocal<int[]> READS = ThreadLocal.withInitial(() -> new int[1]);

    private final Vec values;
    private final NativeCopy[] copies;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    /** Threads at work on a part of a call that reads; the thread of the call has the lock for them. */
    private final Set<Thread> helpers = ConcurrentHashMap.newKeySet();

    private volatile long version;
    /** Who trains, and by which operation; null for nobody. Guarded by this. */
    private @Nullable Thread trainer;

    private String operation = "";

    Weights(Dtype dtype, int count, int parameters) {
        values = Vec.zeros(dtype, count);
        copies = new NativeCopy[parameters];
        for (int i = 0; i < parameters; i++) {
            copies[i] = new NativeCopy();
        }
    }

    Vec values() {
        return values;
    }

    long version() {
        return version;
    }

    // Nobody changes the values twice at once, see write; a user who writes past it has only himself to wait for.
    @SuppressWarnings("NonAtomicVolatileUpdate")
    void changed() {
        version++;
    }

    <T> T read(Supplier<T> work) {
        if (readsForAnother()) { // a writer that waits for the call would be waited for here
            return work.get();
        }
        int[] reads = READS.get();
        if (reads[0] == 0) {
            lock.readLock().lock();
        } else {
            while (!lock.readLock().tryLock()) { // true behind a writer that waits, false while one writes
                LockSupport.parkNanos(this, RETRY_NANOS);
            }
        }
        reads[0]++;
        try {
            return work.get();
        } finally {
            reads[0]--;
            lock.readLock().unlock();
        }
    }

    void read(int parts, IntConsumer work) {
        Thread caller = Thread.currentThread();
        read(() -> {
            Workers.run(parts, part -> {
                Thread me = Thread.currentThread();
                boolean helps = me != caller && helpers.add(me);
                int[] reads = READS.get();
                reads[0]++;
                try {
                    work.accept(part);
                } finally {
                    reads[0]--;
                    if (helps) {
                        helpers.remove(me);
                    }
                }
            });
            return parts;
        });
    }

    private boolean readsForAnother() {
        return helpers.contains(Thread.currentThread());
    }

    void write(String what, Consumer<Vec> change) {
        train(what, () -> {
            lock.writeLock().lock();
            try {
                change.accept(values);
            } finally { // what has been written before a failure has been written
                changed();
                lock.writeLock().unlock();
            }
            return values;
        });
    }

    <T> T train(String what, Supplier<T> work) {
        boolean outermost = claim(what);
        try {
            return work.get();
        } finally {
            release(outermost);
        }
    }

    /** Whether this is the outermost of the claims of this thread. */
    private synchronized boolean claim(String what) {
        Thread me = Thread.currentThread();
        boolean reads = lock.getReadHoldCount() > 0 || readsForAnother();
        if (reads && !lock.isWriteLockedByCurrentThread()) {
            throw new IllegalStateException(what + ": called while this thread, " + name(me)
                    + ", reads the same weights, expected a call after that has returned; likely cause: it stands in"
                    + " what generate was given to call for each token.");
        }
        if (trainer == me) {
            return false;
        }
        if (trainer != null) {
            throw new IllegalStateException(what + ": called by thread " + name(me) + " while thread " + name(trainer)
                    + " trains the same weights in " + operation
                    + ", expected one thread that trains; likely cause: a model is shared by two trainings, which need"
                    + " one each.");
        }
        trainer = me;
        operation = what;
        return true;
    }

    private synchronized void release(boolean outermost) {
        if (outermost) {
            trainer = null;
        }
    }

    private static String name(Thread thread) {
        return "'" + thread.getName() + "'";
    }

    NativeCopy copy(int parameter) {
        return copies[parameter];
    }

    /** The values of one parameter in native memory, while somebody uses them. */
    static final class NativeCopy {
        private @Nullable NativeArray memory;
        private @Nullable NativeMatrix all;
        private long version = -1;
        private int users;

        /** Takes a share. */
        synchronized NativeArray open(Parameter of) {
            NativeArray renewed = renewed(of);
            users++;
            return renewed;
        }

        /** The copy, renewed if the values have moved. Several threads may ask at once; the first renews for all. */
        synchronized NativeArray renewed(Parameter of) {
            if (memory == null || all == null) {
                memory = NativeArray.allocate(of.owner().dtype(), of.size());
                all = memory.matrix(0, 1, of.size());
                version = -1;
            }
            long now = of.owner().version();
            if (version != now) {
                all.put(of.values(), of.offset());
                version = now;
            }
            return memory;
        }

        /** Gives a share back; the last one frees the memory. */
        synchronized void close() {
            users--;
            if (users == 0 && memory != null) {
                memory.close();
                memory = null;
                all = null;
            }
        }
    }
}
