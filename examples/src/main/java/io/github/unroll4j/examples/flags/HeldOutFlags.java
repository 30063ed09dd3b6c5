// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.flags;

import picocli.CommandLine.Option;

/** The same of a problem with so many questions that some can be kept from training. */
public final class HeldOutFlags extends TaskFlags {
    @Option(
            names = "--held-out",
            paramLabel = "N",
            converter = Numbers.Count.class,
            description = "questions kept from training, to measure on (default: ${DEFAULT-VALUE})")
    private int heldOut = 10_000;

    /** Number of questions kept from training. */
    public int heldOut() {
        return heldOut;
    }
}
