// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.checkpoint;

import io.github.unroll4j.core.tensor.Tensor;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads safetensors files strictly. It uses plain reads, because a memory-mapped file cannot be replaced on Windows.
 *
 * <p>Every length in the file is compared with the length of the file before memory is allocated. So a small file
 * cannot make the reader allocate much.
 */
final class SafetensorsReader {
    /** A likely cause of several faults. */
    static final String CUT = "the download or copy was cut short";

    static final String DAMAGED = "the file is damaged or was written by a faulty program";

    private static final Logger LOG = LoggerFactory.getLogger(SafetensorsReader.class);
    private static final String FOREIGN = "it is a file of another kind";

    private SafetensorsReader() {}

    static CheckpointException refuse(String file, String what, String cause) {
        return new CheckpointException(file + ": not a checkpoint: " + what + "; likely cause: " + cause + ".");
    }

    static Checkpoint read(Path file) {
        requireFile(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return read(file.toString(), channel);
        } catch (IOException e) {
            throw new CheckpointException(file + ": cannot be read: " + e + ".", e);
        }
    }

    private static void requireFile(Path file) {
        boolean leftOver = file.getFileName() != null && Files.exists(AtomicFile.temporary(file));
        if (!Files.exists(file)) {
            throw new CheckpointException(file + ": there is no such file"
                    + (leftOver ? ", only " + AtomicFile.temporary(file) + ", left by a save that was cut off." : "."));
        }
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(file + ": not a checkpoint: it is a folder or a device, expected a file.");
        }
        if (leftOver) {
            LOG.info("{} was left by a save that was cut off; it is ignored.", AtomicFile.temporary(file));
        }
    }

    private static Checkpoint read(String file, FileChannel channel) throws IOException {
        long length = channel.size();
        if (length < Long.BYTES) {
            throw refuse(file, "it has " + length + " bytes, a header needs more than 8", CUT);
        }
        ByteBuffer start = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        fill(channel, start);
        long claimed = start.getLong(0);
        if (claimed < 0 || claimed > StrictJson.MAX_BYTES) {
            throw refuse(
                    file,
                    "its header claims " + Long.toUnsignedString(claimed) + " bytes, at most " + StrictJson.MAX_BYTES
                            + " are allowed",
                    FOREIGN);
        }
        long available = length - Long.BYTES - claimed;
        if (available < 0) {
            throw refuse(file, "its header claims " + claimed + " bytes but the file has " + length, CUT);
        }
        Header header = new HeaderReader(file, available).read(headerText(file, channel, (int) claimed));
        return numbers(file, channel, header);
    }

    private static String headerText(String file, FileChannel channel, int size) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(size);
        fill(channel, bytes);
        if (size == 0 || bytes.get(0) != '{') {
            throw refuse(file, "its header does not start with {", FOREIGN);
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException e) {
            throw refuse(file, "its header is not valid UTF-8", DAMAGED);
        }
    }

    private static Checkpoint numbers(String file, FileChannel channel, Header header) throws IOException {
        Map<String, Entry> entries = new LinkedHashMap<>();
        ByteBuffer buffer = Entry.buffer();
        for (Header.Declaration tensor : header.tensors()) {
            int[] shape = tensor.sizes();
            Object array = tensor.type().allocate(Tensor.elements(shape));
            Entry entry = new Entry(tensor.type(), shape, array);
            entry.read(buffer, bytes -> fill(channel, bytes));
            entries.put(tensor.name(), entry);
        }
        Map<String, String> metadata = new LinkedHashMap<>(header.metadata());
        String stored = metadata.remove(Checksum.KEY);
        if (stored != null && !stored.equals(Checksum.of(entries, metadata))) {
            throw refuse(
                    file,
                    "its content does not match its checksum " + stored,
                    "the file was damaged, or edited by a program that kept the metadata entry " + Checksum.KEY);
        }
        return new Checkpoint(file, entries, metadata);
    }

    private static void fill(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("the file became shorter while it was read");
            }
        }
    }
}
