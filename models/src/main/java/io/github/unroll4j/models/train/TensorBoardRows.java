// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.train;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.zip.CRC32C;

/**
 * Writes rows as TensorBoard's event files: records, each of which is an Event. Numbers are little-endian.
 *
 * <ul>
 *   <li>A record is the length of its data (uint64), the masked CRC32C of these 8 bytes (uint32), the data, and their
 *       masked CRC32C (TensorFlow, {@code core/lib/io/record_writer.h}). Masked: turned right by 15 bits, plus
 *       0xa282ead8 ({@code core/lib/hash/crc32c.h}).
 *   <li>An Event has wall_time = 1 (double, in seconds), step = 2 (int64), and one of file_version = 3 (string),
 *       summary = 5 and session_log = 7; a SessionLog has status = 1, of which 1 is START ({@code
 *       core/util/event.proto}).
 *   <li>A Summary has value = 1, repeated; a Value has tag = 1 (string) and simple_value = 2 (float) ({@code
 *       core/framework/summary.proto}).
 *   <li>These are messages of Protocol Buffers: fields one after another, each a key, which is the number of the field
 *       and the wire type of its value, then the value (protobuf.dev, "Encoding").
 *   <li>The first Event of a file has the version {@code brain.Event:2}. With it, a START at a step makes TensorBoard
 *       drop what an earlier file of the folder has from that step on, as it must where a run goes on from a saved
 *       state (TensorBoard, {@code backend/event_processing/plugin_event_accumulator.py}). It takes the files whose
 *       names hold {@code tfevents}, in the order of their names.
 * </ul>
 */
final class TensorBoardRows extends Rows {
    private static final String WHERE = "TrainListener.tensorBoard";
    private static final int MASK = 0xa282ead8;
    private static final int START = 1;
    /** Wire types. */
    private static final int VARINT = 0;

    private static final int I64 = 1;
    private static final int LENGTH = 2;
    private static final int I32 = 5;

    private final Path folder;
    private Path file;

    TensorBoardRows(Path folder, long every) {
        super(WHERE, every);
        this.folder = folder;
        file = folder;
    }

    /** A new file, after those that are there. */
    @Override
    void begin(long iterations) {
        try {
            Files.createDirectories(folder);
            long seconds = System.currentTimeMillis() / 1000;
            int n = 0;
            do {
                file = folder.resolve(
                        String.format(Locale.ROOT, "events.out.tfevents.%010d.unroll4j.%04d", seconds, n++));
            } while (Files.exists(file));
            Files.createFile(file);
        } catch (IOException e) {
            throw new UncheckedIOException(WHERE + ": no file can be made in " + folder + ": " + e, e);
        }
        write(0, text(3, "brain.Event:2"));
        write(iterations + 1, bytes(7, integer(1, START)));
    }

    @Override
    void add(TrainRow row) {
        byte[] summary = joined(
                scalar("loss/train", row.trainLoss()),
                Double.isNaN(row.validationLoss()) ? new byte[0] : scalar("loss/validation", row.validationLoss()),
                scalar("gradient_norm", row.gradientNorm()),
                scalar("learning_rate", row.learningRate()),
                scalar("tokens_per_second", row.tokensPerSecond()));
        write(row.iteration(), bytes(5, summary));
    }

    /** A Value of a Summary. */
    private static byte[] scalar(String tag, double value) {
        byte[] simpleValue = littleEndian(Float.BYTES).putFloat((float) value).array();
        return bytes(1, joined(text(1, tag), key(2, I32), simpleValue));
    }

    /** One Event as a record; {@code what} is its field beside the time and the step. */
    private void write(long step, byte[] what) {
        byte[] wallTime = littleEndian(Double.BYTES)
                .putDouble(System.currentTimeMillis() / 1000.0)
                .array();
        byte[] data = joined(key(1, I64), wallTime, integer(2, step), what);
        byte[] length = littleEndian(Long.BYTES).putLong(data.length).array();
        byte[] record = littleEndian(Long.BYTES + Integer.BYTES + data.length + Integer.BYTES)
                .put(length)
                .putInt(masked(length))
                .put(data)
                .putInt(masked(data))
                .array();
        try {
            Files.write(file, record, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(WHERE + ": " + file + " cannot be written: " + e, e);
        }
    }

    private static int masked(byte[] bytes) {
        CRC32C sum = new CRC32C();
        sum.update(bytes);
        return Integer.rotateRight((int) sum.getValue(), 15) + MASK;
    }

    /** A field that is an int64 or an enum. */
    private static byte[] integer(int field, long value) {
        return joined(key(field, VARINT), varint(value));
    }

    private static byte[] text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    /** A field that is a string or a message. */
    private static byte[] bytes(int field, byte[] value) {
        return joined(key(field, LENGTH), varint(value.length), value);
    }

    private static byte[] key(int field, int wireType) {
        return varint(((long) field << 3) | wireType);
    }

    /** Seven bits a byte, the lowest first; the highest bit of a byte says that more follow. */
    private static byte[] varint(long value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes.write((int) ((rest & 0x7F) | 0x80));
            rest >>>= 7;
        }
        bytes.write((int) rest);
        return bytes.toByteArray();
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static ByteBuffer littleEndian(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
