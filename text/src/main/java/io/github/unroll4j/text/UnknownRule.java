// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import org.jspecify.annotations.Nullable;

/** What {@link Vocabulary#encode} does with a character or word that is not in the vocabulary. */
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
     * Refuses the text with a message that names the token and where it is.
     *
     * @return the rule
     */
    public static UnknownRule fail() {
        return FAIL;
    }

    /**
     * Leaves unknown tokens out and says so in one warning.
     *
     * @return the rule
     */
    public static UnknownRule skip() {
        return SKIP;
    }

    /**
     * Puts a token of the vocabulary in the place of each unknown one and says so in one warning.
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

    /** The token to put in place of an unknown one, or null to leave it out. */
    @Nullable
    String replacement() {
        return replacement;
    }

    @Override
    public String toString() {
        return name;
    }
}
