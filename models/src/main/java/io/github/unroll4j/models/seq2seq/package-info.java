// SPDX-License-Identifier: Apache-2.0
/**
 * Sequence to sequence: encoder, bridge, decoders with and without attention.
 *
 * <table>
 * <caption>Where to look</caption>
 * <tr><th>Question</th><th>Type</th></tr>
 * <tr><td>What is a model made of, by a paper or part by part?</td>
 *     <td>{@link io.github.unroll4j.models.seq2seq.Seq2SeqConfig},
 *         {@link io.github.unroll4j.models.seq2seq.AttentionKind},
 *         {@link io.github.unroll4j.models.seq2seq.Bridge}</td></tr>
 * <tr><td>How do I put cells or a score of my own in?</td>
 *     <td>{@link io.github.unroll4j.models.seq2seq.Seq2SeqParts}</td></tr>
 * <tr><td>How do I make, load and save one?</td>
 *     <td>{@link io.github.unroll4j.models.seq2seq.Seq2Seq}</td></tr>
 * <tr><td>How is it trained?</td>
 *     <td>{@link io.github.unroll4j.models.seq2seq.Seq2SeqObjective},
 *         {@link io.github.unroll4j.models.seq2seq.ScheduledSampling}</td></tr>
 * <tr><td>How does it translate, and where did it look?</td>
 *     <td>{@link io.github.unroll4j.models.seq2seq.Translator},
 *         {@link io.github.unroll4j.models.decoding.Translation}</td></tr>
 * <tr><td>How does a search go?</td>
 *     <td>{@code Search}, {@code Beam}</td></tr>
 * <tr><td>What does a decoder do at a step?</td>
 *     <td>{@link io.github.unroll4j.models.seq2seq.Decoder}</td></tr>
 * </table>
 */
@NullMarked
package io.github.unroll4j.models.seq2seq;

import org.jspecify.annotations.NullMarked;
