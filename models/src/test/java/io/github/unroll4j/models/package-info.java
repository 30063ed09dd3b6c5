// SPDX-License-Identifier: Apache-2.0
/** Tests of the module as a whole. */
@NullMarked
package io.github.unroll4j.models;

import org.jspecify.annotations.NullMarked;
