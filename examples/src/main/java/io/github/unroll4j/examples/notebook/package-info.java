// SPDX-License-Identifier: Apache-2.0
/**
 * What the notebooks "Sequence Modeling from Scratch" (doi:10.5281/zenodo.17720229) do in a way of their own, for the
 * nine programs that repeat them. Of use to nobody else.
 *
 * <table>
 * <caption>What is where</caption>
 * <tr><th>question</th><th>type</th></tr>
 * <tr><td>how do their weights start?</td><td>{@link io.github.unroll4j.examples.notebook.NotebookWeights}</td></tr>
 * <tr><td>which pair comes next?</td><td>{@link io.github.unroll4j.examples.notebook.NextSentences}</td></tr>
 * <tr><td>which loss do they print?</td><td>{@link io.github.unroll4j.examples.notebook.NotebookLoss}</td></tr>
 * <tr><td>where do their random numbers come from?</td>
 *     <td>{@link io.github.unroll4j.examples.notebook.MersenneTwister}</td></tr>
 * </table>
 */
@NullMarked
package io.github.unroll4j.examples.notebook;

import org.jspecify.annotations.NullMarked;
