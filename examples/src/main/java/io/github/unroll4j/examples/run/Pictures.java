// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.run;

import java.io.IOException;
import java.nio.file.Path;

/** Draws pictures where that is possible. */
final class Pictures {
    private Pictures() {}

    /**
     * Draws a picture; a machine without fonts must not cost a result.
     *
     * @return its file, or why there is none and what there is instead
     */
    static String save(Picture picture, Path file, String instead) {
        try {
            picture.save(file);
            return file.toString();
        } catch (IOException | RuntimeException | LinkageError | InternalError e) {
            return "none, it cannot be drawn here (" + e + "); " + instead;
        }
    }
}
