// SPDX-License-Identifier: Apache-2.0
/** The source notebooks, run inside the library and compared figure by figure. */
@NullMarked
package io.github.unroll4j.models.parity;

import org.jspecify.annotations.NullMarked;
