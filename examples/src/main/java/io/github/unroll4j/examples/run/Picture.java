// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.run;

import java.io.IOException;
import java.nio.file.Path;

/** Something that can be drawn without a screen. */
interface Picture {
    /**
     * Draws the picture.
     *
     * @param file a PNG
     */
    void save(Path file) throws IOException;
}
