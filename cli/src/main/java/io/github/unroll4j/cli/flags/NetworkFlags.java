// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.models.lm.Regularisation;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * What a language model is built of beside its sizes, and its regularisers.
 *
 * @since 0.1.0
 */
public final class NetworkFlags {
    @Option(
            names = "--cell",
            paramLabel = "NAME",
            converter = CellName.class,
            description = "recurrent cell; an unknown name lists those there are (default: ${DEFAULT-VALUE})")
    private String cell = "lstm";

    @Option(
            names = "--tied",
            arity = "0..1",
            paramLabel = "BOOLEAN",
            fallbackValue = "true",
            description = "use the embedding as weights of the output too; needs --embed as large as --hidden")
    private boolean tied;

    @Option(
            names = "--residual",
            arity = "0..1",
            paramLabel = "BOOLEAN",
            fallbackValue = "true",
            description = "add the input of each layer but the first to its output")
    private boolean residual;

    @Option(
            names = "--dropout",
            paramLabel = "P",
            converter = Numbers.Rate.class,
            description = "before, between and after the layers (default: ${DEFAULT-VALUE})")
    private double dropout;

    @Option(
            names = "--variational",
            arity = "0..1",
            paramLabel = "BOOLEAN",
            fallbackValue = "true",
            description = "one mask of --dropout for all steps of a window, instead of one for each")
    private boolean variational;

    @Option(
            names = "--embedding-dropout",
            paramLabel = "P",
            converter = Numbers.Rate.class,
            description = "of whole rows of the embedding (default: ${DEFAULT-VALUE})")
    private double embeddingDropout;

    @Option(
            names = "--recurrent-dropout",
            paramLabel = "P",
            converter = Numbers.Rate.class,
            description = "of h_{t-1} on its way into W_h, one mask a window (default: ${DEFAULT-VALUE})")
    private double recurrentDropout;

    @Option(
            names = "--weight-drop",
            paramLabel = "P",
            converter = Numbers.Rate.class,
            description = "of the elements of W_h, one mask a window (default: ${DEFAULT-VALUE})")
    private double weightDrop;

    @Option(
            names = "--zoneout",
            paramLabel = "P",
            converter = Numbers.Rate.class,
            description = "chance of a unit to keep its h for a step (default: ${DEFAULT-VALUE})")
    private double zoneout;

    @Option(
            names = "--zoneout-memory",
            paramLabel = "P",
            converter = Numbers.Rate.class,
            description = "the same for the c of an LSTM (default: what --zoneout says)")
    private @Nullable Double zoneoutMemory;

    /**
     * The configuration.
     *
     * @param sizes the sizes
     * @return all of it
     */
    public LanguageModelConfig config(ModelFlags sizes) {
        double memory = zoneoutMemory == null ? zoneout : zoneoutMemory;
        RecurrentNoise recurrent = new RecurrentNoise(recurrentDropout, weightDrop, zoneout, memory);
        return sizes.config(cell)
                .tied(tied)
                .residual(residual)
                .with(new Regularisation(dropout, variational, embeddingDropout, recurrent));
    }
}
