// SPDX-License-Identifier: Apache-2.0
/**
 * What models share that write one token after another: how a token is chosen, what a search is asked for, what was
 * found, and how good it is. It knows no model.
 *
 * <table>
 * <caption>Where to look</caption>
 * <tr><th>Question</th><th>Type</th></tr>
 * <tr><td>How is the next token drawn?</td>
 *     <td>{@link io.github.unroll4j.models.decoding.SamplingPolicy}</td></tr>
 * <tr><td>Greedy, beam or samples, and how many?</td>
 *     <td>{@link io.github.unroll4j.models.decoding.Decoding}</td></tr>
 * <tr><td>What was found, and where did the model look?</td>
 *     <td>{@link io.github.unroll4j.models.decoding.Translation},
 *         {@link io.github.unroll4j.models.decoding.Alignment}</td></tr>
 * <tr><td>How good is a model on a text?</td>
 *     <td>{@link io.github.unroll4j.models.decoding.Evaluation}</td></tr>
 * </table>
 */
@NullMarked
package io.github.unroll4j.models.decoding;

import org.jspecify.annotations.NullMarked;
