// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.checkpoint;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;

/** The steps of a save that can fail. Each is one method, so that a test can make it fail. */
class Disk {
    static final Disk REAL = new Disk();

    /**
     * Makes a file that was not there and opens it. What an earlier save left there is removed first; if it is a link,
     * what the link leads to is untouched. A stream, not a channel: a channel closes when its thread is interrupted,
     * but a save must then continue.
     */
    OutputStream create(Path file, FileAttribute<?>... attributes) throws IOException {
        if (Files.isDirectory(file, NOFOLLOW_LINKS) || isOther(file)) {
            throw new FileAlreadyExistsException(file.toString(), null, "a folder or a device of that name exists");
        }
        Files.deleteIfExists(file);
        Files.createFile(file, attributes);
        return Files.newOutputStream(file, StandardOpenOption.WRITE, NOFOLLOW_LINKS);
    }

    private static boolean isOther(Path file) throws IOException {
        return Files.exists(file, NOFOLLOW_LINKS)
                && Files.readAttributes(file, BasicFileAttributes.class, NOFOLLOW_LINKS)
                        .isOther();
    }

    void write(OutputStream out, ByteBuffer bytes) throws IOException {
        out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
    }

    void force(Path file) throws IOException {
        force(file, StandardOpenOption.WRITE, NOFOLLOW_LINKS);
    }

    void forceFolder(Path folder) throws IOException {
        force(folder, StandardOpenOption.READ);
    }

    /** Forces again, through a new channel, as often as an interrupt closes the channel. */
    private static void force(Path path, OpenOption... options) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try (FileChannel channel = FileChannel.open(path, options)) {
                    channel.force(true);
                    return;
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    void delete(Path file) throws IOException {
        Files.deleteIfExists(file);
    }
}
