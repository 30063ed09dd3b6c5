// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.train;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A message of Protocol Buffers being written, field after field: a key, which is the number of the field and the wire
 * type of its value, then the value (protobuf.dev, "Encoding").
 */
final class ProtoMessage {
    private static final int VARINT = 0;
    private static final int I64 = 1;
    private static final int LENGTH = 2;
    private static final int I32 = 5;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** An int64 or an enum. */
    ProtoMessage number(int field, long value) {
        return key(field, VARINT).varint(value);
    }

    ProtoMessage number(int field, double value) {
        return key(field, I64).raw(littleEndian(Double.BYTES).putDouble(value).array());
    }

    ProtoMessage number(int field, float value) {
        return key(field, I32).raw(littleEndian(Float.BYTES).putFloat(value).array());
    }

    ProtoMessage text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    ProtoMessage message(int field, ProtoMessage value) {
        return bytes(field, value.toBytes());
    }

    byte[] toBytes() {
        return bytes.toByteArray();
    }

    static ByteBuffer littleEndian(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private ProtoMessage bytes(int field, byte[] value) {
        return key(field, LENGTH).varint(value.length).raw(value);
    }

    private ProtoMessage key(int field, int wireType) {
        return varint(((long) field << 3) | wireType);
    }

    /** Seven bits a byte, the lowest first; the highest bit of a byte says that more follow. */
    private ProtoMessage varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes.write((int) ((rest & 0x7F) | 0x80));
            rest >>>= 7;
        }
        bytes.write((int) rest);
        return this;
    }

    private ProtoMessage raw(byte[] value) {
        bytes.writeBytes(value);
        return this;
    }
}
