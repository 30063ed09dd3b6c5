// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.tensor;

/** No usable ND4J CPU backend was found; the message says which dependency to add. */
public final class BackendException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message one sentence with the remedy
     * @param cause what ND4J threw
     */
    public BackendException(String message, Throwable cause) {
        super(message, cause);
    }
}
