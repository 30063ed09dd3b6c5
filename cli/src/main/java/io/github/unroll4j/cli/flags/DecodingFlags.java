// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import io.github.unroll4j.models.decoding.Decoding;
import picocli.CommandLine.Option;

/**
 * How a translation is searched for.
 *
 * @since 0.1.0
 */
public final class DecodingFlags {
    @Option(
            names = "--beam",
            paramLabel = "K",
            converter = Numbers.Count.class,
            description =
                    "hypotheses kept at each step; 1 takes the most likely word each time (default: ${DEFAULT-VALUE})")
    private int beam = 5;

    @Option(
            names = "--length-penalty",
            paramLabel = "X",
            converter = Numbers.NotNegative.class,
            description = "hypotheses compete by ln p / length^X: 0 favours short ones (default: ${DEFAULT-VALUE})")
    private double lengthPenalty = 1;

    @Option(
            names = "--max-length",
            paramLabel = "N",
            converter = Numbers.Count.class,
            description = "words of a translation at most (default: ${DEFAULT-VALUE})")
    private int maxLength = Decoding.MAX_LENGTH;

    @Option(
            names = "--copy-unknown",
            arity = "0..1",
            paramLabel = "BOOLEAN",
            fallbackValue = "true",
            description = "write the source word that was looked at most in the place of <UNK>; needs attention")
    private boolean copyUnknown;

    /** {@return the beam search} */
    public Decoding beam() {
        return new Decoding(beam, 1, lengthPenalty, maxLength);
    }

    /** {@return the most likely word at each step} */
    public Decoding greedy() {
        return Decoding.greedy().upTo(maxLength);
    }

    /** {@return whether {@code <UNK>} is replaced} */
    public boolean copyUnknown() {
        return copyUnknown;
    }
}
