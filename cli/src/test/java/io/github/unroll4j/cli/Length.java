// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli;

/** How long a proof takes: a short form in every build, the whole one under {@code mvn verify -Plong}. */
final class Length {
    /** Whether the whole form is asked for: {@code -Dunroll4j.long=true}, which the profile sets. */
    static final boolean WHOLE = Boolean.getBoolean("unroll4j.long");

    private Length() {}

    /** A number of the short form, or of the whole one. */
    static int of(int small, int whole) {
        return WHOLE ? whole : small;
    }
}
