// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import picocli.CommandLine.Mixin;

/** All that the examples which learn to translate share. */
public final class TranslatorFlags extends RunFlags {
    @Mixin
    private SideFlags sizes;

    @Mixin
    private PairTrainFlags training;

    @Mixin
    private DecodingFlags decoding;

    /** The sizes of the model. */
    public SideFlags sizes() {
        return sizes;
    }

    /** How to train. */
    public PairTrainFlags training() {
        return training;
    }

    /** How to search for a translation. */
    public DecodingFlags decoding() {
        return decoding;
    }
}
