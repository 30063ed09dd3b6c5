// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.train;

import java.io.IOException;
import java.io.UncheckedIOException;
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
        write(event(0).text(3, "brain.Event:2"));
        write(event(iterations + 1).message(7, new ProtoMessage().number(1, START)));
    }

    @Override
    void add(TrainRow row) {
        ProtoMessage summary = new ProtoMessage();
        scalar(summary, "loss/train", row.trainLoss());
        if (!Double.isNaN(row.validationLoss())) {
            scalar(summary, "loss/validation", row.validationLoss());
        }
        scalar(summary, "gradient_norm", row.gradientNorm());
        scalar(summary, "learning_rate", row.learningRate());
        scalar(summary, "tokens_per_second", row.tokensPerSecond());
        write(event(row.iteration()).message(5, summary));
    }

    private static ProtoMessage event(long step) {
        return new ProtoMessage().number(1, System.currentTimeMillis() / 1000.0).number(2, step);
    }

    private static void scalar(ProtoMessage summary, String tag, double value) {
        summary.message(1, new ProtoMessage().text(1, tag).number(2, (float) value));
    }

    private void write(ProtoMessage event) {
        byte[] data = event.toBytes();
        byte[] length =
                ProtoMessage.littleEndian(Long.BYTES).putLong(data.length).array();
        byte[] record = ProtoMessage.littleEndian(Long.BYTES + Integer.BYTES + data.length + Integer.BYTES)
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
}
