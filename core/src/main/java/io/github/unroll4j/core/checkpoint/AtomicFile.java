// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.checkpoint;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces a whole file in four steps: write a temporary file in the same folder, force it to the disk, move it over
 * the old file, force the folder to the disk.
 *
 * <p>The folder is the same, because a move is atomic only inside one file system. The file is forced before the move,
 * because a file system may otherwise store the new name before the new bytes.
 */
final class AtomicFile {
    private static final Logger LOG = LoggerFactory.getLogger(AtomicFile.class);

    private AtomicFile() {}

    /** Writes the bytes of a file to a sink. */
    @FunctionalInterface
    interface Content {
        void writeTo(Entry.Transfer sink) throws IOException;
    }

    static Path temporary(Path file) {
        return file.resolveSibling(file.getFileName() + ".tmp");
    }

    static void write(Path file, Disk disk, Content content) {
        Path target = target(file);
        Path temporary = temporary(target);
        try {
            fill(temporary, disk, content);
            disk.move(temporary, target);
        } catch (IOException e) {
            discard(temporary, disk);
            throw new CheckpointException(
                    file + ": cannot be saved: " + reason(e) + "; what was saved there before is unchanged.", e);
        }
        forceFolder(target, disk);
    }

    /**
     * Returns the file to replace. If {@code file} is a link, it is the file behind it, so that the link stays a link.
     */
    private static Path target(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new CheckpointException(file + ": cannot be saved: there is no folder " + folder + ".");
        }
        if (Files.isDirectory(file)) {
            throw new CheckpointException(file + ": cannot be saved: a folder of that name exists.");
        }
        try {
            return Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
        } catch (IOException e) {
            throw new CheckpointException(file + ": cannot be saved: " + reason(e) + ".", e);
        }
    }

    private static void fill(Path temporary, Disk disk, Content content) throws IOException {
        try (FileOutputStream out = disk.create(temporary)) {
            content.writeTo(bytes -> disk.write(out, bytes));
            disk.force(out);
        }
    }

    private static String reason(IOException e) {
        if (e instanceof AtomicMoveNotSupportedException) {
            return "this file system cannot replace a file in one step; save to a local disk";
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
