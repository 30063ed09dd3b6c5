// SPDX-License-Identifier: Apache-2.0
/** Holds the pages of docs/derivations to the code, and the code to the pages. */
@NullMarked
package io.github.unroll4j.models.derivations;

import org.jspecify.annotations.NullMarked;
