// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.checkpoint;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a safetensors file: the length of the header in 8 bytes, the header, and the numbers. All are little-endian.
 *
 * <p>Every number is at a multiple of its size, because programs that map the file into memory need that. Therefore
 * tensors with wide elements come first, and the header is padded with spaces to a multiple of 8 bytes. Tensors of the
 * same element size keep their order.
 */
final class SafetensorsWriter {
    private static final int ALIGNMENT = 8;

    private SafetensorsWriter() {}

    static void write(Checkpoint checkpoint, Path file, Disk disk) {
        List<Map.Entry<String, Entry>> ordered = checkpoint.entries().entrySet().stream()
                .sorted(Comparator.comparing(e -> -e.getValue().type().bytes()))
                .toList();
        Map<String, String> metadata = new LinkedHashMap<>(checkpoint.metadata());
        metadata.put(Checksum.FORMAT, Checksum.VERSION);
        metadata.put(Checksum.KEY, Checksum.of(checkpoint.entries(), checkpoint.metadata()));
        byte[] header = header(ordered, metadata).getBytes(StandardCharsets.UTF_8);
        if (header.length > StrictJson.MAX_BYTES) {
            throw new CheckpointException(file + ": cannot be saved: names and metadata take " + header.length
                    + " bytes, the format allows " + StrictJson.MAX_BYTES + "; likely cause: a very large vocabulary.");
        }
        AtomicFile.write(file, disk, sink -> {
            sink.accept(ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(0, header.length));
            sink.accept(ByteBuffer.wrap(header));
            ByteBuffer buffer = Entry.buffer();
            for (Map.Entry<String, Entry> tensor : ordered) {
                tensor.getValue().write(buffer, sink);
            }
        });
    }

    private static String header(List<Map.Entry<String, Entry>> tensors, Map<String, String> metadata) {
        String text = StrictJson.write(json -> {
            json.writeStartObject();
            json.writeObjectFieldStart(Header.METADATA);
            for (Map.Entry<String, String> entry : metadata.entrySet()) {
                json.writeStringField(entry.getKey(), entry.getValue());
            }
            json.writeEndObject();
            long begin = 0;
            for (Map.Entry<String, Entry> tensor : tensors) {
                begin = declare(json, tensor.getKey(), tensor.getValue(), begin);
            }
            json.writeEndObject();
        });
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        return text + " ".repeat((ALIGNMENT - bytes % ALIGNMENT) % ALIGNMENT);
    }

    private static long declare(JsonGenerator json, String name, Entry entry, long begin) throws IOException {
        long end = begin + (long) entry.count() * entry.type().bytes();
        json.writeObjectFieldStart(name);
        json.writeStringField(Header.DTYPE, entry.type().name());
        json.writeFieldName(Header.SHAPE);
        json.writeArray(entry.shape(), 0, entry.shape().length);
        json.writeFieldName(Header.OFFSETS);
        json.writeArray(new long[] {begin, end}, 0, 2);
        json.writeEndObject();
        return end;
    }
}
