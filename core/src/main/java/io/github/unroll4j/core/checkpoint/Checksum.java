// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * CRC-32C of a checkpoint's content. It detects every change within 32 neighbouring bits. Of other changes it misses
 * about one in 2^32.
 *
 * <p>It is computed over the content in the order of names, not over the bytes of the file. So it stays valid if a
 * program writes the same content in another order. The content is each metadata key and text, then for each tensor its
 * name, its element type and shape as {@code F32[2, 3]}, and its numbers. Every text is UTF-8 followed by a zero byte.
 * The two metadata entries that guard the file, {@link #KEY} and {@link #FORMAT}, are left out.
 */
final class Checksum {
    /** The metadata key under which the checksum is stored, as 8 hexadecimal digits. */
    static final String KEY = "crc32c";

    /** With this begin the metadata keys of this library. A file that has one of them has a checksum. */
    static final String OWN = "unroll4j.";

    /**
     * The metadata key that every file of this library has, whatever its content. It says that the checksum must be
     * there: damage to the one entry does not hide that the other is missing.
     */
    static final String FORMAT = OWN + "format";

    static final String VERSION = "1";

    private Checksum() {}

    static String of(Map<String, Entry> entries, Map<String, String> metadata) {
        CRC32C crc = new CRC32C();
        new TreeMap<>(metadata).forEach((key, text) -> {
            update(crc, key);
            update(crc, text);
        });
        ByteBuffer buffer = Entry.buffer();
        new TreeMap<>(entries).forEach((name, entry) -> {
            update(crc, name);
            update(crc, entry.type() + Arrays.toString(entry.shape()));
            try {
                entry.write(buffer, crc::update);
            } catch (IOException e) {
                throw new UncheckedIOException(e); // impossible: the sink is a CRC
            }
        });
        return String.format(Locale.ROOT, "%08x", crc.getValue());
    }

    private static void update(CRC32C crc, String text) {
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        crc.update(0);
    }
}
