// SPDX-License-Identifier: Apache-2.0
/** What happens around a command: the terminal, the files, Ctrl-C. */
@NullMarked
package io.github.unroll4j.cli.run;

import org.jspecify.annotations.NullMarked;
