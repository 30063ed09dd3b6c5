// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.flags;

import io.github.unroll4j.text.TextFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** What to read: a bundled text, or a file. */
public final class TextFlags {
    @ArgGroup(exclusive = true)
    private @Nullable Source source;

    /** The texts in the resources. */
    public enum Bundled {
        /** A fable retold, 763 characters: small enough to be learned by heart. */
        CROW,
        /** A story, 19 kB. */
        LIGHTHOUSE
    }

    private static final class Source {
        @Option(
                names = "--text",
                paramLabel = "NAME",
                description = "a bundled text: ${COMPLETION-CANDIDATES} (default: LIGHTHOUSE)")
        private @Nullable Bundled text;

        @Option(names = "--data", paramLabel = "FILE", description = "any UTF-8 text file instead")
        private @Nullable Path data;
    }

    /**
     * Reads the text.
     *
     * @return at least one character
     * @throws IllegalArgumentException if the file is missing, empty or not UTF-8
     */
    public String read() {
        return source != null && source.data != null ? TextFiles.read(source.data) : resource(bundled());
    }

    /** Where the text is from, in words. */
    public String describe() {
        return source != null && source.data != null ? source.data.toString() : name(bundled()) + " (bundled)";
    }

    private Bundled bundled() {
        return source != null && source.text != null ? source.text : Bundled.LIGHTHOUSE;
    }

    private static String name(Bundled text) {
        return text.name().toLowerCase(Locale.ROOT);
    }

    private static String resource(Bundled text) {
        String name = "/io/github/unroll4j/examples/" + name(text) + ".txt";
        try (InputStream in = Objects.requireNonNull(TextFlags.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be read: " + e.getMessage(), e);
        }
    }
}
