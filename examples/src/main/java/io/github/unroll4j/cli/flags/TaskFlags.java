// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import picocli.CommandLine.Option;

/** Sizes and training of a network on a problem that is made up as it goes. */
public class TaskFlags extends CommonFlags {
    @Option(
            names = "--hidden",
            paramLabel = "H",
            converter = Numbers.Units.class,
            description = "units of a recurrent layer (default: ${DEFAULT-VALUE})")
    private int hidden = 64;

    @Option(
            names = "--batch",
            paramLabel = "B",
            converter = Numbers.Count.class,
            description = "sequences of an iteration, side by side (default: ${DEFAULT-VALUE})")
    private int batch = 50;

    @Option(
            names = "--iterations",
            paramLabel = "N",
            converter = Numbers.LongCount.class,
            description = "optimiser steps (default: ${DEFAULT-VALUE})")
    private long iterations = 2000;

    @Option(
            names = "--lr",
            paramLabel = "RATE",
            converter = Numbers.NotNegative.class,
            description = "learning rate at the start; falls to 0 along half a cosine (default: ${DEFAULT-VALUE})")
    private double lr = 0.004;

    /** Units H. */
    public int hidden() {
        return hidden;
    }

    /** Sequences of an iteration B. */
    public int batch() {
        return batch;
    }

    /** Optimiser steps. */
    public long iterations() {
        return iterations;
    }

    /** Learning rate at the start. */
    public double lr() {
        return lr;
    }
}
