// SPDX-License-Identifier: Apache-2.0
/** Layers over time: the hoisting engine, the plain loop, stacks, and what flows between them. */
@NullMarked
package io.github.unroll4j.models.sequence;

import org.jspecify.annotations.NullMarked;
