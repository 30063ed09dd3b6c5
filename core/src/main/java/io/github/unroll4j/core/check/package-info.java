// SPDX-License-Identifier: Apache-2.0
/** The gradient check: finite differences against a hand-written backward pass, in any test framework or none. */
@NullMarked
package io.github.unroll4j.core.check;

import org.jspecify.annotations.NullMarked;
