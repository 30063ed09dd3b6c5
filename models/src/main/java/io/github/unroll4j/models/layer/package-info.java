// SPDX-License-Identifier: Apache-2.0
/** Layers without recurrence: the linear map to the logits. */
@NullMarked
package io.github.unroll4j.models.layer;

import org.jspecify.annotations.NullMarked;
