// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a second run out of a folder that one is writing to: the two would overwrite each other's model.
 *
 * <p>A lock of the operating system on the file {@code .lock}, which says who holds it; a process that dies gives it
 * back.
 */
final class RunLock implements AutoCloseable {
    /** Behind any content, so that others can read who holds it where locks are mandatory. */
    private static final long AT = Long.MAX_VALUE - 1;

    private final FileChannel channel;

    private RunLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Locks a folder.
     *
     * @throws IllegalArgumentException if a run holds it; the message says which
     * @throws IOException if the file cannot be written
     */
    @SuppressWarnings("MustBeClosedChecker") // closed with this
    static RunLock take(Path folder, String command) throws IOException {
        Path file = folder.resolve(".lock");
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (lock(channel) == null) {
            channel.close();
            throw new IllegalArgumentException("--out: another run (" + Files.readString(file) + ") is writing to "
                    + folder + "; wait for its end, or give another folder");
        }
        channel.truncate(0);
        String holder = command + ", process " + ProcessHandle.current().pid();
        channel.write(ByteBuffer.wrap(holder.getBytes(StandardCharsets.UTF_8)));
        return new RunLock(channel);
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock(AT, 1, false);
        } catch (OverlappingFileLockException e) { // held by this very process
            return null;
        }
    }

    /** Leaves the file behind, empty: removing it could take it from under the next run. */
    @Override
    public void close() {
        try (channel) {
            channel.truncate(0);
        } catch (IOException e) {
            // the lock is gone with the channel; what the file says does not matter any more
        }
    }
}
