// SPDX-License-Identifier: Apache-2.0
/**
 * Sequence to sequence: encoder, bridge, decoders with and without attention, training and decoding.
 *
 * <p>Where to begin: {@link io.github.unroll4j.models.seq2seq.Seq2SeqConfig} says what a model is made of, by one of the papers'
 * presets or part by part; {@link io.github.unroll4j.models.seq2seq.Seq2Seq} is the model, with its vocabularies;
 * {@link io.github.unroll4j.models.seq2seq.Seq2SeqObjective} trains it in a {@code Trainer}; a
 * {@link io.github.unroll4j.models.seq2seq.Translator} asks it, with a {@link io.github.unroll4j.models.seq2seq.Decoding}, for
 * {@link io.github.unroll4j.models.seq2seq.Translation}s and where it looked for each word. Cells and scores of your own come in by
 * {@link io.github.unroll4j.models.seq2seq.Seq2SeqParts}.
 */
@NullMarked
package io.github.unroll4j.models.seq2seq;

import org.jspecify.annotations.NullMarked;
