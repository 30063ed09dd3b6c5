// SPDX-License-Identifier: Apache-2.0
/** Benchmarks: whole training iterations beside other libraries, and the parts they are made of. */
@NullMarked
package io.github.unroll4j.benchmarks;

import org.jspecify.annotations.NullMarked;
