// SPDX-License-Identifier: Apache-2.0
/**
 * The cells of the papers, one class each, and the catalogue that files and flags name them by.
 *
 * <table>
 * <caption>Where to look</caption>
 * <tr><th>Question</th><th>Type</th></tr>
 * <tr><td>Which names are there?</td>
 *     <td>{@link io.github.unroll4j.models.cells.Cells}</td></tr>
 * <tr><td>Elman (1990)</td>
 *     <td>{@link io.github.unroll4j.models.cells.RnnCell}</td></tr>
 * <tr><td>Hochreiter and Schmidhuber (1997), Gers et al. (2000)</td>
 *     <td>{@link io.github.unroll4j.models.cells.LstmCell}</td></tr>
 * <tr><td>Gers and Schmidhuber (2000): peepholes</td>
 *     <td>{@link io.github.unroll4j.models.cells.PeepholeLstmCell}</td></tr>
 * <tr><td>Greff et al. (2017): coupled gates</td>
 *     <td>{@link io.github.unroll4j.models.cells.CoupledLstmCell}</td></tr>
 * <tr><td>Sak et al. (2014): a projected output</td>
 *     <td>{@link io.github.unroll4j.models.cells.ProjectedLstmCell}</td></tr>
 * <tr><td>Ba et al. (2016): layer normalisation</td>
 *     <td>{@link io.github.unroll4j.models.cells.LayerNormLstmCell}</td></tr>
 * <tr><td>Cho et al. (2014), Chung et al. (2014), Bahdanau et al. (2015): which GRU is whose?</td>
 *     <td>{@link io.github.unroll4j.models.cells.GruFormulation}, {@link io.github.unroll4j.models.cells.GruCell},
 *         {@link io.github.unroll4j.models.cells.GruResetBeforeCell}</td></tr>
 * <tr><td>Zhou et al. (2016): one gate</td>
 *     <td>{@link io.github.unroll4j.models.cells.MinimalGatedCell},
 *         {@link io.github.unroll4j.models.cells.PublishedMinimalGatedCell}</td></tr>
 * </table>
 */
@NullMarked
package io.github.unroll4j.models.cells;

import org.jspecify.annotations.NullMarked;
