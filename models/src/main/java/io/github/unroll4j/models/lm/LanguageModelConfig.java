// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import io.github.unroll4j.core.tensor.Dtype;

/**
 * What a language model is built of; all of it is stored in the model's file.
 *
 * @param cell name of the cell, one that {@link Cells} knows or that the caller brings
 * @param hidden units of each layer H
 * @param layers number of layers
 * @param dtype element type of the weights
 * @param embedding size of an embedding row E, or 0 for none: a token then selects a row of the first layer's W_x, which is the
 *     product with its one-hot row
 * @param tied whether the head uses the embedding as its weights (Press and Wolf, 2017; Inan et al., 2017); E must then be the
 *     output size of the top layer, and the gradients of both uses are summed
 * @param residual whether each layer above the first adds its input to its output
 * @param regularisation what is drawn at random in training
 */
public record LanguageModelConfig(
        String cell,
        int hidden,
        int layers,
        Dtype dtype,
        int embedding,
        boolean tied,
        boolean residual,
        Regularisation regularisation) {
    /** Checks the sizes. */
    public LanguageModelConfig {
        if (cell.isBlank() || hidden < 1 || layers < 1) {
            throw new IllegalArgumentException("LanguageModelConfig: cell is '" + cell + "', hidden " + hidden
                    + ", layers " + layers + "; expected the name of a cell and sizes of 1 or more.");
        }
        if (embedding < 0) {
            throw new IllegalArgumentException(
                    "LanguageModelConfig: embedding is " + embedding + ", expected 0 (none) or the size of a row.");
        }
        if (residual && layers == 1) {
            throw new IllegalArgumentException(
                    "LanguageModelConfig: residual connections were asked for with 1 layer, expected 2 or more; they go"
                            + " around every layer but the first.");
        }
    }

    /**
     * Token ids straight into layers of one size, no regularisers.
     *
     * @param cell name of the cell
     * @param hidden units of each layer H
     * @param layers number of layers
     * @param dtype element type of the weights
     */
    public LanguageModelConfig(String cell, int hidden, int layers, Dtype dtype) {
        this(cell, hidden, layers, dtype, 0, false, false, Regularisation.NONE);
    }

    /**
     * One layer in float.
     *
     * @param cell name of the cell
     * @param hidden units H
     */
    public LanguageModelConfig(String cell, int hidden) {
        this(cell, hidden, 1, Dtype.FLOAT);
    }

    /**
     * The same with an embedding.
     *
     * @param size of a row E, 0 for none
     * @return the changed copy
     */
    public LanguageModelConfig embedding(int size) {
        return new LanguageModelConfig(cell, hidden, layers, dtype, size, tied, residual, regularisation);
    }

    /**
     * The same with the embedding as weights of the head.
     *
     * @param tie whether to
     * @return the changed copy
     */
    public LanguageModelConfig tied(boolean tie) {
        return new LanguageModelConfig(cell, hidden, layers, dtype, embedding, tie, residual, regularisation);
    }

    /**
     * The same with residual connections.
     *
     * @param add whether each layer above the first adds its input to its output
     * @return the changed copy
     */
    public LanguageModelConfig residual(boolean add) {
        return new LanguageModelConfig(cell, hidden, layers, dtype, embedding, tied, add, regularisation);
    }

    /**
     * The same with regularisers.
     *
     * @param noise the regularisers
     * @return the changed copy
     */
    public LanguageModelConfig with(Regularisation noise) {
        return new LanguageModelConfig(cell, hidden, layers, dtype, embedding, tied, residual, noise);
    }

    /**
     * Requires what a tied head and embedding dropout rest on, once the layers are there.
     *
     * @param outputSize size of the top layer's output
     */
    void requireEmbedding(int outputSize) {
        if (tied && embedding != outputSize) {
            throw new IllegalArgumentException(
                    "LanguageModelConfig: a tied head was asked for with embedding " + embedding + ", expected "
                            + outputSize + ", the output size of the top layer, which the head multiplies by it.");
        }
        if (embedding == 0 && regularisation.embeddingDropout() > 0) {
            throw new IllegalArgumentException(
                    "LanguageModelConfig: embeddingDropout is " + regularisation.embeddingDropout()
                            + " without an embedding, expected 0 or an embedding of 1 or more.");
        }
    }
}
