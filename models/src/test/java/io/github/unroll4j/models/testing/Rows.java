// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.testing;

import java.util.Map;
import java.util.Objects;

/**
 * The state of one batch row, as a textbook writes it.
 *
 * @param parts the parts by name
 */
public record Rows(Map<String, Row> parts) {
    /** A state that is its output alone. */
    public static Rows of(Row h) {
        return new Rows(Map.of("h", h));
    }

    /** An output and a memory cell. */
    public static Rows of(Row h, Row c) {
        return new Rows(Map.of("h", h, "c", c));
    }

    /** A part, there for certain. */
    public Row get(String part) {
        return Objects.requireNonNull(parts.get(part), part);
    }

    /** The output. */
    public Row h() {
        return get("h");
    }

    /** The memory cell. */
    public Row c() {
        return get("c");
    }
}
