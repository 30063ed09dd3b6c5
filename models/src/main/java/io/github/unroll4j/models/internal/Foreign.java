// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.internal;

import io.github.unroll4j.core.tensor.ShapeException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * Code that a user may have written, such as a cell or a listener: what fails inside it is told with the name of its
 * class.
 *
 * @since 0.1.0
 */
public final class Foreign {
    private Foreign() {}

    /**
     * A failure, with the name of the class if it comes from there and is one of Java's own, or about shapes: other
     * exceptions of the user's or of this library say themselves what they are, and one of input and output names its
     * file. Looked into only when something has failed.
     *
     * @param where the operation
     * @param what the kind of code, such as {@code cell}
     * @param who the object
     * @param e the failure
     * @return what to throw
     */
    public static RuntimeException named(String where, String what, Object who, RuntimeException e) {
        String name = who.getClass().getName();
        String host = name.replaceFirst("\\$\\$Lambda.*", ""); // where the body of a lambda stands
        StackTraceElement[] calls = e.getStackTrace(); // none where HotSpot throws one that it has made beforehand
        boolean elsewhere = calls.length > 0
                && Arrays.stream(calls).noneMatch(call -> call.getClassName().equals(host));
        boolean own = !e.getClass().getName().startsWith("java.") && !(e instanceof ShapeException);
        if (elsewhere || own || e instanceof UncheckedIOException) {
            return e;
        }
        String failed = where + ": the " + what + " " + host + " failed: ";
        if (e.getClass() == IllegalStateException.class) {
            return new IllegalStateException(failed + e.getMessage(), e);
        }
        boolean sentence = e instanceof IllegalArgumentException && !(e instanceof NumberFormatException);
        return sentence
                ? new IllegalArgumentException(failed + e.getMessage(), e)
                : new IllegalStateException(failed + e, e);
    }
}
