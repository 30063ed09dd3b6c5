// SPDX-License-Identifier: Apache-2.0
/** What every public argument of the library has in common. */
@NullMarked
package io.github.unroll4j.examples.nulls;

import org.jspecify.annotations.NullMarked;
