// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.plots;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Draws pictures where that is possible.
 *
 * @since 0.1.0
 */
public final class Pictures {
    private Pictures() {}

    /**
     * Draws a picture that was asked for.
     *
     * @param picture what to draw
     * @param file a PNG
     * @throws IllegalStateException if that cannot be done: the file cannot be written, the picture is too large, or
     *     the machine has no fonts or no part of Java that draws
     */
    public static void draw(Picture picture, Path file) {
        Objects.requireNonNull(picture, "picture");
        Objects.requireNonNull(file, "file");
        try {
            picture.save(file);
        } catch (IOException e) {
            throw new IllegalStateException(file + " cannot be written: " + reason(e), e);
        } catch (RuntimeException | OutOfMemoryError e) {
            throw new IllegalStateException(file + " cannot be drawn: " + e, e);
        } catch (LinkageError | InternalError e) {
            throw new IllegalStateException(
                    file + " cannot be drawn here: " + e + "; likely cause: a machine without fonts", e);
        }
    }

    private static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "there is no such folder";
        }
        return e instanceof AccessDeniedException ? "permission denied" : String.valueOf(e.getMessage());
    }

    /**
     * Draws a picture; a machine without fonts or a full disk must not cost a result.
     *
     * @param picture what to draw
     * @param file a PNG
     * @param instead where its content is, should it not be drawn
     * @return its file, or why there is none and what there is instead
     */
    public static String save(Picture picture, Path file, String instead) {
        Objects.requireNonNull(picture, "picture");
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(instead, "instead");
        try {
            draw(picture, file);
            return file.toString();
        } catch (IllegalStateException e) {
            return "none, " + e.getMessage() + "; " + instead;
        }
    }
}
