// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.rng;

/** Placeholder until the generator lands in the next commit. */
public final class Rng {
}
