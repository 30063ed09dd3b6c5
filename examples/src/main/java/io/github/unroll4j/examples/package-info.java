// SPDX-License-Identifier: Apache-2.0
/** The examples: one main each, started by {@code examples/run NAME}. */
@NullMarked
package io.github.unroll4j.examples;

import org.jspecify.annotations.NullMarked;
