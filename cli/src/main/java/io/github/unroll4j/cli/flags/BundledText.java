// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;

/** The texts in the resources. */
enum BundledText {
    /** A fable retold, 763 characters: small enough to be learned by heart. */
    CROW,
    /** A story, 19 kB. */
    LIGHTHOUSE;

    NamedText read() {
        String name = name().toLowerCase(Locale.ROOT);
        String resource = "/io/github/unroll4j/cli/" + name + ".txt";
        try (InputStream in = Objects.requireNonNull(BundledText.class.getResourceAsStream(resource), resource)) {
            return new NamedText(name + " (bundled)", new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(resource + " cannot be read: " + e.getMessage(), e);
        }
    }
}
