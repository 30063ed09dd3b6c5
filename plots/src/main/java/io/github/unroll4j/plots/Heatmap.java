// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.plots;

import io.github.unroll4j.models.decoding.Alignment;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/**
 * An alignment as a picture, laid out as in Bahdanau, Cho and Bengio (2015, figure 3): the source from left to right
 * above, the target from top to bottom, the darker the larger the weight, and a bar that says which colour is which
 * weight from 0 to 1.
 *
 * <p>Tokens stand in the order in which they are read, also those of scripts written from right to left.
 *
 * @since 0.1.0
 */
public final class Heatmap implements Picture {
    private final String title;
    private final Alignment alignment;

    /**
     * A picture of an alignment.
     *
     * @param title of the whole, cut where it is wider than the picture
     * @param alignment what to draw
     */
    public Heatmap(String title, Alignment alignment) {
        this.title = title;
        this.alignment = alignment;
    }

    @Override
    public void save(Path file) throws IOException {
        ByteArrayOutputStream png =
                new ByteArrayOutputStream(); // ImageIO prints a stack trace of its own for a bad file
        if (!ImageIO.write(new HeatmapDrawing(title, alignment).image(), "png", png)) {
            throw new IOException("this Java has no writer of PNG files");
        }
        Files.write(file, png.toByteArray());
    }
}
