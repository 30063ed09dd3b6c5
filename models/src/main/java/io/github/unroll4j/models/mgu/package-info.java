// SPDX-License-Identifier: Apache-2.0
/** The minimal gated unit. */
@NullMarked
package io.github.unroll4j.models.mgu;

import org.jspecify.annotations.NullMarked;
