// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.seq2seq.Seq2SeqConfig;
import picocli.CommandLine.Option;

/**
 * The sizes of a model that translates; encoder and decoder have the same.
 *
 * @since 0.1.0
 */
public final class SideFlags {
    @Option(
            names = "--hidden",
            paramLabel = "H",
            converter = Numbers.Units.class,
            description = "units of each layer, in each direction (default: ${DEFAULT-VALUE})")
    private int hidden = 256;

    @Option(
            names = "--layers",
            paramLabel = "N",
            converter = Numbers.Layers.class,
            description = "recurrent layers of each side, one upon the other (default: ${DEFAULT-VALUE})")
    private int layers = 1;

    @Option(
            names = "--embed",
            paramLabel = "E",
            converter = Numbers.Units.class,
            description = "size of an embedded word (default: ${DEFAULT-VALUE})")
    private int embed = 256;

    @Option(
            names = "--dropout",
            paramLabel = "P",
            converter = Numbers.Rate.class,
            description = "of embedded words, between layers, and before the output (default: ${DEFAULT-VALUE})")
    private double dropout;

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            description = "element type: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private Dtype dtype = Dtype.FLOAT;

    /** {@return units H} */
    public int hidden() {
        return hidden;
    }

    /**
     * An encoder, or a decoder.
     *
     * @param cell name of the cell
     * @return the sizes with that cell
     */
    public Seq2SeqConfig.Side side(String cell) {
        return new Seq2SeqConfig.Side(cell, embed, hidden, layers);
    }

    /** {@return one direction, read forwards, two tables of embeddings; the dropout and element type of the flags} */
    public Seq2SeqConfig.Options options() {
        return Seq2SeqConfig.Options.STANDARD.dropout(dropout).dtype(dtype);
    }
}
