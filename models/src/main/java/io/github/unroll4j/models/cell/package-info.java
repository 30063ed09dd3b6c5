// SPDX-License-Identifier: Apache-2.0
/** The contracts of a recurrent cell: its pointwise equations, its state, one step of it, and the trace of a run. */
@NullMarked
package io.github.unroll4j.models.cell;

import org.jspecify.annotations.NullMarked;
