// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.tensor;

/**
 * The logistic sigmoid, the hyperbolic tangent and relu, and the way back through them, as loops that HotSpot vectorises: no
 * table, no call.
 *
 * <p>Maximum absolute error, over all arguments, as the tests hold them: {@code float} 4e-7 for tanh and 3e-7 for
 * sigmoid; {@code double} 5e-16 for both. NaN in gives NaN out. One pass per gate on purpose: a loop whose body holds
 * several of these rational functions is too large for HotSpot's vectoriser and runs four times slower.
 *
 * <p>The {@code float} tanh is a rational minimax fit x P(x²)/Q(x²), degrees 4 and 4, on [-8, 8]
 * ({@code tools/generate/fit_tanh.py}). The {@code double} tanh takes the tenth convergent of Lambert's continued
 * fraction at x/16 and doubles the argument four times by tanh 2a = 2 tanh a / (1 + tanh² a). Sigmoid is
 * σ(x) = ½ + ½ tanh(x/2) in both.
 */
public final class Activations {
    private Activations() {}

    /**
     * {@code out[k] = σ(z[k])}.
     *
     * @param z (Input) pre-activations
     * @param out (Output) may be {@code z}
     * @param n number of elements
     */
    public static void sigmoid(double[] z, double[] out, int n) {
        for (int k = 0; k < n; k++) {
            out[k] = sigmoid(z[k]);
        }
    }

    /**
     * {@code out[k] = σ(z[k])}.
     *
     * @param z (Input) pre-activations
     * @param out (Output) may be {@code z}
     * @param n number of elements
     */
    public static void sigmoid(float[] z, float[] out, int n) {
        for (int k = 0; k < n; k++) {
            out[k] = sigmoid(z[k]);
        }
    }

    /**
     * {@code out[k] = tanh(z[k])}.
     *
     * @param z (Input) pre-activations
     * @param out (Output) may be {@code z}
     * @param n number of elements
     */
    public static void tanh(double[] z, double[] out, int n) {
        for (int k = 0; k < n; k++) {
            out[k] = tanh(z[k]);
        }
    }

    /**
     * {@code out[k] = tanh(z[k])}.
     *
     * @param z (Input) pre-activations
     * @param out (Output) may be {@code z}
     * @param n number of elements
     */
    public static void tanh(float[] z, float[] out, int n) {
        for (int k = 0; k < n; k++) {
            out[k] = tanh(z[k]);
        }
    }

    /**
     * {@code z[k] = tanh(z[k])}.
     *
     * @param z (Accumulated) pre-activations in, activations out
     * @param n number of elements
     */
    public static void tanh(Vec z, int n) {
        if (z instanceof FloatVec f) {
            tanh(f.array(), f.array(), n);
        } else {
            tanh(((DoubleVec) z).array(), ((DoubleVec) z).array(), n);
        }
    }

    /**
     * The gradient through the hyperbolic tangent, {@code d[k] *= 1 - tanh[k]²}.
     *
     * @param d (Accumulated) gradient of the activation in, of the pre-activation out
     * @param tanh (Input) activations
     * @param n number of elements
     */
    public static void tanhBackward(Vec d, Vec tanh, int n) {
        if (d instanceof FloatVec f) {
            tanhBackward(f.array(), ((FloatVec) tanh).array(), f.array(), n);
        } else {
            double[] a = ((DoubleVec) d).array();
            tanhBackward(a, ((DoubleVec) tanh).array(), a, n);
        }
    }

    /**
     * {@code out[k] = max(0, z[k])}.
     *
     * @param z (Input) pre-activations
     * @param out (Output) may be {@code z}
     * @param n number of elements
     */
    public static void relu(double[] z, double[] out, int n) {
        for (int k = 0; k < n; k++) {
            out[k] = Math.max(0, z[k]);
        }
    }

    /**
     * {@code out[k] = max(0, z[k])}.
     *
     * @param z (Input) pre-activations
     * @param out (Output) may be {@code z}
     * @param n number of elements
     */
    public static void relu(float[] z, float[] out, int n) {
        for (int k = 0; k < n; k++) {
            out[k] = Math.max(0, z[k]);
        }
    }

