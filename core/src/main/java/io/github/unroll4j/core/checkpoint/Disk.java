// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.checkpoint;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** The steps of a save that can fail. Each is one method, so that a test can make it fail. */
class Disk {
    static final Disk REAL = new Disk();

    // A stream, not a channel: a channel closes when its thread is interrupted, but a save must then continue.
    FileOutputStream create(Path file) throws IOException {
        return new FileOutputStream(file.toFile());
    }

    void write(FileOutputStream out, ByteBuffer bytes) throws IOException {
        out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
    }

    void force(FileOutputStream out) throws IOException {
        out.getFD().sync();
    }

    void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    void forceFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    void delete(Path file) throws IOException {
        Files.deleteIfExists(file);
    }
}
