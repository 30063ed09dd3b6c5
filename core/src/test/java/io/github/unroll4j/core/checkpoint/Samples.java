// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.checkpoint;

import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Files made by hand, and the content of a checkpoint in a form that can be compared. */
final class Samples {
    private Samples() {}

    /** Makes a file of the format: length of the header, header, numbers. */
    static byte[] file(String header, byte... numbers) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return concat(longs(text.length), text, numbers);
    }

    static byte[] longs(long... values) {
        return little(8 * values.length, buffer -> buffer.asLongBuffer().put(values));
    }

    static byte[] doubles(double... values) {
        return little(8 * values.length, buffer -> buffer.asDoubleBuffer().put(values));
    }

    static byte[] floats(float... values) {
        return little(4 * values.length, buffer -> buffer.asFloatBuffer().put(values));
    }

    static byte[] ints(int... values) {
        return little(4 * values.length, buffer -> buffer.asIntBuffer().put(values));
    }

    private static byte[] little(int length, Consumer<ByteBuffer> fill) {
        byte[] bytes = new byte[length];
        fill.accept(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
        return bytes;
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** Makes a checkpoint with something of every kind. */
    static Checkpoint mixed() {
        return Checkpoint.builder()
                .put("seen", new byte[] {0, -1})
                .put("rnn.W_h", Tensor.of(Vec.wrap(new float[] {0, 0.25f, 0.5f, 0.75f, 1, 1.25f}), 2, 3))
                .put("ids", new int[] {1, -2, 3})
                .put("adam.v", Tensor.of(Vec.wrap(new double[] {1e-300, -2.5}), 2))
                .put("step", new long[] {1L << 40})
                .metadata("config", "{\"hidden\":3}")
                .metadata("note", "crow é \uD83D\uDC26")
                .build();
    }

    /**
     * Element type, shape and bits of every array by name, and the metadata. Equal if and only if the contents are
     * equal.
     */
    static Map<String, String> content(Checkpoint checkpoint) {
        Map<String, String> content = new TreeMap<>();
        checkpoint.entries().forEach((name, entry) -> content.put("tensor " + name, bits(entry)));
        checkpoint.metadata().forEach((key, text) -> content.put("metadata " + key, text));
        return content;
    }

    private static String bits(Entry entry) {
        StringBuilder text = new StringBuilder(entry.type() + Arrays.toString(entry.shape()));
        try {
            entry.write(Entry.buffer(), bytes -> {
                byte[] piece = new byte[bytes.remaining()];
                bytes.get(piece);
                text.append(HexFormat.of().formatHex(piece));
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    static Checkpoint load(Path folder, byte[] bytes) {
        try {
            return Checkpoint.load(Files.write(folder.resolve("model.safetensors"), bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
