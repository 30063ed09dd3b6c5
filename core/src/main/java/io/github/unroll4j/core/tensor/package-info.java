// SPDX-License-Identifier: Apache-2.0
/**
 * Arrays of numbers: vectors on the heap, shapes and their errors, native arrays and matrix products.
 *
 * <table>
 * <caption>Where to look</caption>
 * <tr><th>Question</th><th>Type</th></tr>
 * <tr><td>How is an equation computed on whole arrays, in float and in double?</td>
 *     <td>{@link io.github.unroll4j.core.tensor.Vec}</td></tr>
 * <tr><td>What is an array with a shape?</td><td>{@link io.github.unroll4j.core.tensor.Tensor}</td></tr>
 * <tr><td>Float or double?</td><td>{@link io.github.unroll4j.core.tensor.Dtype}</td></tr>
 * <tr><td>Which shape was expected, and which was found?</td>
 *     <td>{@link io.github.unroll4j.core.tensor.ShapeException}</td></tr>
 * <tr><td>Where are numbers for matrix products?</td>
 *     <td>{@link io.github.unroll4j.core.tensor.NativeArray}</td></tr>
 * <tr><td>How are matrices multiplied?</td><td>{@link io.github.unroll4j.core.tensor.NativeMatrix}</td></tr>
 * <tr><td>Is ND4J there, how many threads and how much memory does it use?</td>
 *     <td>{@link io.github.unroll4j.core.tensor.Backend}</td></tr>
 * </table>
 *
 * <p>No other package of the library uses ND4J. Pointwise work is done on the heap, products in native memory. Numbers
 * are copied only between the two.
 */
@NullMarked
package io.github.unroll4j.core.tensor;

import org.jspecify.annotations.NullMarked;
