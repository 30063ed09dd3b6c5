// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.checkpoint;

import io.github.unroll4j.core.tensor.Tensor;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads safetensors files strictly. It uses plain reads, because a memory-mapped file cannot be replaced on Windows,
 * and streams, because a channel closes when its thread is interrupted.
 *
 * <p>Every length in the file is compared with the length of the file before memory is allocated. So a small file
 * cannot make the reader allocate much. The length of a stream is not known before its end: its bytes are collected in
 * pieces as they come, at most as many as the header declares, and then read like a file.
 */
final class SafetensorsReader {
    /** A likely cause of several faults. */
    static final String CUT = "the download or copy was cut short";

    static final String DAMAGED = "the file is damaged or was written by a faulty program";

    private static final Logger LOG = LoggerFactory.getLogger(SafetensorsReader.class);
    private static final String FOREIGN = "it is a file of another kind";
    private static final int PIECE = 1 << 20;

    private final String file;

    private SafetensorsReader(String file) {
        this.file = file;
    }

    static CheckpointException refuse(String file, String what, String cause) {
        return new CheckpointException(file + ": not a checkpoint: " + what + "; likely cause: " + cause + ".");
    }

    static Checkpoint read(Path file) {
        requireFile(file);
        try {
            while (true) { // until the length is that of the file that was opened: a save may put another in its place
                Object opened = AtomicFile.identity(file);
                try (InputStream in = Files.newInputStream(file)) {
                    long length = Files.size(file);
                    if (opened.equals(AtomicFile.identity(file))) {
                        return new SafetensorsReader(file.toString()).whole(in, length);
                    }
                }
            }
        } catch (IOException e) {
            throw new CheckpointException(file + ": cannot be read: " + e + ".", e);
        }
    }

    /** Reads a stream to its end, or up to the first fault, and does not close it. */
    static Checkpoint read(InputStream in) {
        try {
            return new SafetensorsReader("the stream").whole(in);
        } catch (IOException e) {
            throw new CheckpointException("the stream: cannot be read: " + e + ".", e);
        }
    }

    static Checkpoint read(byte[] bytes) {
        try {
            return new SafetensorsReader("the bytes").whole(new ByteArrayInputStream(bytes), bytes.length);
        } catch (IOException e) {
            throw new CheckpointException("the bytes: cannot be read: " + e + ".", e);
        }
    }

