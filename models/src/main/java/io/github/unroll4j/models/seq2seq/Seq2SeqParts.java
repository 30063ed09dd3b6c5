// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.models.attention.AdditiveScore;
import io.github.unroll4j.models.attention.DotScore;
import io.github.unroll4j.models.attention.LocationScore;
import io.github.unroll4j.models.attention.Score;
import io.github.unroll4j.models.cells.Cells;
import io.github.unroll4j.models.sequence.LayerFactory;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.text.Tokenizer;
import java.util.List;
import java.util.Objects;

/**
 * What makes the parts that a configuration calls by name: built-in ones, or your own in their place.
 *
 * @param encoder makes each layer of the encoder, in each direction
 * @param decoder makes each layer of the decoder, {@code Stepwise} with everything inside: a target is written token by
 *     token
 * @param score makes the score of {@code LuongDecoder}, the only decoder that leaves a choice
 * @param tokenizers those that a stored vocabulary may call for and that are not built in
 * @since 0.1.0
 */
public record Seq2SeqParts(
        LayerFactory encoder, LayerFactory decoder, Score.Factory score, List<Tokenizer> tokenizers) {
    /**
     * Copies the list.
     *
     * @param encoder {@link #encoder()}
     * @param decoder {@link #decoder()}
     * @param score {@link #score()}
     * @param tokenizers {@link #tokenizers()}
     */
    public Seq2SeqParts {
        Objects.requireNonNull(encoder, "encoder");
        Objects.requireNonNull(decoder, "decoder");
        Objects.requireNonNull(score, "score");
        Objects.requireNonNull(tokenizers, "tokenizers");
        tokenizers = List.copyOf(tokenizers);
    }

    /**
     * The built-in parts of a configuration's names. A name that is not built in, and {@link
     * AttentionKind.ScoreName#OWN}, are refused when a model is made, unless {@code with} has replaced them.
     *
     * @param config the configuration
     * @return its parts
     */
    public static Seq2SeqParts builtIn(Seq2SeqConfig config) {
        return new Seq2SeqParts(
                named(config.encoder().cell()),
                named(config.decoder().cell()),
                new Named(config.attending()),
                List.of());
    }

    // looked up when it is used, so that with() may replace a name that is not built in
    private static LayerFactory named(String cell) {
        return new NamedCell(cell, false);
    }

    private record NamedCell(String cell, boolean inPlainLoop) implements LayerFactory {
        @Override
        public Recurrent create(int inputSize, int hidden, Parameters.Builder p) {
            LayerFactory found = Cells.named(cell);
            return (inPlainLoop ? found.plain() : found).create(inputSize, hidden, p);
        }

        @Override
        public LayerFactory plain() {
            return new NamedCell(cell, true);
        }
    }

    /** The score that a configuration names. */
    private record Named(AttentionKind attending) implements Score.Factory {
        @Override
        public Score create(int hidden, int annotation) {
            if (!(attending instanceof AttentionKind.Luong luong)) {
                return none();
            }
            return switch (luong.score()) {
                case DOT -> new DotScore(hidden);
                case GENERAL -> DotScore.general(hidden);
                case CONCAT -> new AdditiveScore(luong.size());
                case LOCATION -> new LocationScore(luong.size());
                case OWN -> none();
            };
        }
    }

    /**
     * Refuses a score of one's own beside a configuration that names another: loaded again, the model would have that
     * one.
     */
    void require(Seq2SeqConfig config) {
        boolean own =
                config.attending() instanceof AttentionKind.Luong luong && luong.score() == AttentionKind.ScoreName.OWN;
        if (!own && !(score instanceof Named)) {
            throw new IllegalArgumentException("Seq2SeqParts: a score of your own came beside " + config.attending()
                    + ", expected one beside AttentionKind.Luong with the score OWN only.");
        }
    }

    private static Score none() {
        throw new IllegalArgumentException(
                "Seq2SeqParts: the configuration asks for a score of your own; create or load the model with Seq2SeqParts that bring it, e.g. Seq2SeqParts.builtIn(config).with(MyScore::new).");
    }

    /**
     * The same with cells of your own.
     *
     * @param encoderCell makes each layer of the encoder
     * @param decoderCell makes each layer of the decoder
     * @return the changed copy
     */
    public Seq2SeqParts with(LayerFactory encoderCell, LayerFactory decoderCell) {
        Objects.requireNonNull(encoderCell, "encoderCell");
        Objects.requireNonNull(decoderCell, "decoderCell");
        return new Seq2SeqParts(encoderCell, decoderCell, score, tokenizers);
    }

    /**
     * The same with a score of your own, for {@link AttentionKind.ScoreName#OWN}; beside another name it is refused
     * when a model is made.
     *
     * @param own makes it
     * @return the changed copy
     */
    public Seq2SeqParts with(Score.Factory own) {
        Objects.requireNonNull(own, "own");
        return new Seq2SeqParts(encoder, decoder, own, tokenizers);
    }

    /**
     * The same with tokenizers of your own, for vocabularies that are loaded; those of a new model have theirs.
     *
     * @param own found by their names
     * @return the changed copy
     */
    public Seq2SeqParts withTokenizers(Tokenizer... own) {
        Objects.requireNonNull(own, "own");
        return new Seq2SeqParts(encoder, decoder, score, List.of(own));
    }
}
