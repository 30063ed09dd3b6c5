// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.attention;

/**
 * What the dot and the general score share.
 *
 * <pre>
 * (1)  e_s = ⟨q, key_s⟩
 * (1') dq += Σ_s de_s key_s,  dkey_s += de_s q
 * </pre>
 */
final class Inner {
    private Inner() {}

    // <double>
    static void forward(DoublePairs p) {
        for (int s = 0; s < p.positions; s++) {
            for (int b = 0; b < p.rows; b++) {
                p.e[b * p.positions + s] = Rows.dot(p.q, p.key[s], b * p.size, p.size); // (1)
            }
        }
    }

    static void backward(DoublePairs p) {
        for (int s = 0; s < p.positions; s++) {
            for (int b = 0; b < p.rows; b++) {
                double de = p.de[b * p.positions + s];
                Rows.addScaled(p.dq, de, p.key[s], b * p.size, p.size); // (1')
                Rows.addScaled(p.dKey[s], de, p.q, b * p.size, p.size);
            }
        }
    }
    // </double>

    // <float>
    static void forward(FloatPairs p) {
        for (int s = 0; s < p.positions; s++) {
            for (int b = 0; b < p.rows; b++) {
                p.e[b * p.positions + s] = Rows.dot(p.q, p.key[s], b * p.size, p.size); // (1)
            }
        }
    }

    static void backward(FloatPairs p) {
        for (int s = 0; s < p.positions; s++) {
            for (int b = 0; b < p.rows; b++) {
                float de = p.de[b * p.positions + s];
                Rows.addScaled(p.dq, de, p.key[s], b * p.size, p.size); // (1')
                Rows.addScaled(p.dKey[s], de, p.q, b * p.size, p.size);
            }
        }
    }
    // </float>
}
