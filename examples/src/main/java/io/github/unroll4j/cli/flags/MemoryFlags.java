// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import picocli.CommandLine.Option;

/** The same of a problem that is about remembering for some time. */
public final class MemoryFlags extends TaskFlags {
    @Option(
            names = "--steps",
            paramLabel = "T",
            converter = Numbers.Steps.class,
            description = "time steps to remember over (default: ${DEFAULT-VALUE})")
    private int steps = 100;

    /** Time steps T. */
    public int steps() {
        return steps;
    }
}
