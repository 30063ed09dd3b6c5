// SPDX-License-Identifier: Apache-2.0
/**
 * The weights of a model: named parameters in two flat arrays, and their initial values.
 *
 * <table>
 * <caption>Where to look</caption>
 * <tr><th>Question</th><th>Type</th></tr>
 * <tr><td>Which weights does a model have, and where are their numbers and gradients?</td>
 *     <td>{@link io.github.unroll4j.core.param.Parameters}</td></tr>
 * <tr><td>How are weights declared?</td><td>{@link io.github.unroll4j.core.param.Parameters.Builder}</td></tr>
 * <tr><td>What is one weight matrix or bias, its name, shape and axes?</td>
 *     <td>{@link io.github.unroll4j.core.param.Parameter}</td></tr>
 * <tr><td>Which values does a parameter start with?</td><td>{@link io.github.unroll4j.core.param.Init}</td></tr>
 * <tr><td>Which rows of an embedding have a gradient?</td>
 *     <td>{@link io.github.unroll4j.core.param.TouchedRows}</td></tr>
 * <tr><td>Who may read and who may change the weights when several threads use them?</td>
 *     <td>{@link io.github.unroll4j.core.param.Parameters#read},
 *         {@link io.github.unroll4j.core.param.Parameters#write},
 *         {@link io.github.unroll4j.core.param.Parameters#train}</td></tr>
 * <tr><td>How do layers notice that weights have changed?</td>
 *     <td>{@link io.github.unroll4j.core.param.Parameters#changed()},
 *         {@link io.github.unroll4j.core.param.Parameters#version()}</td></tr>
 * </table>
 */
@NullMarked
package io.github.unroll4j.core.param;

import org.jspecify.annotations.NullMarked;
