// SPDX-License-Identifier: Apache-2.0
/**
 * The command line: {@link io.github.unroll4j.cli.Main} starts {@code train-lm}, {@code translate} and the commands that
 * ask and measure what they saved. A command is a class; its flags are in {@code flags}, what happens around it in
 * {@code run}.
 */
@NullMarked
package io.github.unroll4j.cli;

import org.jspecify.annotations.NullMarked;
