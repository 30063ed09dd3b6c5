// SPDX-License-Identifier: Apache-2.0
/** The one source of randomness: seeded, passed in, restorable. */
@NullMarked
package io.github.unroll4j.core.rng;

import org.jspecify.annotations.NullMarked;
