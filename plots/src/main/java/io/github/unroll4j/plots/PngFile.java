// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.plots;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** How a picture is written. */
final class PngFile {
    private PngFile() {}

    /** A link of the name is replaced, not followed: it may lead anywhere. A pipe is refused: to open it may wait. */
    static void write(Path file, byte[] png) throws IOException {
        if (Files.isSymbolicLink(file)) {
            Files.delete(file);
        }
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("it is no file, but a folder, a pipe or a device");
        }
        Files.write(
                file,
                png,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS);
    }
}
