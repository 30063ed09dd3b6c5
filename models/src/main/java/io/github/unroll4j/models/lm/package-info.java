// SPDX-License-Identifier: Apache-2.0
/**
 * Language models: a vocabulary, recurrent layers and a softmax.
 *
 * <table>
 * <caption>Where to look</caption>
 * <tr><th>Question</th><th>Type</th></tr>
 * <tr><td>What is a model built of?</td>
 *     <td>{@link io.github.unroll4j.models.lm.LanguageModelConfig},
 *         {@link io.github.unroll4j.models.lm.Regularisation}</td></tr>
 * <tr><td>How do I make, load, ask and save one?</td>
 *     <td>{@link io.github.unroll4j.models.lm.LanguageModel}</td></tr>
 * <tr><td>How is it trained?</td>
 *     <td>{@link io.github.unroll4j.models.lm.LanguageModelObjective},
 *         {@link io.github.unroll4j.models.train.Trainer}</td></tr>
 * <tr><td>How does it write?</td>
 *     <td>{@link io.github.unroll4j.models.lm.Generation},
 *         {@link io.github.unroll4j.models.decoding.SamplingPolicy}</td></tr>
 * <tr><td>How is a text read token by token, for one user or thousands?</td>
 *     <td>{@link io.github.unroll4j.models.lm.Session}</td></tr>
 * <tr><td>How likely is each token of a text?</td>
 *     <td>{@link io.github.unroll4j.models.lm.Scores}</td></tr>
 * </table>
 */
@NullMarked
package io.github.unroll4j.models.lm;

import org.jspecify.annotations.NullMarked;
