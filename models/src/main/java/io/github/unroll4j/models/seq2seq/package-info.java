// SPDX-License-Identifier: Apache-2.0
/** Sequence to sequence: encoder, bridge, decoders with and without attention, training and decoding. */
@NullMarked
package io.github.unroll4j.models.seq2seq;

import org.jspecify.annotations.NullMarked;
