// SPDX-License-Identifier: Apache-2.0
/**
 * What happens around a command: the terminal, the files, Ctrl-C.
 *
 * <table>
 * <caption>Where to look</caption>
 * <tr><th>Question</th><th>Type</th></tr>
 * <tr><td>What happens around the training of a model?</td>
 *     <td>{@link io.github.unroll4j.cli.run.TrainingRun}, {@link io.github.unroll4j.cli.run.LanguageModelRun},
 *         {@link io.github.unroll4j.cli.run.TranslationRun}</td></tr>
 * <tr><td>Which text is trained on and measured?</td>
 *     <td>{@link io.github.unroll4j.cli.run.Corpus}, {@link io.github.unroll4j.cli.run.PairCorpus}</td></tr>
 * <tr><td>Where is a saved model, and what does it answer?</td>
 *     <td>{@link io.github.unroll4j.cli.run.BundledModels},
 *         {@link io.github.unroll4j.cli.run.SavedModel},
 *         {@link io.github.unroll4j.cli.run.TranslationPrinter},
 *         {@link io.github.unroll4j.cli.run.TranslationScores}</td></tr>
 * <tr><td>Can a file be written, and how is a failure told?</td>
 *     <td>{@link io.github.unroll4j.cli.run.Outputs}, {@link io.github.unroll4j.cli.run.Failures}</td></tr>
 * </table>
 */
@NullMarked
package io.github.unroll4j.cli.run;

import org.jspecify.annotations.NullMarked;
