// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.plots;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Something that can be drawn without a screen.
 *
 * @since 0.1.0
 */
public interface Picture {
    /**
     * Draws the picture.
     *
     * @param file a PNG, written anew
     * @throws IOException if it cannot be written
     */
    void save(Path file) throws IOException;

    /**
     * The same in letters, for a terminal of 100 columns; a long one of tokens is wider.
     *
     * @return lines
     */
    String text();
}
