// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.run;

import java.io.IOException;
import java.nio.file.Path;

/** Draws pictures where that is possible. */
final class Pictures {
    private Pictures() {}

    /**
     * Draws a picture that was asked for.
     *
     * @throws IllegalStateException if that cannot be done
     */
    static void draw(Picture picture, Path file) {
        try {
            picture.save(file);
        } catch (IOException | RuntimeException | LinkageError | InternalError e) {
            throw new IllegalStateException(file + " cannot be drawn here: " + e, e);
        }
    }

    /**
     * Draws a picture; a machine without fonts must not cost a result.
     *
     * @return its file, or why there is none and what there is instead
     */
    static String save(Picture picture, Path file, String instead) {
        try {
            draw(picture, file);
            return file.toString();
        } catch (IllegalStateException e) {
            return "none, it cannot be drawn here (" + e.getCause() + "); " + instead;
        }
    }
}
