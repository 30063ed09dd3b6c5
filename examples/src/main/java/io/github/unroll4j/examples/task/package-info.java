// SPDX-License-Identifier: Apache-2.0
/**
 * Problems with a known answer, made up as they are needed: what a network is trained on to see what it can remember.
 */
@NullMarked
package io.github.unroll4j.examples.task;

import org.jspecify.annotations.NullMarked;
