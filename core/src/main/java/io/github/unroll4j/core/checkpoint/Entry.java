// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.checkpoint;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The numbers that belong to one name.
 *
 * @param type element type
 * @param shape sizes
 * @param array a primitive array of that type, row-major. It is the caller's, not a copy
 */
@SuppressWarnings("ArrayRecordComponent") // carries arrays inside this package, never compared
record Entry(ElementType type, int[] shape, Object array) {
    private static final int CHUNK = 1 << 16;

    /** Writes or reads bytes, one buffer at a time. */
    @FunctionalInterface
    interface Transfer {
        void accept(ByteBuffer bytes) throws IOException;
    }

    static Entry of(Object array, int length) {
        return new Entry(ElementType.of(array), new int[] {length}, array);
    }

    static Entry of(Tensor tensor) {
        Object array = tensor.dtype() == Dtype.FLOAT
                ? tensor.data().floats()
                : tensor.data().doubles();
        return new Entry(ElementType.of(array), tensor.shape(), array);
    }

    static ByteBuffer buffer() {
        return ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    }

    int count() {
        return Tensor.elements(shape);
    }

    /** Passes all numbers to a sink as little-endian bytes, in pieces that are in {@code buffer}. */
    void write(ByteBuffer buffer, Transfer sink) throws IOException {
        int step = buffer.capacity() / type.bytes();
        int n;
        for (int at = 0; at < count(); at += n) {
            n = Math.min(step, count() - at);
            type.encode(array, at, n, buffer.clear());
            sink.accept(buffer.limit(n * type.bytes()));
        }
    }

    /** Reads all numbers from little-endian bytes. {@code source} fills the buffer up to its limit. */
    void read(ByteBuffer buffer, Transfer source) throws IOException {
        int step = buffer.capacity() / type.bytes();
        int n;
        for (int at = 0; at < count(); at += n) {
            n = Math.min(step, count() - at);
            source.accept(buffer.clear().limit(n * type.bytes()));
            type.decode(buffer.flip(), array, at, n);
        }
    }
}
