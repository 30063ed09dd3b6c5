// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a second run out of a folder that one is writing to: the two would overwrite each other's model.
 *
 * <p>A lock of the operating system on the file {@code .lock}, which says who holds it; a process that dies gives it
 * back. Somebody may remove that file while it is held, and a lock on a new file of the name would be free. So the run
 * also locks its {@code metrics.csv}, which another run looks at first, and before each save it makes sure that
 * {@code .lock} is still its own, and puts it back if it is gone.
 */
final class RunLock implements AutoCloseable {
    /** Behind any content, so that others can read who holds it where locks are mandatory. */
    private static final long AT = Long.MAX_VALUE - 1;

    /**
     * Who holds which folder in this very process: a lock of the operating system is the process's, and closing a
     * second channel to the file would give it back.
     */
    private static final Map<Path, String> HELD = new ConcurrentHashMap<>();

    private final Path folder;
    private final String holder;
    private FileChannel channel;
    private @Nullable Object key;
    private @Nullable FileChannel second;

    private RunLock(Path folder, String holder, FileChannel channel) throws IOException {
        this.folder = folder;
        this.holder = holder;
        this.channel = channel;
        key = key(file(folder));
    }

    /**
     * Locks a folder.
     *
     * @param folder it must exist
     * @param command who takes it
     * @param beside another file that a run locks, which may not exist
     * @throws IllegalArgumentException if a run holds it; the message says which
     * @throws IOException if the file cannot be written, or is a link
     */
    static RunLock take(Path folder, String command, Path beside) throws IOException {
        Path real = folder.toRealPath();
        String holder = command + ", process " + ProcessHandle.current().pid();
        String before = HELD.putIfAbsent(real, holder);
        if (before != null) {
            throw held(folder, before);
        }
        try {
            requireFree(folder, beside);
            FileChannel channel = open(file(folder));
            if (channel.tryLock(AT, 1, false) == null) {
                channel.close();
                throw held(folder, said(folder));
            }
            say(channel, holder);
            return new RunLock(real, holder, channel);
        } catch (IOException | RuntimeException e) {
            HELD.remove(real);
            throw e;
        }
    }

    private static void requireFree(Path folder, Path beside) throws IOException {
        if (Files.isRegularFile(beside, LinkOption.NOFOLLOW_LINKS)) {
            try (FileChannel channel = open(beside)) {
                if (channel.tryLock(AT, 1, false) == null) {
                    throw held(folder, said(folder));
                }
            }
        }
    }

    private static Path file(Path folder) {
        return folder.resolve(".lock");
    }

    /** Never through a link, which may lead to a file that is no lock and would lose its content. */
    @SuppressWarnings("MustBeClosedChecker") // closed by the caller, most often with this
    private static FileChannel open(Path file) throws IOException {
        Outputs.requireNoDevice(file);
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    }

    private static String said(Path folder) throws IOException {
        Path file = file(folder);
        String holder = Files.exists(file) ? Files.readString(file) : "";
        return holder.isEmpty() ? "whose .lock was removed" : holder;
    }

    private static IllegalArgumentException held(Path folder, String holder) {
        return new IllegalArgumentException("--out: another run (" + holder + ") is writing to " + folder
                + "; wait for its end, or give another folder");
    }

    private static void say(FileChannel channel, String holder) throws IOException {
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(holder.getBytes(StandardCharsets.UTF_8)));
    }

    /** What tells a file from another of the same name; null where the system has nothing of the kind. */
    private static @Nullable Object key(Path file) throws IOException {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                ? Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                        .fileKey()
                : null;
    }

    /**
     * Locks a second file of the run, which is open as long as the run goes.
     *
     * @param file it must exist
     * @throws IOException if it cannot be locked
     */
    void lockToo(Path file) throws IOException {
        if (second != null) {
            second.close();
        }
        second = open(file);
        second.tryLock(AT, 1, false);
    }

    /**
     * Makes sure that the folder is still this run's, before it writes there.
     *
     * @throws IllegalStateException if the file was removed and another run has taken the folder since
     * @throws IOException if the file cannot be written
     */
    void requireHeld() throws IOException {
        Path file = file(folder);
        if (Objects.equals(key(file), key) && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        FileChannel anew = open(file);
        if (anew.tryLock(AT, 1, false) == null) {
            anew.close();
            throw new IllegalStateException("another run (" + said(folder) + ") has taken " + folder
                    + " after the .lock of this one was removed; nothing more is written there");
        }
        channel.close();
        channel = anew;
        key = key(file);
        say(channel, holder);
    }

    /** Leaves the file behind, empty: removing it could take it from under the next run. */
    @Override
    public void close() {
        try (FileChannel first = channel) {
            if (second != null) {
                second.close();
            }
            first.truncate(0);
        } catch (IOException e) {
            // the lock is gone with the channel; what the file says does not matter any more
        } finally {
            HELD.remove(folder);
        }
    }
}
