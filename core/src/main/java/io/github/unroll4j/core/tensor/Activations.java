// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.tensor;

/**
 * The logistic sigmoid and the hyperbolic tangent of one number, without a table or a call, so that HotSpot vectorises
 * a loop of them. {@link Vec#sigmoid} and {@link Vec#tanh} are these loops.
 *
 * <p>Maximum absolute error, over all arguments, as the tests hold them: {@code float} 4e-7 for tanh and 3e-7 for
 * sigmoid; {@code double} 5e-16 for both. NaN in gives NaN out. One loop, one function: a loop whose body holds
 * several of these rational functions is too large for HotSpot's vectoriser and runs four times slower.
 *
 * <p>The {@code float} tanh is a rational minimax fit x P(x²)/Q(x²), degrees 4 and 4, on [-8, 8]
 * ({@code tools/generate/fit_tanh.py}). The {@code double} tanh takes the tenth convergent of Lambert's continued
 * fraction at x/16 and doubles the argument four times by tanh 2a = 2 tanh a / (1 + tanh² a). Sigmoid is
 * σ(x) = ½ + ½ tanh(x/2) in both.
 */
final class Activations {
    private Activations() {}

    /**
     * The logistic sigmoid 1/(1+e^-x).
     *
     * @param x argument
     * @return σ(x)
     */
    static double sigmoid(double x) {
        return 0.5 + 0.5 * tanh(0.5 * x);
    }

    /**
     * The logistic sigmoid 1/(1+e^-x).
     *
     * @param x argument
     * @return σ(x)
     */
    static float sigmoid(float x) {
        return 0.5f + 0.5f * tanh(0.5f * x);
    }

    /**
     * The hyperbolic tangent.
     *
     * @param x argument
     * @return tanh(x)
     */
    static double tanh(double x) {
        double a = Math.max(-20, Math.min(20, x)) * 0.0625;
        double y = a * a;
        double p = (((55 * y + 25740) * y + 2837835) * y + 91891800) * y + 654729075;
        double q = ((((y + 1485) * y + 315315) * y + 18918900) * y + 310134825) * y + 654729075;
        double t = a * p / q;
        t = 2 * t / (1 + t * t);
        t = 2 * t / (1 + t * t);
        t = 2 * t / (1 + t * t);
        return 2 * t / (1 + t * t);
    }

    /**
     * The hyperbolic tangent.
     *
     * @param x argument
     * @return tanh(x)
     */
    static float tanh(float x) {
        float a = Math.max(-8f, Math.min(8f, x));
        float y = a * a;
        float p = 1.523055e-08f * y + 2.1894755e-05f;
        p = p * y + 3.5716035e-03f;
        p = p * y + 1.34445026e-01f;
        p = p * y + 0.99999999f;
        float q = 8.5224998e-07f * y + 3.4113011e-04f;
        q = q * y + 2.6164464e-02f;
        q = q * y + 4.6777830e-01f;
        q = q * y + 1f;
        return a * p / q;
    }
}
