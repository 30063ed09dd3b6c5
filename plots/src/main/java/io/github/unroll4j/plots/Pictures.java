// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.plots;

import java.io.IOException;
import java.nio.file.Path;

/** Draws pictures where that is possible. */
public final class Pictures {
    private Pictures() {}

    /**
     * Draws a picture that was asked for.
     *
     * @param picture what to draw
     * @param file a PNG
     * @throws IllegalStateException if that cannot be done
     */
    public static void draw(Picture picture, Path file) {
        try {
            picture.save(file);
        } catch (IOException | RuntimeException | LinkageError | InternalError e) {
            throw new IllegalStateException(file + " cannot be drawn here: " + e, e);
        }
    }

    /**
     * Draws a picture; a machine without fonts must not cost a result.
     *
     * @param picture what to draw
     * @param file a PNG
     * @param instead where its content is, should it not be drawn
     * @return its file, or why there is none and what there is instead
     */
    public static String save(Picture picture, Path file, String instead) {
        try {
            draw(picture, file);
            return file.toString();
        } catch (IllegalStateException e) {
            return "none, it cannot be drawn here (" + e.getCause() + "); " + instead;
        }
    }
}
