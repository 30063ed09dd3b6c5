// SPDX-License-Identifier: Apache-2.0
/** Sequence to sequence: gradients of every combination, parity, decoding. */
@NullMarked
package io.github.unroll4j.models.seq2seq;

import org.jspecify.annotations.NullMarked;
