// SPDX-License-Identifier: Apache-2.0
/** The simple recurrent network. */
@NullMarked
package io.github.unroll4j.models.rnn;

import org.jspecify.annotations.NullMarked;
