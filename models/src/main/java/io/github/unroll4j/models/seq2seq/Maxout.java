// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.tensor.DoubleVec;
import io.github.unroll4j.core.tensor.FloatVec;
import io.github.unroll4j.core.tensor.Vec;

/** The larger of each pair of neighbours, t_j = max(t̃_2j, t̃_2j+1), and its gradient, which goes to that one; the first of equals. */
final class Maxout {
    private boolean[] upper = {};

    /** n numbers from 2n. */
    void forward(Vec wide, Vec out, int n) {
        if (upper.length < n) {
            upper = new boolean[n];
        }
        if (wide instanceof FloatVec w) {
            forward(w.array(), ((FloatVec) out).array(), n);
        } else {
            forward(((DoubleVec) wide).array(), ((DoubleVec) out).array(), n);
        }
    }

    /** Into zeros. */
    void backward(Vec dOut, Vec dWide, int n) {
        if (dOut instanceof FloatVec d) {
            backward(d.array(), ((FloatVec) dWide).array(), n);
        } else {
            backward(((DoubleVec) dOut).array(), ((DoubleVec) dWide).array(), n);
        }
    }

    // <double>
    private void forward(double[] wide, double[] out, int n) {
        for (int k = 0; k < n; k++) {
            upper[k] = wide[2 * k + 1] > wide[2 * k];
            out[k] = upper[k] ? wide[2 * k + 1] : wide[2 * k];
        }
    }

    private void backward(double[] dOut, double[] dWide, int n) {
        for (int k = 0; k < n; k++) {
            dWide[upper[k] ? 2 * k + 1 : 2 * k] = dOut[k];
        }
    }
    // </double>

    // The float form of the two methods above, written by tools/generate/FloatForms.java.
    // <float>
    private void forward(float[] wide, float[] out, int n) {
        for (int k = 0; k < n; k++) {
            upper[k] = wide[2 * k + 1] > wide[2 * k];
            out[k] = upper[k] ? wide[2 * k + 1] : wide[2 * k];
        }
    }

    private void backward(float[] dOut, float[] dWide, int n) {
        for (int k = 0; k < n; k++) {
            dWide[upper[k] ? 2 * k + 1 : 2 * k] = dOut[k];
        }
    }
    // </float>
}
