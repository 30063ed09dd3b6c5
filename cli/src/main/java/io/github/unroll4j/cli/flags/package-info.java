// SPDX-License-Identifier: Apache-2.0
/** The flags that commands share, as picocli mixins. */
@NullMarked
package io.github.unroll4j.cli.flags;

import org.jspecify.annotations.NullMarked;
