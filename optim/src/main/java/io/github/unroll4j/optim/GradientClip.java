// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.optim;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Vec;
import java.util.function.Consumer;

/**
 * Limits gradients before an optimiser uses them, so that one exploding gradient does not ruin the weights (Pascanu,
 * Mikolov and Bengio, 2013).
 *
 * <p>It acts on the gradients of the loss after its reduction, so a limit belongs to one {@link Reduction}. Both norm
 * forms scale by {@code max / (norm + 1e-6)} if that is below 1. This is PyTorch's coefficient; the new norm is up to a
 * millionth below {@code max}. If a norm is NaN or infinite, nothing is limited, and the returned norm shows it. The
 * caller decides whether to stop. The untouched rows of a row-sparse parameter are zero and are skipped.
 *
 * @since 0.1.0
 */
public sealed interface GradientClip {
    /**
     * Limits the gradients in place.
     *
     * @param parameters the parameters whose gradients to limit
     * @return the Euclidean norm of all gradients together, before they were limited
     */
    double apply(Parameters parameters);

    /** {@return the policy that changes nothing and only measures} */
    static GradientClip none() {
        return new None();
    }

    /**
     * Limits every element to [-limit, limit]. This may change the direction of the step.
     *
     * @param limit above 0
     * @return the policy
     */
    static GradientClip byValue(double limit) {
        return new ByValue(limit);
    }

    /**
     * Limits the norm of each parameter's gradient on its own.
     *
     * @param max above 0
     * @return the policy
     */
    static GradientClip byParameterNorm(double max) {
        return new ByParameterNorm(max);
    }

    /**
     * Limits the norm of all gradients together. This keeps their direction.
     *
     * @param max above 0
     * @return the policy
     */
    static GradientClip byGlobalNorm(double max) {
        return new ByGlobalNorm(max);
    }

    private static double norm(Parameters parameters) {
        Vec g = parameters.gradients();
        return Math.sqrt(parameters.sumOverTouched(g::sumOfSquares));
    }

    private static void shrink(Vec g, Consumer<Parameters.RangeVisitor> touched, double norm, double max) {
        double factor = max / (norm + 1e-6);
        if (factor < 1 && Double.isFinite(norm)) {
            touched.accept((at, n) -> g.scale(at, n, factor));
        }
    }

    private static void requirePositive(String factory, double limit) {
        if (!(limit > 0) || Double.isInfinite(limit)) {
            throw new IllegalArgumentException(
                    "GradientClip." + factory + ": the limit is " + limit + ", expected a finite number above 0.");
        }
    }

    /** Changes nothing and only measures. */
    record None() implements GradientClip {
        @Override
        public double apply(Parameters parameters) {
            return norm(parameters);
        }
    }

    /**
     * Limits every element to [-limit, limit].
     *
     * @param limit above 0
     */
    record ByValue(double limit) implements GradientClip {
        /**
         * Checks the limit.
         *
         * @param limit above 0
         */
        public ByValue {
            requirePositive("byValue", limit);
        }

        @Override
        public double apply(Parameters parameters) {
            Vec g = parameters.gradients();
            double norm = norm(parameters);
            if (norm > limit && Double.isFinite(norm)) { // no element is larger than the norm
                parameters.forEachTouched((at, n) -> g.clamp(at, n, -limit, limit)); // g in [-limit, limit]
            }
            return norm;
        }
    }

    /**
     * Limits the norm of each parameter's gradient on its own.
     *
     * @param max above 0
     */
    record ByParameterNorm(double max) implements GradientClip {
        /**
         * Checks the limit.
         *
         * @param max above 0
         */
        public ByParameterNorm {
            requirePositive("byParameterNorm", max);
        }

        @Override
        public double apply(Parameters parameters) {
            double squares = 0;
            for (Parameter p : parameters.list()) {
                Vec g = p.gradients();
                double[] own = {0};
                p.forEachTouched((at, n) -> own[0] += g.sumOfSquares(at, n));
                double norm = Math.sqrt(own[0]);
                squares += norm * norm;
                shrink(g, p::forEachTouched, norm, max);
            }
            return Math.sqrt(squares);
        }
    }

    /**
     * Limits the norm of all gradients together.
     *
     * @param max above 0
     */
    record ByGlobalNorm(double max) implements GradientClip {
        /**
         * Checks the limit.
         *
         * @param max above 0
         */
        public ByGlobalNorm {
            requirePositive("byGlobalNorm", max);
        }

        @Override
        public double apply(Parameters parameters) {
            Vec g = parameters.gradients();
            double norm = norm(parameters);
            shrink(g, parameters::forEachTouched, norm, max);
            return norm;
        }
    }
}
