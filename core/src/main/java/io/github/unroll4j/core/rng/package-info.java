// SPDX-License-Identifier: Apache-2.0
/**
 * The one source of randomness: seeded, passed as an argument, and restorable.
 *
 * <table>
 * <caption>Where to look</caption>
 * <tr><th>Question</th><th>Type</th></tr>
 * <tr><td>Where do random numbers come from?</td><td>{@link io.github.unroll4j.core.rng.Rng#seeded}</td></tr>
 * <tr><td>How does a resumed run draw the same numbers?</td>
 *     <td>{@link io.github.unroll4j.core.rng.Rng#saveState()},
 *         {@link io.github.unroll4j.core.rng.Rng#restored}</td></tr>
 * <tr><td>How do two threads draw independent numbers?</td>
 *     <td>{@link io.github.unroll4j.core.rng.Rng#split()}</td></tr>
 * </table>
 */
@NullMarked
package io.github.unroll4j.core.rng;

import org.jspecify.annotations.NullMarked;
