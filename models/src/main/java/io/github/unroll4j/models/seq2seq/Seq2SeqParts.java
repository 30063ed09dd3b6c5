// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.models.attention.AdditiveScore;
import io.github.unroll4j.models.attention.DotScore;
import io.github.unroll4j.models.attention.GeneralScore;
import io.github.unroll4j.models.attention.LocationScore;
import io.github.unroll4j.models.attention.Score;
import io.github.unroll4j.models.attention.ScoreFactory;
import io.github.unroll4j.models.lm.Cells;
import io.github.unroll4j.models.sequence.LayerFactory;
import io.github.unroll4j.text.Tokenizer;
import java.util.List;

/**
 * What makes the parts that a configuration calls by name: built-in ones, or your own in their place.
 *
 * @param encoder makes each layer of the encoder, in each direction
 * @param decoder makes each layer of the decoder, {@code Stepwise} with everything inside: a target is written token by token
 * @param score makes the score of {@link LuongDecoder}, the only decoder that leaves a choice
 * @param tokenizers those that a stored vocabulary may call for and that are not built in
 */
public record Seq2SeqParts(LayerFactory encoder, LayerFactory decoder, ScoreFactory score, List<Tokenizer> tokenizers) {
    /** Copies the list. */
    public Seq2SeqParts {
        tokenizers = List.copyOf(tokenizers);
    }

    /**
     * The built-in parts of a configuration's names. A name that is not built in, and {@link Attending.ScoreName#OWN}, are refused
     * when a model is made, unless {@code with} has replaced them.
     *
     * @param config the configuration
     * @return its parts
     */
    public static Seq2SeqParts builtIn(Seq2SeqConfig config) {
        return new Seq2SeqParts(
                named(config.encoder().cell()),
                named(config.decoder().cell()),
                config.attending() instanceof Attending.Luong luong ? new Named(luong) : Seq2SeqParts::none,
                List.of());
    }

    // looked up when it is used, so that with() may replace a name that is not built in
    private static LayerFactory named(String cell) {
        return (inputSize, hidden, p) -> Cells.named(cell).create(inputSize, hidden, p);
    }

    /** The score that a configuration names. */
    private record Named(Attending.Luong luong) implements ScoreFactory {
        @Override
        public Score create(int hidden, int annotation) {
            return switch (luong.score()) {
                case DOT -> new DotScore(hidden);
                case GENERAL -> new GeneralScore(hidden);
                case CONCAT -> new AdditiveScore(luong.size());
                case LOCATION -> new LocationScore(luong.size());
                case OWN -> none();
            };
        }
    }

    private static Score none(int hidden, int annotation) {
        return none();
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
        return new Seq2SeqParts(encoderCell, decoderCell, score, tokenizers);
    }

    /**
     * The same with a score of your own, for {@link Attending.ScoreName#OWN}; beside another name it is refused when a model is made.
     *
     * @param own makes it
     * @return the changed copy
     */
    public Seq2SeqParts with(ScoreFactory own) {
        return new Seq2SeqParts(encoder, decoder, own, tokenizers);
    }

    /**
     * The same with tokenizers of your own, for vocabularies that are loaded; those of a new model have theirs.
     *
     * @param own found by their names
     * @return the changed copy
     */
    public Seq2SeqParts withTokenizers(Tokenizer... own) {
        return new Seq2SeqParts(encoder, decoder, score, List.of(own));
    }
}
