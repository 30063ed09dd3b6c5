// SPDX-License-Identifier: Apache-2.0
/** The flags that examples share, as picocli mixins. */
@NullMarked
package io.github.unroll4j.examples.flags;

import org.jspecify.annotations.NullMarked;
