// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import picocli.CommandLine.Option;

/** Sizes and start of the networks whose gradients are looked at. */
public final class GradientFlags extends CommonFlags {
    @Option(
            names = "--steps",
            paramLabel = "T",
            converter = Numbers.Steps.class,
            description = "time steps that the gradient goes back (default: ${DEFAULT-VALUE})")
    private int steps = 50;

    @Option(
            names = "--hidden",
            paramLabel = "H",
            converter = Numbers.Units.class,
            description = "units of the recurrent layer (default: ${DEFAULT-VALUE})")
    private int hidden = 100;

    @Option(
            names = "--weights",
            paramLabel = "X",
            converter = Numbers.Positive.class,
            description = "standard deviation of all weights (default: ${DEFAULT-VALUE})")
    private double weights = 0.01;

    @Option(
            names = "--forget-bias",
            paramLabel = "X",
            converter = Numbers.Real.class,
            description = "bias of the LSTM's forget gate; try 5 (default: ${DEFAULT-VALUE})")
    private double forgetBias = 1;

    /** Time steps T. */
    public int steps() {
        return steps;
    }

    /** Units H. */
    public int hidden() {
        return hidden;
    }

    /** Standard deviation of all weights. */
    public double weights() {
        return weights;
    }

    /** Bias of the forget gate. */
    public double forgetBias() {
        return forgetBias;
    }
}
