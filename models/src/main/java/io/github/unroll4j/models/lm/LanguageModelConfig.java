// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import io.github.unroll4j.core.tensor.Dtype;

/**
 * The sizes of a language model.
 *
 * @param cell name of the cell, one that {@link Cells} knows or that the caller brings
 * @param hidden units of each layer H
 * @param layers number of layers
 * @param dtype element type of the weights
 */
public record LanguageModelConfig(String cell, int hidden, int layers, Dtype dtype) {
    /** Checks the sizes. */
    public LanguageModelConfig {
        if (cell.isBlank() || hidden < 1 || layers < 1) {
            throw new IllegalArgumentException("LanguageModelConfig: cell is '" + cell + "', hidden " + hidden
                    + ", layers " + layers + "; expected the name of a cell and sizes of 1 or more.");
        }
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
}
