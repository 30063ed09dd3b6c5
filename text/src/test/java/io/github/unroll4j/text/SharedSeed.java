// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Path;

/** The texts that the notebooks train on, which are not part of the project. */
final class SharedSeed {

    private SharedSeed() {}

    /** Reads a seed text, or skips the calling test if the text is absent. */
    static String text(String name) {
        Path file = Path.of(System.getProperty("unroll4j.shared", "../../shared"), "seed", name);
        assumeThat(file)
                .as("optional data: set -Dunroll4j.shared to the folder that has seed/" + name)
                .isRegularFile();
        return TextFiles.read(file);
    }
}
