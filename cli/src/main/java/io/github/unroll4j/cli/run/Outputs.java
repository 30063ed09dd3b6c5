// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Whether a command will be able to write its files: asked before the work begins, so that no result is lost.
 *
 * @since 0.1.0
 */
public final class Outputs {
    private Outputs() {}

    /**
     * Requires that a file can be written. Leaves no trace of the try.
     *
     * @param flag that names it
     * @param file the file, which may be there
     * @throws IllegalArgumentException if it cannot be written
     */
    public static void requireFile(String flag, Path file) {
        if (Files.isDirectory(file)) {
            throw new IllegalArgumentException(flag + ": " + file + " is a folder, expected a file");
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null && !Files.isDirectory(folder)) {
            throw new IllegalArgumentException(flag + ": " + file + " cannot be written: "
                    + (Files.exists(folder)
                            ? folder + " is a file, expected a folder"
                            : "there is no folder " + folder));
        }
        if (Files.exists(file)) {
            if (!Files.isWritable(file)) {
                throw new IllegalArgumentException(flag + ": " + file + " may not be written by this user");
            }
        } else if (folder != null) {
            requireRoom(flag, folder);
        }
    }

    /**
     * Makes a folder, where it is not there, and requires that files can be written into it.
     *
     * @param flag that names it
     * @param folder the folder
     * @throws IllegalArgumentException if it cannot be made or written to
     */
    public static void requireFolder(String flag, Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (FileAlreadyExistsException e) {
            throw new IllegalArgumentException(flag + ": " + e.getMessage() + " is a file, expected a folder", e);
        } catch (IOException e) {
            throw new IllegalArgumentException(flag + ": " + folder + " cannot be made: " + reason(e), e);
        }
        requireRoom(flag, folder);
    }

    private static void requireRoom(String flag, Path folder) {
        try {
            Files.delete(Files.createTempFile(folder, "writable", null));
        } catch (IOException e) {
            throw new IllegalArgumentException(flag + ": " + folder + " cannot be written: " + reason(e), e);
        }
    }

    /** Refuses what is there and no file, such as a pipe: to open one waits, perhaps for ever. */
    static void requireNoDevice(Path file) throws IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("it is no file, but a link, a folder, a pipe or a device");
        }
    }

    /**
     * Requires that an output is not one of the files that are read.
     *
     * @param flag that names the output
     * @param output the file to write
     * @param inputs files to read
     * @throws IllegalArgumentException if it is one of them, under whatever name
     */
    public static void requireApart(String flag, Path output, Path... inputs) {
        for (Path input : inputs) {
            try {
                if (Files.exists(output) && Files.exists(input) && Files.isSameFile(output, input)) {
                    throw new IllegalArgumentException(flag + ": " + output + " is " + input
                            + ", which is read, and would be lost; expected another file");
                }
            } catch (IOException e) {
                throw new IllegalArgumentException(flag + ": " + output + " cannot be looked at: " + reason(e), e);
            }
        }
    }

    /** Why a file could not be read or written, in words without its name. */
    static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof NoSuchFileException) {
            return "there is no such file or folder";
        }
        String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
        return reason != null ? reason : e.toString();
    }
}
