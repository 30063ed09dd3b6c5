// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.checkpoint;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces a whole file in four steps: write a temporary file in the same folder, force it to the disk, move it over
 * the old file, force the folder to the disk.
 *
 * <p>The folder is the same, because a move is atomic only inside one file system. The file is forced before the move,
 * because a file system may otherwise store the new name before the new bytes.
 *
 * <p>No link is followed: a link under either name may have been planted to have another file overwritten. The new file
 * has the rights of the old one, and nobody else can read it on the way.
 */
final class AtomicFile {
    private static final Logger LOG = LoggerFactory.getLogger(AtomicFile.class);
    private static final FileAttribute<?>[] AS_USUAL = {};
    private static final FileAttribute<?>[] OWNER_ONLY = {
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
    };

    /** Two threads that save to one path do so in turn, since they use one temporary file; a path has one of these. */
    private static final Object[] LOCKS = Stream.generate(Object::new).limit(16).toArray();

    private AtomicFile() {}

    /** Writes the bytes of a file to a sink. */
    @FunctionalInterface
    interface Content {
        void writeTo(Entry.Transfer sink) throws IOException;
    }

    /** The files that threads of this process are saving: their temporary files are no left-overs. */
    private static final Set<Path> UNDER_WAY = ConcurrentHashMap.newKeySet();

    /** Whether a temporary file lies there that this process is not writing. */
    static boolean isLeftOver(Path file) {
        return file.getFileName() != null
                && Files.exists(temporary(file))
                && !UNDER_WAY.contains(file.toAbsolutePath().normalize());
    }

    static Path temporary(Path file) {
        return file.resolveSibling(file.getFileName() + ".tmp");
    }

    static void write(Path file, Disk disk, Content content) {
        requireReplaceable(file);
        Path target = file.toAbsolutePath().normalize();
        synchronized (LOCKS[Math.floorMod(target.hashCode(), LOCKS.length)]) {
            UNDER_WAY.add(target);
            try {
                write(file, target, disk, content);
            } finally {
                UNDER_WAY.remove(target);
            }
        }
    }

    private static void write(Path file, Path target, Disk disk, Content content) {
        Path temporary = temporary(target);
        @Nullable Object own = null;
        try {
            Optional<PosixFileAttributes> old = rights(target);
            try (OutputStream out = disk.create(temporary, old.isEmpty() ? AS_USUAL : OWNER_ONLY)) {
                own = identity(temporary, NOFOLLOW_LINKS);
                content.writeTo(bytes -> disk.write(out, bytes));
            }
            disk.force(temporary);
            if (old.isPresent()) {
                giveRights(temporary, old.get());
            }
            if (Files.isSymbolicLink(target)) {
                LOG.warn("{} was a link and becomes a file; what the link led to is unchanged.", file);
            }
            if (!own.equals(identity(temporary, NOFOLLOW_LINKS))) {
                own = null; // it is the other's to remove
                throw new IOException("another process saves to the same path, expected one at a time");
            }
            disk.move(temporary, target);
        } catch (IOException e) {
            if (own != null) {
                discard(temporary, disk);
            }
            throw new CheckpointException(
                    file + ": cannot be saved: " + reason(e) + "; what was saved there before is unchanged.", e);
        }
        forceFolder(target, disk);
    }

    /** What tells a file from another one of the same name, which another save has put in its place. */
    static Object identity(Path file, LinkOption... links) throws IOException {
        BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class, links);
        return found.fileKey() == null ? found.creationTime() : found.fileKey(); // Windows has no keys
    }

    private static void requireReplaceable(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new CheckpointException(file + ": cannot be saved: there is no folder " + folder + ".");
        }
        if (Files.isDirectory(file)) {
            throw new CheckpointException(file + ": cannot be saved: a folder of that name exists.");
        }
        try {
            if (Files.exists(file)
                    && Files.readAttributes(file, BasicFileAttributes.class).isOther()) {
                throw new CheckpointException(
                        file + ": cannot be saved: it is a device, a pipe or a socket, expected a file or nothing.");
            }
        } catch (IOException e) {
            throw new CheckpointException(file + ": cannot be saved: " + reason(e) + ".", e);
        }
    }

    /** The rights of the file to replace; empty if there is none, it is a link, or the system has no such rights. */
    private static Optional<PosixFileAttributes> rights(Path file) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class, NOFOLLOW_LINKS);
        if (view == null || !Files.isRegularFile(file, NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        return Optional.of(view.readAttributes());
    }

    private static void giveRights(Path file, PosixFileAttributes old) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class, NOFOLLOW_LINKS);
        Set<PosixFilePermission> rights = new HashSet<>(old.permissions());
        if (!view.readAttributes().group().equals(old.group())) {
            try {
                view.setGroup(old.group());
            } catch (IOException e) { // not a member: another group must not gain what that one had
                LOG.debug("The group of {} cannot be kept: {}", file, e.toString());
                retain(rights, PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);
                retain(rights, PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);
                retain(rights, PosixFilePermission.GROUP_EXECUTE, PosixFilePermission.OTHERS_EXECUTE);
            }
        }
        if (!view.readAttributes().permissions().equals(rights)) {
            view.setPermissions(rights);
        }
    }

    /** Keeps a right of the group only if all others have it. */
    private static void retain(Set<PosixFilePermission> rights, PosixFilePermission group, PosixFilePermission others) {
        if (!rights.contains(others)) {
            rights.remove(group);
        }
    }

    private static String reason(IOException e) {
        if (e instanceof AtomicMoveNotSupportedException) {
            return "this file system cannot replace a file in one step; save to a local disk";
        }
        if (e instanceof FileAlreadyExistsException) {
            return e.getMessage() + ", where the new file is written before it replaces the old one";
        }
        return e.getClass().getSimpleName() + (e.getMessage() == null ? "" : " (" + e.getMessage() + ")");
    }

    private static void discard(Path temporary, Disk disk) {
        try {
            disk.delete(temporary);
        } catch (IOException e) {
            LOG.warn("{} was left behind by a save that failed ({}); it can be deleted.", temporary, e.toString());
        }
    }

    private static void forceFolder(Path target, Disk disk) {
        Path folder = Objects.requireNonNull(target.getParent()); // it is absolute and not a root
        try {
            disk.forceFolder(folder);
        } catch (IOException e) { // Windows cannot open a folder, but the move is done
            LOG.debug("The folder {} cannot be forced to the disk: {}", folder, e.toString());
        }
    }
}
