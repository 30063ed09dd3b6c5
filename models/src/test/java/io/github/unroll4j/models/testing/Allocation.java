// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.testing;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Counts what the current thread allocates on the heap. */
public final class Allocation {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final long before = THREADS.getCurrentThreadAllocatedBytes();

    private Allocation() {}

    /** Begins to count. */
    public static Allocation start() {
        return new Allocation();
    }

    /** Bytes allocated since. */
    public long bytes() {
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
