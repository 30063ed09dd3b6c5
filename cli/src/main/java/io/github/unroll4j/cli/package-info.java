// SPDX-License-Identifier: Apache-2.0
/**
 * The command line: {@link io.github.unroll4j.cli.Main} starts {@code train-lm}, {@code translate} and the commands
 * that ask and measure what these saved. Each command is a class.
 *
 * <table>
 * <caption>Where to look</caption>
 * <tr><th>Question</th><th>Package</th></tr>
 * <tr><td>Which flags does a command take, and what are they made into?</td>
 *     <td>{@link io.github.unroll4j.cli.flags}</td></tr>
 * <tr><td>What happens around a command: terminal, files, Ctrl-C, going on later?</td>
 *     <td>{@link io.github.unroll4j.cli.run}</td></tr>
 * </table>
 */
@NullMarked
package io.github.unroll4j.cli;

import org.jspecify.annotations.NullMarked;
