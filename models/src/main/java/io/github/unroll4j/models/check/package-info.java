// SPDX-License-Identifier: Apache-2.0
/** The contract of a cell as a ready-made check. */
@NullMarked
package io.github.unroll4j.models.check;

import org.jspecify.annotations.NullMarked;
