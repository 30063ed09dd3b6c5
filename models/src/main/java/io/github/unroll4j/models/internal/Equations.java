// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.internal;

import java.util.Arrays;

/**
 * Equations that a user may have written: what fails inside them is told with their name.
 *
 * @since 0.1.0
 */
public final class Equations {
    private Equations() {}

    /**
     * A failure, with the name of the equations if it comes from them. Looked into only when something has failed.
     *
     * @param where the operation, with the name that the equations have
     * @param who the cell or score
     * @param e the failure
     * @return what to throw
     */
    public static RuntimeException named(String where, Object who, RuntimeException e) {
        String equations = who.getClass().getName();
        StackTraceElement[] calls = e.getStackTrace(); // none where HotSpot throws one that it has made beforehand
        if (calls.length > 0
                && Arrays.stream(calls).noneMatch(call -> call.getClassName().equals(equations))) {
            return e;
        }
        String failed = where + ": the equations failed: ";
        if (e instanceof IllegalArgumentException) {
            return new IllegalArgumentException(failed + e.getMessage(), e);
        }
        return new IllegalStateException(failed + (e instanceof IllegalStateException ? e.getMessage() : e), e);
    }
}
