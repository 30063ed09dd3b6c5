// SPDX-License-Identifier: Apache-2.0
/**
 * The examples: one main each, started by {@code examples/run NAME}. Each is one thing on the library.
 *
 * <table>
 * <caption>Where to look</caption>
 * <tr><th>Question</th><th>Type</th></tr>
 * <tr><td>How is a program declared and started, and which flags has it?</td>
 *     <td>{@code Program}</td></tr>
 * <tr><td>What is a running program given: text, folder, training, pictures?</td>
 *     <td>{@link io.github.unroll4j.examples.Example}</td></tr>
 * <tr><td>The nine notebooks</td>
 *     <td>{@link io.github.unroll4j.examples.CharRnn}, {@link io.github.unroll4j.examples.CharLstm},
 *         {@link io.github.unroll4j.examples.CharGru}, {@link io.github.unroll4j.examples.WordRnn},
 *         {@link io.github.unroll4j.examples.WordLstm}, {@link io.github.unroll4j.examples.WordGru},
 *         {@link io.github.unroll4j.examples.EncoderDecoder}, {@link io.github.unroll4j.examples.Bahdanau},
 *         {@link io.github.unroll4j.examples.Luong}; all at once:
 *         {@link io.github.unroll4j.examples.Notebooks}</td></tr>
 * <tr><td>Which cell does best?</td>
 *     <td>{@link io.github.unroll4j.examples.CompareCells}</td></tr>
 * <tr><td>What can a network remember, and how do gradients vanish?</td>
 *     <td>{@link io.github.unroll4j.examples.Adding}, {@link io.github.unroll4j.examples.Copy},
 *         {@link io.github.unroll4j.examples.VanishingGradients}</td></tr>
 * <tr><td>Which questions can it learn to answer?</td>
 *     <td>{@link io.github.unroll4j.examples.Addition}, {@link io.github.unroll4j.examples.Dates}</td></tr>
 * <tr><td>The programs of README</td>
 *     <td>{@link io.github.unroll4j.examples.QuickStart},
 *         {@link io.github.unroll4j.examples.QuickTranslation}</td></tr>
 * <tr><td>A cell and a score of my own</td>
 *     <td>{@code YourOwnCell}, {@code YourOwnScore}</td></tr>
 * </table>
 */
@NullMarked
package io.github.unroll4j.examples;

import org.jspecify.annotations.NullMarked;
