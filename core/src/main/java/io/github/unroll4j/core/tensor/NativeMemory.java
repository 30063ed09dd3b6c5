// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.tensor;

import java.util.concurrent.atomic.AtomicLong;

/** Counts the native bytes that this library holds, so that a test or a user can see that they stay flat. */
public final class NativeMemory {
    private static final AtomicLong HELD = new AtomicLong();

    private NativeMemory() {}

    /** Native bytes held now by all open {@link NativeArray}s of this process. */
    public static long held() {
        return HELD.get();
    }

    static void allocated(long bytes) {
        HELD.addAndGet(bytes);
    }

    static void freed(long bytes) {
        HELD.addAndGet(-bytes);
    }
}
