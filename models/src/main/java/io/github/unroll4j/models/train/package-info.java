// SPDX-License-Identifier: Apache-2.0
/** Training: the loop, its listeners and its guard. */
@NullMarked
package io.github.unroll4j.models.train;

import org.jspecify.annotations.NullMarked;
