// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import picocli.CommandLine.Option;

/**
 * Which of the two runners carries the steps of the layers: the engine, or the plain loop that one reads.
 *
 * @since 0.1.0
 */
public final class PlainFlag {
    @Option(
            names = "--plain",
            arity = "0..1",
            paramLabel = "BOOLEAN",
            fallbackValue = "true",
            description = "run the layers in the plain loop instead of the engine: the same figures, slower")
    private boolean plain;

    /** {@return whether the layers run in the plain loop} */
    public boolean plain() {
        return plain;
    }

    /**
     * A saved model in one of the runners.
     *
     * @param plain whether in the plain loop
     * @param model as it was read from a file; closed where another takes its place
     * @return the model to use, for the caller to close
     */
    public static LanguageModel inRunner(boolean plain, LanguageModel model) {
        if (!plain) {
            return model;
        }
        try (model) {
            return model.inPlainLoop();
        }
    }

    /**
     * A saved model in one of the runners.
     *
     * @param plain whether in the plain loop
     * @param model as it was read from a file; closed where another takes its place
     * @return the model to use, for the caller to close
     */
    public static Seq2Seq inRunner(boolean plain, Seq2Seq model) {
        if (!plain) {
            return model;
        }
        try (model) {
            return model.inPlainLoop();
        }
    }
}
