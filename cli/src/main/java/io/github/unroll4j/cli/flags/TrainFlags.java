// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import io.github.unroll4j.text.Windows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * How to train on the windows of a text.
 *
 * @since 0.1.0
 */
public final class TrainFlags extends OptimizerFlags {
    private static final double LR = 0.004;

    @Option(
            names = "--seq-len",
            paramLabel = "T",
            converter = Numbers.Count.class,
            description = "steps of a window, through which gradients reach back (default: ${DEFAULT-VALUE})")
    private int seqLen = 50;

    @Option(
            names = "--batch",
            paramLabel = "B",
            converter = Numbers.Count.class,
            description = "streams of the text that are read side by side (default: ${DEFAULT-VALUE})")
    private int batch = 50;

    @Option(
            names = "--lr",
            paramLabel = "RATE",
            converter = Numbers.NotNegative.class,
            description =
                    "learning rate at the start; falls to 0 along half a cosine (default: " + LR + ", with ADADELTA 1)")
    private @Nullable Double lr;

    /**
     * Cuts a text into windows.
     *
     * @param ids the text
     * @return windows of {@code --seq-len} steps in {@code --batch} streams
     * @throws IllegalArgumentException if the text is too short for them
     */
    public Windows windows(int... ids) {
        requireEnough(ids.length, (long) batch * seqLen + 1);
        return Windows.of(ids, seqLen, batch);
    }

    /**
     * Cuts a text into windows of which each starts from a state of zero.
     *
     * @param ids the text
     * @return windows of {@code --seq-len} steps in {@code --batch} streams, every pair of neighbours in one of them
     * @throws IllegalArgumentException if the text is too short for them
     */
    public Windows separateWindows(int... ids) {
        requireEnough(ids.length, (long) batch * seqLen + 1);
        List<int[]> pieces = new ArrayList<>();
        for (int from = 0; from + 1 < ids.length; from += seqLen) {
            pieces.add(Arrays.copyOfRange(ids, from, Math.min(ids.length, from + seqLen + 1)));
        }
        return Windows.ofDocuments(pieces, seqLen, batch);
    }

    private void requireEnough(int tokens, long needed) {
        if (tokens < needed) {
            throw new IllegalArgumentException("the text to train on has " + tokens + " tokens, and --batch " + batch
                    + " streams of --seq-len " + seqLen + " need at least " + needed
                    + "; use a longer text, or a smaller --batch or --seq-len");
        }
    }

    @Override
    public double lr() {
        return lr(lr, LR);
    }

    /**
     * The settings, in words.
     *
     * @param iterations optimiser steps in all
     * @param recipe what follows the learning rate
     * @return e.g. {@code 3000 iterations of 50 streams of 50 steps; …}
     */
    public String describe(long iterations, String recipe) {
        return describe(iterations, batch + " streams of " + seqLen + " steps", recipe);
    }
}
