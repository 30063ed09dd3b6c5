// SPDX-License-Identifier: Apache-2.0
/**
 * Arrays of numbers: shapes and their errors, vectors on the heap, native arrays, matrix products, softmax.
 *
 * <table>
 * <caption>Where to look</caption>
 * <tr><th>Question</th><th>Type</th></tr>
 * <tr><td>How is an equation computed on whole arrays, in float and in double?</td>
 *     <td>{@link io.github.unroll4j.core.tensor.Vec}</td></tr>
 * <tr><td>What is an array with a shape?</td><td>{@link io.github.unroll4j.core.tensor.Tensor}</td></tr>
 * <tr><td>Float or double?</td><td>{@link io.github.unroll4j.core.tensor.Dtype}</td></tr>
 * <tr><td>Which shape was expected, and which was found?</td>
 *     <td>{@link io.github.unroll4j.core.tensor.Shapes},
 *         {@link io.github.unroll4j.core.tensor.ShapeException}</td></tr>
 * <tr><td>How are probabilities computed from logits?</td><td>{@link io.github.unroll4j.core.tensor.Softmax}</td></tr>
 * <tr><td>Where are numbers for matrix products?</td>
 *     <td>{@link io.github.unroll4j.core.tensor.NativeArray},
 *         {@link io.github.unroll4j.core.tensor.NativeMatrix}</td></tr>
 * <tr><td>How are matrices multiplied?</td><td>{@link io.github.unroll4j.core.tensor.Gemm}</td></tr>
 * <tr><td>Is ND4J there, and how many threads does it use?</td>
 *     <td>{@link io.github.unroll4j.core.tensor.Backend}</td></tr>
 * </table>
 *
 * <p>No other package of the library uses ND4J. Pointwise work is done on the heap, products in native memory. Numbers
 * are copied only between the two.
 */
@NullMarked
package io.github.unroll4j.core.tensor;

import org.jspecify.annotations.NullMarked;
