// SPDX-License-Identifier: Apache-2.0
/** Gated recurrent units. */
@NullMarked
package io.github.unroll4j.models.gru;

import org.jspecify.annotations.NullMarked;