    private static void requireFile(Path file) {
        boolean leftOver = AtomicFile.isLeftOver(file);
        if (!Files.exists(file)) {
            throw new CheckpointException(file + ": there is no such file"
                    + (leftOver ? ", only " + AtomicFile.temporary(file) + ", left by a save that was cut off." : "."));
        }
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(file + ": not a checkpoint: it is a folder or a device, expected a file.");
        }
        if (leftOver) {
            LOG.info("{} is ignored: a save was cut off, or another process is saving.", AtomicFile.temporary(file));
        }
    }

    private Checkpoint whole(InputStream in, long length) throws IOException {
        int claimed = headerLength(in, length);
        long available = length - Long.BYTES - claimed;
        if (available < 0) {
            throw refuse("its header claims " + claimed + " bytes but the file has " + length, CUT);
        }
        return numbers(in, new HeaderReader(file, available).read(headerText(in, claimed)));
    }

    private Checkpoint whole(InputStream in) throws IOException {
        int claimed = headerLength(in, Long.MAX_VALUE);
        String text = headerText(in, claimed);
        Header header = new HeaderReader(file, HeaderReader.UNKNOWN).read(text);
        Deque<byte[]> pieces = new ArrayDeque<>();
        long arrived = 0;
        // one byte more than declared, to see that the stream ends there
        for (long left = header.bytes() + 1; left > 0; left = header.bytes() + 1 - arrived) {
            byte[] piece = in.readNBytes((int) Math.min(PIECE, left));
            if (piece.length == 0) {
                break;
            }
            pieces.add(piece);
            arrived += piece.length;
        }
        if (arrived != header.bytes()) {
            new HeaderReader(file, arrived).read(text); // says what does not lie in these bytes
        }
        return numbers(inTurn(pieces), header);
    }

    /** The pieces one after the other; each can be collected as soon as it was read. */
    @SuppressWarnings("JdkObsolete") // SequenceInputStream asks for an Enumeration
    private static InputStream inTurn(Deque<byte[]> pieces) {
        return new InputStream() {
            private int at;

            @Override
            public int read() {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] to, int from, int n) {
                byte[] piece = pieces.peek();
                if (piece == null) {
                    return -1;
                }
                int count = Math.min(n, piece.length - at);
                System.arraycopy(piece, at, to, from, count);
                at += count;
                if (at == piece.length) {
                    pieces.remove();
                    at = 0;
                }
                return count;
            }
        };
    }

    private int headerLength(InputStream in, long length) throws IOException {
        byte[] start = in.readNBytes(Long.BYTES);
        if (start.length < Long.BYTES) {
            throw refuse("it has " + Math.min(start.length, length) + " bytes, a header needs more than 8", CUT);
        }
        long claimed = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong();
        if (claimed < 0 || claimed > StrictJson.MAX_BYTES) {
            throw refuse(
                    "its header claims " + Long.toUnsignedString(claimed) + " bytes, at most " + StrictJson.MAX_BYTES
                            + " are allowed",
                    FOREIGN);
        }
        return (int) claimed;
    }

    private String headerText(InputStream in, int size) throws IOException {
        byte[] bytes = in.readNBytes(size); // in pieces, as they come
        if (bytes.length < size) {
            throw refuse("its header claims " + size + " bytes but the file has " + (Long.BYTES + bytes.length), CUT);
        }
        if (size == 0 || bytes[0] != '{') {
            throw refuse("its header does not start with {", FOREIGN);
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw refuse("its header is not valid UTF-8", DAMAGED);
        }
    }

    private Checkpoint numbers(InputStream in, Header header) throws IOException {
        Map<String, Entry> entries = new LinkedHashMap<>();
        ByteBuffer buffer = Entry.buffer();
        for (Header.Declaration tensor : header.tensors()) {
            int[] shape = tensor.sizes();
            Object array = tensor.type().allocate(Tensor.elements(shape));
            Entry entry = new Entry(tensor.type(), shape, array);
            entry.read(buffer, bytes -> fill(in, bytes));
            entries.put(tensor.name(), entry);
        }
        return new Checkpoint(file, entries, checked(entries, header.metadata()));
    }

    /** The metadata without what guards the file, after the guard has found nothing. */
    private Map<String, String> checked(Map<String, Entry> entries, Map<String, String> stored) {
        boolean own = stored.keySet().stream().anyMatch(key -> key.startsWith(Checksum.OWN));
        Map<String, String> metadata = new LinkedHashMap<>(stored);
        String format = metadata.remove(Checksum.FORMAT);
        String sum = metadata.remove(Checksum.KEY);
        if (format != null && !format.equals(Checksum.VERSION)) {
            throw refuse(
                    Checksum.FORMAT + " is " + format + ", expected " + Checksum.VERSION,
                    "a later release wrote it, or it was damaged");
        }
        if (sum == null && own) {
            throw refuse(
                    "it has no checksum " + Checksum.KEY + ", which every file of this library has",
                    "the file was damaged, or written anew by a program that left it out");
        }
        if (sum != null && !sum.equals(Checksum.of(entries, metadata))) {
            throw refuse(
                    "its content does not match its checksum " + sum,
                    "the file was damaged, or edited by a program that kept the metadata entry " + Checksum.KEY);
        }
        return metadata;
    }

    private static void fill(InputStream in, ByteBuffer buffer) throws IOException {
        int read = in.readNBytes(buffer.array(), buffer.arrayOffset() + buffer.position(), buffer.remaining());
        if (read < buffer.remaining()) {
            throw new EOFException("the file became shorter while it was read");
        }
        buffer.position(buffer.limit());
    }

    private CheckpointException refuse(String what, String cause) {
        return refuse(file, what, cause);
    }
}
