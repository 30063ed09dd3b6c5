// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import io.github.unroll4j.models.attention.Focus;
import io.github.unroll4j.models.seq2seq.AttentionKind;
import io.github.unroll4j.models.seq2seq.AttentionKind.ScoreName;
import io.github.unroll4j.models.seq2seq.Bridge;
import io.github.unroll4j.models.seq2seq.Seq2SeqConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * What a model that translates is built of beside its sizes.
 *
 * @since 0.1.0
 */
public final class Seq2SeqFlags {
    private static final int POSITIONS = 100;

    @Option(
            names = "--cell",
            paramLabel = "NAME",
            converter = CellName.class,
            description = "recurrent cell; an unknown name lists those there are (default: ${DEFAULT-VALUE})")
    private String cell = "gru";

    @Option(
            names = "--decoder-cell",
            paramLabel = "NAME",
            converter = CellName.class,
            description = "that of the decoder, where it is another (default: --cell)")
    private @Nullable String decoderCell;

    @Option(
            names = "--attention",
            paramLabel = "NAME",
            description =
                    "additive before each step, as in Bahdanau et al.; a score of Luong et al. after it; or none: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private Kind attention = Kind.ADDITIVE;

    @Option(
            names = "--attention-size",
            paramLabel = "A",
            converter = Numbers.Units.class,
            description =
                    "width of the score ADDITIVE or CONCAT (default: --hidden), longest source of LOCATION (default: "
                            + POSITIONS + ")")
    private @Nullable Integer attentionSize;

    @Option(
            names = "--focus",
            paramLabel = "NAME",
            description =
                    "what a score of Luong et al. may look at: ${COMPLETION-CANDIDATES}, local ones near the step's own number or near a predicted position (default: GLOBAL)")
    private @Nullable Span focus;

    @Option(
            names = "--radius",
            paramLabel = "D",
            converter = Numbers.Count.class,
            description = "words on either side that a local --focus may look at (default: ${DEFAULT-VALUE})")
    private int radius = 10;

    @Option(
            names = "--input-feeding",
            arity = "0..1",
            paramLabel = "BOOLEAN",
            fallbackValue = "true",
            description = "whether a decoder of Luong et al. reads what it looked at the step before (default: true)")
    private @Nullable Boolean inputFeeding;

    @Option(
            names = "--summary",
            arity = "0..1",
            paramLabel = "BOOLEAN",
            fallbackValue = "true",
            description = "without attention: show the encoder's last output to every step of the decoder")
    private boolean summary;

    @Option(
            names = "--maxout",
            paramLabel = "L",
            converter = Numbers.UnitsOrNone.class,
            description =
                    "size of a maxout layer over state, word before and context; ADDITIVE, or NONE with --summary; 0 for none (default: ${DEFAULT-VALUE})")
    private int maxout;

    @Option(
            names = "--bidirectional",
            arity = "0..1",
            paramLabel = "BOOLEAN",
            fallbackValue = "true",
            description = "let the encoder read both ways")
    private boolean bidirectional;

    @Option(
            names = "--reversed",
            arity = "0..1",
            paramLabel = "BOOLEAN",
            fallbackValue = "true",
            description = "read each source from its end, as Sutskever et al.")
    private boolean reversed;

    @Option(
            names = "--bridge",
            paramLabel = "NAME",
            description =
                    "how the decoder starts: from tanh(e W + b) of the encoder's end e, from e itself, from zeros, or from tanh(c W) of a summary c = tanh(e V): ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private Bridge.Kind bridge = Bridge.Kind.TANH;

    @Option(
            names = "--directions",
            paramLabel = "NAME",
            description =
                    "the end e of an encoder that reads both ways: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private Bridge.Directions directions = Bridge.Directions.CONCATENATED;

    @Option(
            names = "--one-embedding",
            arity = "0..1",
            paramLabel = "BOOLEAN",
            fallbackValue = "true",
            description = "one vocabulary and one table of embeddings for both sides")
    private boolean oneEmbedding;

    private enum Kind {
        NONE,
        ADDITIVE,
        DOT,
        GENERAL,
        CONCAT,
        LOCATION
    }

    private enum Span {
        GLOBAL,
        MONOTONIC,
        PREDICTIVE
    }

    /** {@return whether both sides have one vocabulary} */
    public boolean oneVocabulary() {
        return oneEmbedding;
    }

    /**
     * The configuration.
     *
     * @param sizes the sizes
     * @param runner which carries the steps
     * @return all of it
     * @throws IllegalArgumentException if a flag is given that is about another kind of attention
     */
    public Seq2SeqConfig config(SideFlags sizes, PlainFlag runner) {
        Seq2SeqConfig.Options given = sizes.options();
        Seq2SeqConfig.Options options = new Seq2SeqConfig.Options(
                bidirectional, reversed, oneEmbedding, given.dropout(), given.dtype(), runner.plain(), given.start());
        return new Seq2SeqConfig(
                sizes.side(cell),
                sizes.side(decoderCell != null ? decoderCell : cell),
                attending(sizes.hidden()),
                new Bridge.Options(bridge, directions),
                options);
    }

    private AttentionKind attending(int hidden) {
        boolean luong = attention != Kind.NONE && attention != Kind.ADDITIVE;
        requireAbout(
                focus != null || inputFeeding != null, luong, "--focus and --input-feeding are", "a score of Luong");
        requireAbout(summary, attention == Kind.NONE, "--summary is", "NONE");
        requireAbout(
                maxout > 0, attention == Kind.ADDITIVE || summary, "--maxout is", "ADDITIVE, or NONE with --summary");
        int width = attentionSize != null ? attentionSize : hidden;
        return switch (attention) {
            case NONE -> new AttentionKind.None(summary, maxout);
            case ADDITIVE -> new AttentionKind.Bahdanau(width, maxout);
            case DOT -> luong(ScoreName.DOT, 0);
            case GENERAL -> luong(ScoreName.GENERAL, 0);
            case CONCAT -> luong(ScoreName.CONCAT, width);
            case LOCATION -> luong(ScoreName.LOCATION, attentionSize != null ? attentionSize : POSITIONS);
        };
    }

    private AttentionKind luong(ScoreName score, int size) {
        Focus where = focus == Span.MONOTONIC
                ? new Focus.Monotonic(radius)
                : focus == Span.PREDICTIVE ? new Focus.Predictive(radius) : Focus.global();
        return new AttentionKind.Luong(score, size, where, inputFeeding == null || inputFeeding, false);
    }

    private void requireAbout(boolean given, boolean fits, String flags, String kinds) {
        if (given && !fits) {
            throw new IllegalArgumentException(
                    flags + " about --attention " + kinds + ", not " + attention + "; leave it out");
        }
    }
}
