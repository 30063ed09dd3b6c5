// SPDX-License-Identifier: Apache-2.0
/**
 * Attention over the annotations of a source sequence: scores, where to look, and the weighted sum, with their
 * gradients.
 */
@NullMarked
package io.github.unroll4j.models.attention;

import org.jspecify.annotations.NullMarked;
