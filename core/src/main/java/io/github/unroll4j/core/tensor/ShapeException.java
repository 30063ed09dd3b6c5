// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.tensor;

import java.util.Arrays;
import java.util.Objects;
import java.util.StringJoiner;

/**
 * An array has another shape than the operation needs; the message names the place, both shapes and the likely cause,
 * in one way everywhere, with the names of the axes.
 *
 * @since 0.1.0
 */
public final class ShapeException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message one sentence: where, what, expected, found, likely cause
     */
    public ShapeException(String message) {
        super(message);
    }

    /**
     * Words the exception, for the caller to throw.
     *
     * @param where the operation, e.g. {@code "HoistedLayer(lstm).forward"}
     * @param what the argument, e.g. {@code "X"}
     * @param found the shape found, as text
     * @param expected the shape expected, as text
     * @param hint the likely cause, a clause without a full stop; empty for none
     * @return the exception
     */
    public static ShapeException of(String where, String what, String found, String expected, String hint) {
        String cause = hint.isEmpty() ? "." : "; likely cause: " + hint + ".";
        return new ShapeException(where + ": " + what + " is " + found + ", expected " + expected + cause);
    }

    /**
     * Requires a shape whose axes have names, such as {@code [T=20, B=32, D=64]}.
     *
     * @param where the operation
     * @param what the argument
     * @param found the shape that was passed
     * @param axes the expected axes in order; a size of -1 accepts any size
     * @param hint the likely cause; empty for none
     * @throws ShapeException if rank or any size differs
     */
    public static void require(String where, String what, int[] found, Axis[] axes, String hint) {
        boolean ok = found.length == axes.length;
        for (int i = 0; ok && i < axes.length; i++) {
            ok = axes[i].size() < 0 || axes[i].size() == found[i];
        }
        if (!ok) {
            throw of(where, what, Arrays.toString(found), describe(axes), hint);
        }
    }

    /**
     * An expected axis.
     *
     * @param name the letter, e.g. T
     * @param size its size, -1 for any
     * @return the axis
     */
    public static Axis axis(String name, int size) {
        Objects.requireNonNull(name, "name");
        return new Axis(name, size);
    }

    private static String describe(Axis[] axes) {
        StringJoiner text = new StringJoiner(", ", "[", "]");
        for (Axis axis : axes) {
            text.add(axis.size() < 0 ? axis.name() : axis.name() + "=" + axis.size());
        }
        return text.toString();
    }

    /**
     * One named axis of an expected shape.
     *
     * @param name letter used in the equations
     * @param size expected size, -1 for any
     */
    public record Axis(String name, int size) {
        /**
         * Requires what is not optional.
         *
         * @param name {@link #name()}
         * @param size {@link #size()}
         */
        public Axis {
            Objects.requireNonNull(name, "name");
        }
    }
}
