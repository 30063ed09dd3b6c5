// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The texts in the resources.
 *
 * @since 0.1.0
 */
public enum BundledText {
    /** A fable retold, 763 characters: small enough to be learned by heart. */
    CROW,
    /** A story, 19 kB. */
    LIGHTHOUSE;

    NamedText read() {
        String name = name().toLowerCase(Locale.ROOT);
        return new NamedText(name + " (bundled)", read(name + ".txt"));
    }

    /**
     * Reads a text in the resources, of these or another.
     *
     * @param file its name
     * @return all of it
     * @throws IllegalArgumentException if there is none of this name
     */
    public static String read(String file) {
        try (InputStream in = BundledText.class.getResourceAsStream("/io/github/unroll4j/cli/" + file)) {
            if (in == null) {
                throw new IllegalArgumentException("there is no bundled text " + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
