// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import io.github.unroll4j.text.TextFiles;
import java.nio.file.Path;

/**
 * A text and where it is from.
 *
 * @param name where from, in words
 * @param text at least one character
 * @since 0.1.0
 */
public record NamedText(String name, String text) {
    static NamedText of(Path file) {
        return new NamedText(file.toString(), TextFiles.read(file));
    }
}
