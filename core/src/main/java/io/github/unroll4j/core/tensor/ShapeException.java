// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.tensor;

/**
 * An array has another shape than the operation needs; the message names the place, both shapes and the likely cause.
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
}
