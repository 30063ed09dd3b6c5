// SPDX-License-Identifier: Apache-2.0
/**
 * What the test suites of other libraries recorded: inputs, weights and outputs of recurrent layers, shipped with their
 * sources, and met here.
 */
@NullMarked
package io.github.unroll4j.models.recorded;

import org.jspecify.annotations.NullMarked;
