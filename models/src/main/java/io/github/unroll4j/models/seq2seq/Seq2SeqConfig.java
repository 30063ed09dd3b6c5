// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.attention.Focus;
import java.util.Locale;

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
     */
    public record Options(
            boolean bidirectional,
            boolean reversed,
            boolean sharedEmbedding,
            double dropout,
            Dtype dtype,
            boolean plain) {
        /** One direction, read forwards, two tables, no dropout, in float, run by the engine. */
        public static final Options STANDARD = new Options(false, false, false, 0, Dtype.FLOAT, false);

        /**
         * Checks the rate.
         *
         * @param bidirectional {@link #bidirectional()}
         * @param reversed {@link #reversed()}
         * @param sharedEmbedding {@link #sharedEmbedding()}
         * @param dropout {@link #dropout()}
         * @param dtype {@link #dtype()}
         * @param plain {@link #plain()}
         */
        public Options {
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
            return new Options(both, reversed, sharedEmbedding, dropout, dtype, plain);
        }

        /**
         * The same with sources read from their ends.
         *
         * @param reverse whether to
         * @return the changed copy
         */
        public Options reversed(boolean reverse) {
            return new Options(bidirectional, reverse, sharedEmbedding, dropout, dtype, plain);
        }

        /**
         * The same with one table for both sides.
         *
         * @param share whether to
         * @return the changed copy
         */
        public Options sharedEmbedding(boolean share) {
            return new Options(bidirectional, reversed, share, dropout, dtype, plain);
        }

        /**
         * The same with dropout.
         *
         * @param rate probability of dropping
         * @return the changed copy
         */
        public Options dropout(double rate) {
            return new Options(bidirectional, reversed, sharedEmbedding, rate, dtype, plain);
        }

        /**
         * The same in another precision.
         *
         * @param type element type of the weights
         * @return the changed copy
         */
        public Options dtype(Dtype type) {
            return new Options(bidirectional, reversed, sharedEmbedding, dropout, type, plain);
        }

        /**
         * The same run in the plain loop or by the engine. Parameters and file are the same.
         *
         * @param run whether in the plain loop
         * @return the changed copy
         */
        public Options plain(boolean run) {
            return new Options(bidirectional, reversed, sharedEmbedding, dropout, dtype, run);
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
        return new Seq2SeqConfig(encoder, decoder, attending, bridge, other);
    }

    /**
     * The same with another bridge.
     *
     * @param other how the decoder's state starts
     * @return the changed copy
     */
    public Seq2SeqConfig with(Bridge.Options other) {
        return new Seq2SeqConfig(encoder, decoder, attending, other, options);
    }

    /**
     * The same with another attention.
     *
     * @param other what the decoder looks at
     * @return the changed copy
     */
    public Seq2SeqConfig with(AttentionKind other) {
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
     * Sutskever, Vinyals and Le (2014): LSTM layers, the last state handed over, sources reversed.
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
     * Cho et al. (2014): gated units that reset before the product, a summary at every step, maxout readout.
     *
     * <p>Three things are not those of appendix A.1. The paper has c = tanh(V h_S) and h'_0 = tanh(V' c); here c is h_S
     * itself, and one map stands for the two, h'_0 = tanh(h_S W + b). The paper's decoder, unlike its encoder, has the
     * candidate tanh(W' e(y) + r' ⊙ (U' h' + C c)), with the reset after the product and on the share of c too; here it
     * is the encoder's cell fed with [E y ; c], and so tanh([E y ; c] W + (r ⊙ h) U).
     *
     * @param size E, H, and twice the size of the readout
     * @return the configuration
     */
    public static Seq2SeqConfig cho2014(int size) {
        Side side = new Side("gru-cho-2014", size, size, 1);
        Bridge.Options bridge = new Bridge.Options(Bridge.Kind.TANH, Bridge.Directions.CONCATENATED);
        return new Seq2SeqConfig(
                side, side, new AttentionKind.None(true, Math.max(1, size / 2)), bridge, Options.STANDARD);
    }

    /**
     * Bahdanau, Cho and Bengio (2015): a bidirectional encoder, s_0 from ←h_1, additive attention, maxout readout.
     *
     * <p>The weights start as those of the parts do, the maps of score and readout from Glorot's distribution, and not
     * as in appendix B.1 of the paper.
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
                Options.STANDARD.bidirectional(true));
    }

    /**
     * Luong, Pham and Manning (2015): LSTM layers, the last state handed over, sources reversed, general score, input
     * feeding, local attention around a predicted position.
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
