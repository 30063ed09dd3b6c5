// SPDX-License-Identifier: Apache-2.0
/** Long short-term memory. */
@NullMarked
package io.github.unroll4j.models.lstm;

import org.jspecify.annotations.NullMarked;
