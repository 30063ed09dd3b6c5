// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.tensor;

/**
 * The two element types: FLOAT for training, DOUBLE for proof. Always an argument, never a global setting.
 *
 * @since 0.1.0
 */
public enum Dtype {
    /** 32-bit IEEE numbers. */
    FLOAT(4),
    /** 64-bit IEEE numbers. */
    DOUBLE(8);

    private final int bytes;

    Dtype(int bytes) {
        this.bytes = bytes;
    }

    /** {@return bytes of one element} */
    public int bytes() {
        return bytes;
    }
}
