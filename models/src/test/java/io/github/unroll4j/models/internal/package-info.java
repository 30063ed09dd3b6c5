// SPDX-License-Identifier: Apache-2.0
/** The linear map, all steps at once and one at a time. */
@NullMarked
package io.github.unroll4j.models.internal;

import org.jspecify.annotations.NullMarked;
