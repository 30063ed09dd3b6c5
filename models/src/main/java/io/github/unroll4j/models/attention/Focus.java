// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.attention;

/**
 * Which positions a step may look at, and how scores become weights (Luong, Pham and Manning, 2015, section 3).
 *
 * <p>Local attention computes the scores of all positions as global attention does, and then leaves out those beyond
 * its window: it is another model, not a faster one.
 *
 * @since 0.1.0
 */
public sealed interface Focus {
    /** All positions: α = softmax(e). */
    record Global() implements Focus {}

    /**
     * local-m: the positions from p-D to p+D. The centre is p = t, the step's own position in the target, or the last
     * position of a shorter source; α is the softmax over the window. Positions count as the encoder reads them: of a
     * source that is read from its end, p = t is the t-th token from the end, which fits targets that run against their
     * sources.
     *
     * @param radius D
     */
    record Monotonic(int radius) implements Focus {
        /**
         * Checks the radius.
         *
         * @param radius {@link #radius()}
         */
        public Monotonic {
            requireRadius("Monotonic", radius);
        }
    }

    /**
     * local-p: as {@link Monotonic} around a position that is predicted, and weighted by a Gaussian around it, see
     * {@code PredictiveFocus}.
     *
     * @param radius D; the Gaussian has the standard deviation D/2
     */
    record Predictive(int radius) implements Focus {
        /**
         * Checks the radius.
         *
         * @param radius {@link #radius()}
         */
        public Predictive {
            requireRadius("Predictive", radius);
        }
    }

    /** {@return {@link Global}} */
    static Focus global() {
        return new Global();
    }

    private static void requireRadius(String kind, int radius) {
        if (radius < 1) {
            throw new IllegalArgumentException(
                    "Focus." + kind + ": radius is " + radius + ", expected 1 or more; the paper takes 10.");
        }
    }
}
