// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import org.jspecify.annotations.Nullable;

/**
 * What {@link Vocabulary#encode} does with a character or word that is not in the vocabulary.
 *
 * @since 0.1.0
 */
public final class UnknownRule {

    private static final UnknownRule FAIL = new UnknownRule("fail", null);
    private static final UnknownRule SKIP = new UnknownRule("skip", null);

    private final String name;
    private final @Nullable String replacement;

    private UnknownRule(String name, @Nullable String replacement) {
        this.name = name;
        this.replacement = replacement;
    }

    /**
     * Refuses the text with a message that names the token and its place.
     *
     * @return the rule
     */
    public static UnknownRule fail() {
        return FAIL;
    }

    /**
     * Leaves out unknown tokens and logs one warning.
     *
     * @return the rule
     */
    public static UnknownRule skip() {
        return SKIP;
    }

    /**
     * Replaces each unknown token by a token of the vocabulary and logs one warning.
     *
     * @param token the replacement; must be in the vocabulary that applies the rule
     * @return the rule
     */
    public static UnknownRule replaceWith(String token) {
        return new UnknownRule("replace with " + CodePoints.describe(token), token);
    }

    boolean fails() {
        return this == FAIL;
    }

    /** The token that replaces an unknown one; null if unknown tokens are left out. */
    @Nullable
    String replacement() {
        return replacement;
    }

    @Override
    public String toString() {
        return name;
    }
}
