// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import io.github.unroll4j.core.tensor.Dtype;
import java.util.Objects;

/**
 * What a language model is built of. All of it is stored in the model's file, but for {@link #plain}, which is how it
 * is run.
 *
 * <p>Begins as token ids straight into layers of one size, without regularisers; each setting is a method that gives a
 * changed copy.
 *
 * @since 0.1.0
 */
public final class LanguageModelConfig {
    private final Values v;

    /** The most layers, {@value}. */
    public static final int MOST_LAYERS = 1000;

    private record Values(
            String cell,
            int hidden,
            int layers,
            Dtype dtype,
            int embedding,
            boolean tied,
            boolean residual,
            Regularisation regularisation,
            boolean plain) {
        Values {
            Objects.requireNonNull(cell, "cell");
            Objects.requireNonNull(dtype, "dtype");
            Objects.requireNonNull(regularisation, "noise");
        }
    }

    /**
     * Layers of one size.
     *
     * @param cell name of the cell, one that {@code Cells} knows or that the caller brings
     * @param hidden units of each layer H
     * @param layers number of layers
     * @param dtype element type of the weights
     * @throws IllegalArgumentException if the name is blank, or a size is below 1
     */
    public LanguageModelConfig(String cell, int hidden, int layers, Dtype dtype) {
        this(new Values(cell, hidden, layers, dtype, 0, false, false, Regularisation.NONE, false));
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

    private LanguageModelConfig(Values v) {
        this.v = v;
        if (v.cell.isBlank() || v.hidden < 1 || v.layers < 1) {
            throw new IllegalArgumentException("LanguageModelConfig: cell is '" + v.cell + "', hidden " + v.hidden
                    + ", layers " + v.layers + "; expected the name of a cell and sizes of 1 or more.");
        }
        if (v.layers > MOST_LAYERS) {
            throw new IllegalArgumentException(
                    "LanguageModelConfig: layers is " + v.layers + ", expected at most " + MOST_LAYERS + ".");
        }
        if (v.embedding < 0) {
            throw new IllegalArgumentException(
                    "LanguageModelConfig: embedding is " + v.embedding + ", expected 0 (none) or the size of a row.");
        }
        if (v.residual && v.layers == 1) {
            throw new IllegalArgumentException(
                    "LanguageModelConfig: residual connections were asked for with 1 layer, expected 2 or more; they go"
                            + " around every layer but the first.");
        }
    }

    /** {@return the name of the cell} */
    public String cell() {
        return v.cell;
    }

    /** {@return the units of each layer H} */
    public int hidden() {
        return v.hidden;
    }

    /** {@return the number of layers} */
    public int layers() {
        return v.layers;
    }

    /** {@return the element type of the weights} */
    public Dtype dtype() {
        return v.dtype;
    }

    /**
     * {@return the size of an embedding row E; 0 for none: a token selects a row of the first layer's W_x, as its
     * one-hot row would}
     */
    public int embedding() {
        return v.embedding;
    }

    /** {@return whether the head uses the embedding as its weights} */
    public boolean tied() {
        return v.tied;
    }

    /** {@return whether each layer above the first adds its input to its output} */
    public boolean residual() {
        return v.residual;
    }

    /** {@return what is drawn at random in training} */
    public Regularisation regularisation() {
        return v.regularisation;
    }

    /** {@return whether the layers run in the plain loop instead of the engine} */
    public boolean plain() {
        return v.plain;
    }

    /**
     * The same with an embedding.
     *
     * @param size of a row E, 0 for none
     * @return the changed copy
     */
    public LanguageModelConfig embedding(int size) {
        return new LanguageModelConfig(
                new Values(v.cell, v.hidden, v.layers, v.dtype, size, v.tied, v.residual, v.regularisation, v.plain));
    }

    /**
     * The same with the embedding as weights of the head (Press and Wolf, 2017; Inan et al., 2017). E must then be the
     * output size of the top layer, and the gradients of both uses are summed.
     *
     * @param tie whether to
     * @return the changed copy
     */
    public LanguageModelConfig tied(boolean tie) {
        return new LanguageModelConfig(new Values(
                v.cell, v.hidden, v.layers, v.dtype, v.embedding, tie, v.residual, v.regularisation, v.plain));
    }

    /**
     * The same with residual connections.
     *
     * @param add whether each layer above the first adds its input to its output
     * @return the changed copy
     */
    public LanguageModelConfig residual(boolean add) {
        return new LanguageModelConfig(
                new Values(v.cell, v.hidden, v.layers, v.dtype, v.embedding, v.tied, add, v.regularisation, v.plain));
    }

    /**
     * The same with regularisers.
     *
     * @param noise the regularisers
     * @return the changed copy
     */
    public LanguageModelConfig with(Regularisation noise) {
        Objects.requireNonNull(noise, "noise");
        return new LanguageModelConfig(
                new Values(v.cell, v.hidden, v.layers, v.dtype, v.embedding, v.tied, v.residual, noise, v.plain));
    }

    /**
     * The same run in the plain loop, {@code Unrolled}, instead of the engine: the textbook, to be stepped through in a
     * debugger. The parameters and the file are the same; the results are equal up to rounding.
     *
     * @param run whether to
     * @return the changed copy
     */
    public LanguageModelConfig plain(boolean run) {
        return new LanguageModelConfig(new Values(
                v.cell, v.hidden, v.layers, v.dtype, v.embedding, v.tied, v.residual, v.regularisation, run));
    }

    /**
     * Requires what a tied head and embedding dropout rest on, once the layers are there.
     *
     * @param outputSize size of the top layer's output
     */
    void requireEmbedding(int outputSize) {
        if (v.tied && v.embedding != outputSize) {
            throw new IllegalArgumentException(
                    "LanguageModelConfig: a tied head was asked for with embedding " + v.embedding + ", expected "
                            + outputSize + ", the output size of the top layer, which the head multiplies by it.");
        }
        if (v.embedding == 0 && v.regularisation.embeddingDropout() > 0) {
            throw new IllegalArgumentException(
                    "LanguageModelConfig: embeddingDropout is " + v.regularisation.embeddingDropout()
                            + " without an embedding, expected 0 or an embedding of 1 or more.");
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LanguageModelConfig config && config.v.equals(v);
    }

    @Override
    public int hashCode() {
        return v.hashCode();
    }

    @Override
    public String toString() {
        return "LanguageModelConfig" + v.toString().substring("Values".length());
    }
}
