// SPDX-License-Identifier: Apache-2.0
/** Language models: a vocabulary, recurrent layers and a softmax; their training objective, evaluation and sampling. */
@NullMarked
package io.github.unroll4j.models.lm;

import org.jspecify.annotations.NullMarked;
