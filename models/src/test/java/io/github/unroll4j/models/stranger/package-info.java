// SPDX-License-Identifier: Apache-2.0
/** Cells that the library does not have, written as a stranger would write them: against the public contract alone. */
@NullMarked
package io.github.unroll4j.models.stranger;

import org.jspecify.annotations.NullMarked;
