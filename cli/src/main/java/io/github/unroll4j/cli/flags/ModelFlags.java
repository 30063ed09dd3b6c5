// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import picocli.CommandLine.Option;

/**
 * The sizes of a language model.
 *
 * @since 0.1.0
 */
public final class ModelFlags {
    @Option(
            names = "--hidden",
            paramLabel = "H",
            converter = Numbers.Units.class,
            description = "units of each layer (default: ${DEFAULT-VALUE})")
    private int hidden = 256;

    @Option(
            names = "--layers",
            paramLabel = "N",
            converter = Numbers.Layers.class,
            description = "recurrent layers, one upon the other (default: ${DEFAULT-VALUE})")
    private int layers = 1;

    @Option(
            names = "--embed",
            paramLabel = "E",
            converter = Numbers.UnitsOrNone.class,
            description = "size of an embedding of the tokens, 0 for none (default: ${DEFAULT-VALUE})")
    private int embed;

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            description = "element type: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private Dtype dtype = Dtype.FLOAT;

    /**
     * The configuration.
     *
     * @param cell name of the cell
     * @return the sizes with that cell
     */
    public LanguageModelConfig config(String cell) {
        return new LanguageModelConfig(cell, hidden, layers, dtype).embedding(embed);
    }
}
