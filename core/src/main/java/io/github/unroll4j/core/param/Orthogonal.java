// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.param;

/**
 * Makes orthogonal matrices of Gaussian numbers by the modified Gram-Schmidt process.
 *
 * <p>The result is the Q of a QR decomposition whose R has a positive diagonal. Q is then uniformly distributed
 * (Mezzadri 2007). Each vector is swept twice. After one sweep, vectors that were nearly parallel are not quite
 * orthogonal; after the second, they are, up to rounding errors. The cost is 4 n² m operations for n vectors of m
 * elements.
 */
final class Orthogonal {
    private static final int SWEEPS = 2;

    private Orthogonal() {}

    /** Returns a matrix [rows, blocks*width], row-major, whose blocks are orthogonal. */
    static double[] blocks(double[] gaussian, int rows, int width, int blocks) {
        double[] result = new double[gaussian.length];
        int stride = width * blocks;
        boolean tall = rows >= width;
        int count = tall ? width : rows;
        int length = tall ? rows : width;
        for (int g = 0; g < blocks; g++) {
            double[][] vectors = new double[count][length];
            for (int v = 0; v < count; v++) {
                for (int i = 0; i < length; i++) {
                    vectors[v][i] = gaussian[g * width + (tall ? i * stride + v : v * stride + i)];
                }
            }
            orthonormalise(vectors);
            for (int v = 0; v < count; v++) {
                for (int i = 0; i < length; i++) {
                    result[g * width + (tall ? i * stride + v : v * stride + i)] = vectors[v][i];
                }
            }
        }
        return result;
    }

    private static void orthonormalise(double[][] vectors) {
        for (int v = 0; v < vectors.length; v++) {
            for (int sweep = 0; sweep < SWEEPS; sweep++) {
                for (int u = 0; u < v; u++) {
                    addScaled(vectors[v], -dot(vectors[u], vectors[v]), vectors[u]);
                }
            }
            double scale = 1 / Math.sqrt(dot(vectors[v], vectors[v]));
            for (int i = 0; i < vectors[v].length; i++) {
                vectors[v][i] *= scale;
            }
        }
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static void addScaled(double[] y, double a, double[] x) {
        for (int i = 0; i < y.length; i++) {
            y[i] += a * x[i];
        }
    }
}
