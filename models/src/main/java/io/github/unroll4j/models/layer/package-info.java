// SPDX-License-Identifier: Apache-2.0
/** Layers without recurrence: the embedding of token ids and the linear map to the logits, which may share a table. */
@NullMarked
package io.github.unroll4j.models.layer;

import org.jspecify.annotations.NullMarked;
