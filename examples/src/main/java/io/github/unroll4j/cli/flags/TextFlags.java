// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** What to read: a bundled text, or a file. */
public final class TextFlags {
    @ArgGroup(exclusive = true)
    private @Nullable Source source;

    private static final class Source {
        @Option(
                names = "--text",
                paramLabel = "NAME",
                description = "a bundled text: ${COMPLETION-CANDIDATES} (default: LIGHTHOUSE)")
        private @Nullable BundledText text;

        @Option(names = "--data", paramLabel = "FILE", description = "any UTF-8 text file instead")
        private @Nullable Path data;
    }

    /**
     * Reads the text.
     *
     * @return at least one character
     * @throws IllegalArgumentException if the file is missing, empty or not UTF-8
     */
    public NamedText read() {
        if (source != null && source.data != null) {
            return NamedText.of(source.data);
        }
        return (source != null && source.text != null ? source.text : BundledText.LIGHTHOUSE).read();
    }
}
