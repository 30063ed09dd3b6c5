// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.checkpoint;

import org.jspecify.annotations.Nullable;

/** A checkpoint cannot be read, written or used. The message names the file, what is wrong and the likely cause. */
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
        super(message, cause);
    }
}
