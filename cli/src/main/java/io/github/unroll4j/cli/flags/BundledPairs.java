// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import io.github.unroll4j.text.ParallelText;
import java.util.List;

/** The pairs of sentences in the resources: English, a tab, German. */
final class BundledPairs {
    /** What the pairs are called. */
    static final String NAME = "sentences, English -> German (bundled)";

    private BundledPairs() {}

    /** All pairs. */
    static ParallelText read() {
        List<String[]> lines = BundledText.read("sentences.tsv")
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split("\t", 2))
                .toList();
        return ParallelText.of(
                lines.stream().map(pair -> pair[0]).toList(),
                lines.stream().map(pair -> pair[1]).toList());
    }
}
