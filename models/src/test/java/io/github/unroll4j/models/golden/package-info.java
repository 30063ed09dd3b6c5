// SPDX-License-Identifier: Apache-2.0
/**
 * Agreement with another framework in outputs, gradients and training, on figures written by the programs in
 * tools/golden.
 */
@NullMarked
package io.github.unroll4j.models.golden;

import org.jspecify.annotations.NullMarked;
