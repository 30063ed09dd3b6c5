// SPDX-License-Identifier: Apache-2.0
/**
 * Numbers: shapes and their errors, heap vectors with vectorised loops, native arrays, matrix products, softmax.
 *
 * <p>The one place in the library that touches ND4J. Pointwise work happens on the heap ({@link
 * io.github.unroll4j.core.tensor.Vec}), products happen in native memory ({@link
 * io.github.unroll4j.core.tensor.NativeArray}, {@link io.github.unroll4j.core.tensor.Gemm}); numbers are copied at that
 * border only.
 */
@NullMarked
package io.github.unroll4j.core.tensor;

import org.jspecify.annotations.NullMarked;
