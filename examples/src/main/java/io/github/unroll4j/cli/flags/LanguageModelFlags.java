// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import picocli.CommandLine.Mixin;

/** All that the examples which learn to write from a text share. */
public final class LanguageModelFlags extends RunFlags {
    @Mixin
    private TextFlags text;

    @Mixin
    private ModelFlags sizes;

    @Mixin
    private TrainFlags training;

    @Mixin
    private SampleFlags sampling;

    /** What to read. */
    public TextFlags text() {
        return text;
    }

    /** The sizes of the model. */
    public ModelFlags sizes() {
        return sizes;
    }

    /** How to train. */
    public TrainFlags training() {
        return training;
    }

    /** How to write. */
    public SampleFlags sampling() {
        return sampling;
    }
}
