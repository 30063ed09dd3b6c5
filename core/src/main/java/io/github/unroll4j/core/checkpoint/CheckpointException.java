// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.checkpoint;

import org.jspecify.annotations.Nullable;

/**
 * A checkpoint cannot be read, written or used. The message names the file, what is wrong and the likely cause. It can
 * be printed as it is: what it quotes from a file is shortened, and control characters are shown as Unicode escapes.
 *
 * @since 0.1.0
 */
public final class CheckpointException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message one sentence: file, what is wrong, likely cause
     */
    public CheckpointException(String message) {
        this(message, null);
    }

    /**
     * Creates the exception.
     *
     * @param message one sentence: file, what is wrong, likely cause
     * @param cause the exception that caused this one, or null
     */
    public CheckpointException(String message, @Nullable Throwable cause) {
        super(Printable.of(message), cause);
    }
}
