// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import io.github.unroll4j.text.ParallelText;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** The pairs of sentences in the resources: English, a tab, German. */
final class BundledPairs {
    /** What the pairs are called. */
    static final String NAME = "sentences, English -> German (bundled)";

    private static final String RESOURCE = "/io/github/unroll4j/cli/sentences.tsv";

    private BundledPairs() {}

    /** All pairs. */
    static ParallelText read() {
        try (InputStream in = Objects.requireNonNull(BundledPairs.class.getResourceAsStream(RESOURCE), RESOURCE)) {
            List<String[]> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t", 2))
                    .toList();
            return ParallelText.of(
                    lines.stream().map(pair -> pair[0]).toList(),
                    lines.stream().map(pair -> pair[1]).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(RESOURCE + " cannot be read: " + e.getMessage(), e);
        }
    }
}
