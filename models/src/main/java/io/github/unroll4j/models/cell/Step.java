// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cell;

/**
 * What one forward step returns.
 *
 * @param next the state after the step
 * @param cache what the backward step needs, read-only from here on
 * @param <C> the cell's own cache type
 */
public record Step<C>(State next, C cache) {}
