// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.attention.Focus;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What a sequence-to-sequence model is made of.
 *
 * @param encoder the side that reads
 * @param decoder the side that writes
 * @param attending what the decoder looks at
 * @param bridge how the decoder's state starts
 * @param options the rest
 * @since 0.1.0
 */
public record Seq2SeqConfig(
        Side encoder, Side decoder, AttentionKind attending, Bridge.Options bridge, Options options) {
    /**
     * One side.
     *
     * @param cell name of the cell, one that {@code Cells} knows or that the caller brings
     * @param embedding size E of an embedded token
     * @param hidden units H of each layer, in each direction
     * @param layers number of layers
     */
    public record Side(String cell, int embedding, int hidden, int layers) {
        /** The most layers of a side, {@value}. */
        public static final int MOST_LAYERS = 1000;

        /**
         * Checks the sizes.
         *
         * @param cell {@link #cell()}
         * @param embedding {@link #embedding()}
         * @param hidden {@link #hidden()}
         * @param layers {@link #layers()}
         */
        public Side {
            if (cell.isBlank() || embedding < 1 || hidden < 1 || layers < 1) {
                throw new IllegalArgumentException("Seq2SeqConfig.Side: cell is '" + cell + "', embedding " + embedding
                        + ", hidden " + hidden + ", layers " + layers
                        + "; expected the name of a cell and sizes of 1 or more.");
            }
            if (layers > MOST_LAYERS) {
                throw new IllegalArgumentException(
                        "Seq2SeqConfig.Side: layers is " + layers + ", expected at most " + MOST_LAYERS + ".");
            }
        }
    }

    /** How the weights of a new model start. */
    public enum Start {
        /** Each part in its own way, as its class says. */
        OF_PARTS,
        /**
         * As Cho et al. (2014), section 4.1.1, and Bahdanau, Cho and Bengio (2015), appendix B.1, say it: the recurrent
         * matrices orthogonal, each gate's by itself, all other weights from the normal distribution with the deviation
         * 0.01, those of the additive score's two maps with 0.001, its vector and all biases zero.
         */
        PAPERS_2014;

        private static final Set<String> ZERO = Set.of("b", "b_h", "b_c", "v_a");
        private static final Set<String> ORTHOGONAL = Set.of("W_h", "U_n");
        private static final Set<String> SMALL = Set.of("W_a", "U_a");

        /**
         * Draws the weights anew in the order of their declaration. Gains and other vectors of one number a unit, which
         * these papers do not have, stay as they are.
         *
         * @param parameters (Output) of a new model
         * @param rng source of randomness
         */
        public void draw(Parameters parameters, Rng rng) {
            Objects.requireNonNull(parameters, "parameters");
            Objects.requireNonNull(rng, "rng");
            if (this == OF_PARTS) {
                return;
            }
            parameters.write(values -> parameters
                    .list()
                    .forEach(p -> of(p).ifPresent(init -> init.fill(values, p.offset(), p.shape(), rng))));
        }

        private static Optional<Init> of(Parameter p) {
            String name = p.name().substring(p.name().lastIndexOf('.') + 1);
            if (ZERO.contains(name)) {
                return Optional.of(Init.zeros());
            }
            if (p.shape().length == 1) {
                return Optional.empty();
            }
            if (ORTHOGONAL.contains(name)) { // "H,3H:r|z|n" are the axes of three blocks
                return Optional.of(Init.orthogonalBlocks(p.axes().split("\\|", -1).length));
            }
            return Optional.of(Init.normal(SMALL.contains(name) ? 0.001 : 0.01));
        }
    }

    /**
     * Choices.
     *
     * @param bidirectional whether the encoder reads both ways, the annotations being [→h ; ←h]
     * @param reversed whether each source is read from its end
     * @param sharedEmbedding whether both sides have one table of embeddings; needs one vocabulary
     * @param dropout rate on the embedded tokens, between layers and on the features, in training
     * @param dtype element type of the weights
     * @param plain whether the layers run in the plain loop, {@code Unrolled}, instead of the engine; not stored in a
     *     file
     * @param start how the weights of a new model start; not stored in a file
     */
    public record Options(
            boolean bidirectional,
            boolean reversed,
            boolean sharedEmbedding,
            double dropout,
            Dtype dtype,
            boolean plain,
            Start start) {
        /** One direction, read forwards, two tables, no dropout, in float, run by the engine, each part's own start. */
        public static final Options STANDARD = new Options(false, false, false, 0, Dtype.FLOAT, false, Start.OF_PARTS);

        /**
         * Checks the rate.
         *
         * @param bidirectional {@link #bidirectional()}
         * @param reversed {@link #reversed()}
         * @param sharedEmbedding {@link #sharedEmbedding()}
         * @param dropout {@link #dropout()}
         * @param dtype {@link #dtype()}
         * @param plain {@link #plain()}
         * @param start {@link #start()}
         */
        public Options {
            Objects.requireNonNull(dtype, "dtype");
            Objects.requireNonNull(start, "start");
            if (!(dropout >= 0 && dropout < 1)) {
                throw new IllegalArgumentException(
                        "Seq2SeqConfig.Options: dropout is " + dropout + ", expected 0 or more and below 1.");
            }
        }

        /**
         * The same with an encoder that reads both ways.
         *
         * @param both whether to
         * @return the changed copy
         */
        public Options bidirectional(boolean both) {
            return new Options(both, reversed, sharedEmbedding, dropout, dtype, plain, start);
        }

        /**
         * The same with sources read from their ends.
         *
         * @param reverse whether to
         * @return the changed copy
         */
        public Options reversed(boolean reverse) {
            return new Options(bidirectional, reverse, sharedEmbedding, dropout, dtype, plain, start);
        }

        /**
         * The same with one table for both sides.
         *
         * @param share whether to
         * @return the changed copy
         */
        public Options sharedEmbedding(boolean share) {
            return new Options(bidirectional, reversed, share, dropout, dtype, plain, start);
        }

        /**
         * The same with dropout.
         *
         * @param rate probability of dropping
         * @return the changed copy
         */
        public Options dropout(double rate) {
            return new Options(bidirectional, reversed, sharedEmbedding, rate, dtype, plain, start);
        }

        /**
         * The same in another precision.
         *
         * @param type element type of the weights
         * @return the changed copy
         */
        public Options dtype(Dtype type) {
            Objects.requireNonNull(type, "type");
            return new Options(bidirectional, reversed, sharedEmbedding, dropout, type, plain, start);
        }

        /**
         * The same run in the plain loop or by the engine. Parameters and file are the same.
         *
         * @param run whether in the plain loop
         * @return the changed copy
         */
        public Options plain(boolean run) {
            return new Options(bidirectional, reversed, sharedEmbedding, dropout, dtype, run, start);
        }

        /**
         * The same with weights that start otherwise.
         *
         * @param of how they start
         * @return the changed copy
         */
        public Options start(Start of) {
            Objects.requireNonNull(of, "of");
            return new Options(bidirectional, reversed, sharedEmbedding, dropout, dtype, plain, of);
        }
    }

    /**
     * Checks what does not fit together.
     *
     * @param attending {@link #attending()}
     * @param options {@link #options()}
     * @param bridge {@link #bridge()}
     * @param encoder {@link #encoder()}
     * @param decoder {@link #decoder()}
     */
    public Seq2SeqConfig {
        Objects.requireNonNull(encoder, "encoder");
        Objects.requireNonNull(decoder, "decoder");
        Objects.requireNonNull(attending, "attending");
        if (options.sharedEmbedding() && encoder.embedding() != decoder.embedding()) {
            throw new IllegalArgumentException(
                    "Seq2SeqConfig: one shared table was asked for, but the sides have embeddings of "
                            + encoder.embedding() + " and " + decoder.embedding() + ".");
        }
        if (bridge.kind() == Bridge.Kind.ZEROS && attending instanceof AttentionKind.None none && !none.summary()) {
            throw new IllegalArgumentException(
                    "Seq2SeqConfig: the decoder has no attention, no summary and, with the bridge"
                            + " ZEROS, a first state of zeros, so that it would learn nothing of the source; expected one of the three.");
        }
    }

    /**
     * The same with other choices.
     *
     * @param other the choices
     * @return the changed copy
     */
    public Seq2SeqConfig with(Options other) {
        Objects.requireNonNull(other, "other");
        return new Seq2SeqConfig(encoder, decoder, attending, bridge, other);
    }

    /**
     * The same with another bridge.
     *
     * @param other how the decoder's state starts
     * @return the changed copy
     */
    public Seq2SeqConfig with(Bridge.Options other) {
        Objects.requireNonNull(other, "other");
        return new Seq2SeqConfig(encoder, decoder, attending, other, options);
    }

    /**
     * The same with another attention.
     *
     * @param other what the decoder looks at
     * @return the changed copy
     */
    public Seq2SeqConfig with(AttentionKind other) {
        Objects.requireNonNull(other, "other");
        return new Seq2SeqConfig(encoder, decoder, other, bridge, options);
    }

    /**
     * {@return all of it in a line, e.g. {@code gru 16 x 1 of embedding 8 -> gru 16 x 1 of embedding 8 in FLOAT, dot
     * attention, bridge tanh}}
     */
    public String describe() {
        return describe(encoder) + (options.bidirectional() ? " both ways" : "") + " -> " + describe(decoder) + " in "
                + options.dtype() + ", " + describe(attending) + ", bridge " + name(bridge.kind())
                + (options.bidirectional() ? " of " + name(bridge.directions()) : "")
                + (options.reversed() ? ", sources reversed" : "")
                + (options.sharedEmbedding() ? ", one embedding" : "")
                + (options.dropout() > 0 ? ", dropout " + options.dropout() : "");
    }

    private static String describe(Side side) {
        return side.cell() + " " + side.hidden() + " x " + side.layers() + " of embedding " + side.embedding();
    }

    private static String describe(AttentionKind attending) {
        if (attending instanceof AttentionKind.Bahdanau additive) {
            return "additive attention of " + additive.size() + size(", maxout ", additive.maxout());
        }
        if (attending instanceof AttentionKind.Luong luong) {
            return name(luong.score()) + " attention" + size(" of ", luong.size()) + describe(luong.focus())
                    + (luong.inputFeeding() ? ", input feeding" : "");
        }
        AttentionKind.None none = (AttentionKind.None) attending;
        return (none.summary() ? "a summary at every step" : "no attention") + size(", maxout ", none.maxout());
    }

    private static String describe(Focus focus) {
        if (focus instanceof Focus.Monotonic local) {
            return " within " + local.radius() + " of its own step";
        }
        return focus instanceof Focus.Predictive local ? " within " + local.radius() + " of a predicted position" : "";
    }

    private static String size(String name, int size) {
        return size > 0 ? name + size : "";
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /**
     * Sutskever, Vinyals and Le (2014): LSTM layers, the last state handed over, sources reversed. The paper's own are
     * four layers of 1000 units with embeddings of 1000.
     *
     * <p>What differs from the paper is the start, which is that of the parts, forget biases of 1 included, and there
     * uniform in [-0.08, 0.08) for all weights; and the training, which is the caller's: plain gradient descent at 0.7,
     * halved each half epoch after five, batches of 128, a norm of 5.
     *
     * @param size E and H
     * @param layers number of layers
     * @return the configuration
     */
    public static Seq2SeqConfig sutskever2014(int size, int layers) {
        Side side = new Side("lstm", size, size, layers);
        Bridge.Options bridge = new Bridge.Options(Bridge.Kind.IDENTITY, Bridge.Directions.CONCATENATED);
        return new Seq2SeqConfig(side, side, new AttentionKind.None(false, 0), bridge, Options.STANDARD.reversed(true));
    }

    /**
     * Cho et al. (2014), as appendix A.1 prints it: an encoder that resets before the product; a summary c = tanh(V
     * h_S) and a first state h'_0 = tanh(V' c); a decoder that resets after the product, on the share of c too; maxout
     * over O_h h'_t + O_y y_{t-1} + O_c c; weights that start as in section 4.1.1. The paper's own sizes are E = 100
     * and H = 1000. It trains with Adadelta, batches of 64.
     *
     * <p>Four things differ. The first input is the vector of {@code <SOS>}, which is learned, and in the paper zeros.
     * The maxout layer reads the embedded token, as in Bahdanau's model, so that O_y is a map of E and not of the
     * vocabulary. The map to the logits is one matrix, in the paper a product of two. The paper leaves biases out of
     * its equations, and so do the layers here; that of the softmax alone is there.
     *
     * @param embedding E
     * @param hidden H, the size of c, and twice the size of the readout
     * @return the configuration
     */
    public static Seq2SeqConfig cho2014(int embedding, int hidden) {
        return new Seq2SeqConfig(
                new Side("gru-cho-2014", embedding, hidden, 1),
                new Side("gru-cho-2014-decoder", embedding, hidden, 1),
                new AttentionKind.None(true, Math.max(1, hidden / 2)),
                new Bridge.Options(Bridge.Kind.SUMMARY, Bridge.Directions.CONCATENATED),
                Options.STANDARD.start(Start.PAPERS_2014));
    }

    /**
     * Bahdanau, Cho and Bengio (2015), as appendix A.2 prints it: a bidirectional encoder, s_0 = tanh(W_s ←h_1),
     * additive attention, maxout readout; weights that start as in appendix B.1. The paper's own sizes are E = 620 and
     * H = 1000. It trains with Adadelta, ρ = 0.95 and ε = 1e-6, batches of 80 pairs of like length and the norm of the
     * gradient limited to 1.
     *
     * <p>The paper leaves biases out of its equations and does not say which sums have one. Here the gates and the
     * readout have none, as printed; the map to s_0 and the softmax have one each, zero at the start.
     *
     * @param embedding E
     * @param hidden H, the width of the score, and twice the size of the readout
     * @return the configuration
     */
    public static Seq2SeqConfig bahdanau2014(int embedding, int hidden) {
        Side side = new Side("gru-bahdanau-2014", embedding, hidden, 1);
        Bridge.Options bridge = new Bridge.Options(Bridge.Kind.TANH, Bridge.Directions.BACKWARD);
        return new Seq2SeqConfig(
                side,
                side,
                new AttentionKind.Bahdanau(hidden, Math.max(1, hidden / 2)),
                bridge,
                Options.STANDARD.bidirectional(true).start(Start.PAPERS_2014));
    }

    /**
     * Luong, Pham and Manning (2015): LSTM layers, the last state handed over, sources reversed, general score, input
     * feeding, local attention around a predicted position. The paper's own are four layers of 1000 units with
     * embeddings of 1000.
     *
     * <p>What differs from the paper is the start, which is that of the parts, forget biases of 1 included, and there
     * uniform in [-0.1, 0.1); and the training, which is the caller's: plain gradient descent at 1, halved each epoch
     * after eight with dropout, batches of 128, a norm of 5.
     *
     * @param size E and H
     * @param layers number of layers
     * @return the configuration
     */
    public static Seq2SeqConfig luong2015(int size, int layers) {
        Side side = new Side("lstm", size, size, layers);
        Bridge.Options bridge = new Bridge.Options(Bridge.Kind.IDENTITY, Bridge.Directions.CONCATENATED);
        AttentionKind.Luong attention =
                new AttentionKind.Luong(AttentionKind.ScoreName.GENERAL, 0, new Focus.Predictive(10), true, false);
        return new Seq2SeqConfig(
                side, side, attention, bridge, Options.STANDARD.reversed(true).dropout(0.2));
    }
}
