// SPDX-License-Identifier: Apache-2.0
/** Weights: named parameters over two flat arrays, how they start, and the file they are saved in. */
@NullMarked
package io.github.unroll4j.core.param;

import org.jspecify.annotations.NullMarked;
