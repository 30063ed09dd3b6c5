// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.checkpoint;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** The element types of safetensors for which there is a Java array, with their names in the format. */
enum ElementType {
    F64(8),
    F32(4),
    I64(8),
    I32(4),
    U8(1);

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    static Optional<ElementType> named(String name) {
        return Arrays.stream(values()).filter(t -> t.name().equals(name)).findFirst();
    }

    static ElementType of(Object array) {
        if (array instanceof double[]) {
            return F64;
        }
        if (array instanceof float[]) {
            return F32;
        }
        if (array instanceof long[]) {
            return I64;
        }
        return array instanceof int[] ? I32 : U8;
    }

    int bytes() {
        return bytes;
    }

    Object allocate(int length) {
        return switch (this) {
            case F64 -> new double[length];
            case F32 -> new float[length];
            case I64 -> new long[length];
            case I32 -> new int[length];
            case U8 -> new byte[length];
        };
    }

    /** Reads {@code n} elements from the front of the buffer into the array. */
    void decode(ByteBuffer from, Object array, int at, int n) {
        switch (this) {
            case F64 -> from.asDoubleBuffer().get((double[]) array, at, n);
            case F32 -> from.asFloatBuffer().get((float[]) array, at, n);
            case I64 -> from.asLongBuffer().get((long[]) array, at, n);
            case I32 -> from.asIntBuffer().get((int[]) array, at, n);
            case U8 -> from.duplicate().get((byte[]) array, at, n);
        }
    }

    /** Writes {@code n} elements of the array to the front of the buffer. */
    void encode(Object array, int at, int n, ByteBuffer to) {
        switch (this) {
            case F64 -> to.asDoubleBuffer().put((double[]) array, at, n);
            case F32 -> to.asFloatBuffer().put((float[]) array, at, n);
            case I64 -> to.asLongBuffer().put((long[]) array, at, n);
            case I32 -> to.asIntBuffer().put((int[]) array, at, n);
            case U8 -> to.duplicate().put((byte[]) array, at, n);
        }
    }
}
