// SPDX-License-Identifier: Apache-2.0
/** Attention: the contract of every score, and what each of them means. */
@NullMarked
package io.github.unroll4j.models.attention;

import org.jspecify.annotations.NullMarked;