    /**
     * Back through the sigmoid, from its output: {@code dz[k] = dy[k] · y[k](1 - y[k])}.
     *
     * @param dy (Input) gradient of the output
     * @param y (Input) the output, σ(z)
     * @param dz (Output) gradient of the pre-activations; may be {@code dy}
     * @param n number of elements
     */
    public static void sigmoidBackward(double[] dy, double[] y, double[] dz, int n) {
        for (int k = 0; k < n; k++) {
            dz[k] = dy[k] * y[k] * (1 - y[k]);
        }
    }

    /**
     * Back through the sigmoid, from its output: {@code dz[k] = dy[k] · y[k](1 - y[k])}.
     *
     * @param dy (Input) gradient of the output
     * @param y (Input) the output, σ(z)
     * @param dz (Output) gradient of the pre-activations; may be {@code dy}
     * @param n number of elements
     */
    public static void sigmoidBackward(float[] dy, float[] y, float[] dz, int n) {
        for (int k = 0; k < n; k++) {
            dz[k] = dy[k] * y[k] * (1 - y[k]);
        }
    }

    /**
     * Back through the hyperbolic tangent, from its output: {@code dz[k] = dy[k] · (1 - y[k]²)}.
     *
     * @param dy (Input) gradient of the output
     * @param y (Input) the output, tanh(z)
     * @param dz (Output) gradient of the pre-activations; may be {@code dy}
     * @param n number of elements
     */
    public static void tanhBackward(double[] dy, double[] y, double[] dz, int n) {
        for (int k = 0; k < n; k++) {
            dz[k] = dy[k] * (1 - y[k] * y[k]);
        }
    }

    /**
     * Back through the hyperbolic tangent, from its output: {@code dz[k] = dy[k] · (1 - y[k]²)}.
     *
     * @param dy (Input) gradient of the output
     * @param y (Input) the output, tanh(z)
     * @param dz (Output) gradient of the pre-activations; may be {@code dy}
     * @param n number of elements
     */
    public static void tanhBackward(float[] dy, float[] y, float[] dz, int n) {
        for (int k = 0; k < n; k++) {
            dz[k] = dy[k] * (1 - y[k] * y[k]);
        }
    }

    /**
     * Back through relu, from its output: {@code dz[k] = dy[k]} where {@code y[k] > 0}, otherwise 0.
     *
     * @param dy (Input) gradient of the output
     * @param y (Input) the output, max(0, z)
     * @param dz (Output) gradient of the pre-activations; may be {@code dy}
     * @param n number of elements
     */
    public static void reluBackward(double[] dy, double[] y, double[] dz, int n) {
        for (int k = 0; k < n; k++) {
            dz[k] = y[k] > 0 ? dy[k] : 0;
        }
    }

    /**
     * Back through relu, from its output: {@code dz[k] = dy[k]} where {@code y[k] > 0}, otherwise 0.
     *
     * @param dy (Input) gradient of the output
     * @param y (Input) the output, max(0, z)
     * @param dz (Output) gradient of the pre-activations; may be {@code dy}
     * @param n number of elements
     */
    public static void reluBackward(float[] dy, float[] y, float[] dz, int n) {
        for (int k = 0; k < n; k++) {
            dz[k] = y[k] > 0 ? dy[k] : 0;
        }
    }

    /**
     * The logistic sigmoid 1/(1+e^-x).
     *
     * @param x argument
     * @return σ(x)
     */
    public static double sigmoid(double x) {
        return 0.5 + 0.5 * tanh(0.5 * x);
    }

    /**
     * The logistic sigmoid 1/(1+e^-x).
     *
     * @param x argument
     * @return σ(x)
     */
    public static float sigmoid(float x) {
        return 0.5f + 0.5f * tanh(0.5f * x);
    }

    /**
     * The hyperbolic tangent.
     *
     * @param x argument
     * @return tanh(x)
     */
    public static double tanh(double x) {
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
    public static float tanh(float x) {
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
