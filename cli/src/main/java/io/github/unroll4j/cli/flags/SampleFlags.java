// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import io.github.unroll4j.models.decoding.SamplingPolicy;
import picocli.CommandLine.Option;

/**
 * How a model chooses the next token when it writes.
 *
 * @since 0.1.0
 */
public final class SampleFlags {
    @Option(
            names = "--temperature",
            paramLabel = "X",
            converter = Numbers.NotNegative.class,
            description = "below 1 more cautious, above 1 wilder, 0 always the most likely (default: ${DEFAULT-VALUE})")
    private double temperature = 0.5;

    @Option(
            names = "--top-k",
            paramLabel = "K",
            converter = Numbers.CountOrNone.class,
            description = "choose among the K most likely; 0 for all (default: ${DEFAULT-VALUE})")
    private int topK;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            converter = Numbers.Probability.class,
            description = "choose among the most likely that reach P together (default: ${DEFAULT-VALUE})")
    private double topP = 1;

    /** {@return the policy that the flags describe} */
    public SamplingPolicy policy() {
        return temperature == 0 ? SamplingPolicy.greedy() : SamplingPolicy.of(temperature, topK, topP);
    }

    /** {@return the flag to give to another command for the same temperature} */
    public String temperatureFlag() {
        return "--temperature=" + temperature;
    }
}
