// SPDX-License-Identifier: Apache-2.0
/** What several tests share: random cases, comparisons, and the one list of all cells. */
@NullMarked
package io.github.unroll4j.models.testing;

import org.jspecify.annotations.NullMarked;
