// SPDX-License-Identifier: Apache-2.0
/**
 * The flags that commands share, as picocli mixins.
 *
 * <table>
 * <caption>Where to look</caption>
 * <tr><th>Question</th><th>Type</th></tr>
 * <tr><td>How large is a model?</td>
 *     <td>{@link io.github.unroll4j.cli.flags.ModelFlags}, {@link io.github.unroll4j.cli.flags.SideFlags}</td></tr>
 * <tr><td>What is it built of?</td>
 *     <td>{@link io.github.unroll4j.cli.flags.NetworkFlags},
 *         {@link io.github.unroll4j.cli.flags.Seq2SeqFlags}</td></tr>
 * <tr><td>Which runner?</td>
 *     <td>{@link io.github.unroll4j.cli.flags.PlainFlag}</td></tr>
 * <tr><td>Which text or pairs?</td>
 *     <td>{@link io.github.unroll4j.cli.flags.CorpusFlags}, {@link io.github.unroll4j.cli.flags.ParallelFlags},
 *         {@link io.github.unroll4j.cli.flags.LinesFlags}</td></tr>
 * <tr><td>How is it trained?</td>
 *     <td>{@link io.github.unroll4j.cli.flags.TrainFlags}, {@link io.github.unroll4j.cli.flags.PairTrainFlags},
 *         {@link io.github.unroll4j.cli.flags.RecipeFlags}, {@link io.github.unroll4j.cli.flags.OptimizerFlags},
 *         {@link io.github.unroll4j.cli.flags.StateFlags}</td></tr>
 * <tr><td>How does it write?</td>
 *     <td>{@link io.github.unroll4j.cli.flags.SampleFlags},
 *         {@link io.github.unroll4j.cli.flags.DecodingFlags}</td></tr>
 * <tr><td>What has every run?</td>
 *     <td>{@link io.github.unroll4j.cli.flags.CommonFlags}, {@link io.github.unroll4j.cli.flags.RunFlags}</td></tr>
 * <tr><td>What is a preset?</td>
 *     <td>{@link io.github.unroll4j.cli.flags.Presets}, {@link io.github.unroll4j.cli.flags.FlagLayers},
 *         {@link io.github.unroll4j.cli.flags.PresetHelp}</td></tr>
 * </table>
 */
@NullMarked
package io.github.unroll4j.cli.flags;

import org.jspecify.annotations.NullMarked;
