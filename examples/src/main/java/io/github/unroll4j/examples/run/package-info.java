// SPDX-License-Identifier: Apache-2.0
/** What happens around the training of an example: the terminal, the files, Ctrl-C. */
@NullMarked
package io.github.unroll4j.examples.run;

import org.jspecify.annotations.NullMarked;
