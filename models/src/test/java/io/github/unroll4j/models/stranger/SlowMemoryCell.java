// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.stranger;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.Step;

/**
 * A fast state that reads a slow one: a state of two parts that both reach the next step past the affine maps, and
 * three numbers for each unit. StopFilter one number at a time.
 *
 * <pre>
 * (1) z = x_t W_x + h_prev W_h + b, blocks u, g
 * (2) u = σ(z_u + p ⊙ m_prev), g = tanh(z_g)
 * (3) m = a ⊙ m_prev + u ⊙ g
 * (4) h = tanh(m + q ⊙ h_prev)
 * </pre>
 */
public final class SlowMemoryCell implements Cell {
    private final Layout layout;
    private final Layout.Block U;
    private final Layout.Block G;
    private final Layout.Part H;
    private final Layout.Part M;
    private final Layout.Unit P;
    private final Layout.Unit A;
    private final Layout.Unit Q;

    public SlowMemoryCell(int hidden) {
        layout = new Layout("slow", hidden);
        U = layout.block("u");
        G = layout.block("g");
        H = layout.state("h");
        M = layout.state("m");
        P = layout.unit("p", Init.zeros());
        A = layout.unit("a", Init.constant(0.9));
        Q = layout.unit("q", Init.zeros());
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public void forward(Step s) {
        for (int k = 0; k < s.rows() * s.units(); k++) {
            double m_prev = s.prev(M).get(k);
            double u = 1 / (1 + Math.exp(-(s.z(U).get(k) + s.p(P).get(k) * m_prev))); // (2)
            double g = Math.tanh(s.z(G).get(k));
            double m = s.p(A).get(k) * m_prev + u * g; // (3)
            s.saved(U).set(k, u);
            s.saved(G).set(k, g);
            s.next(M).set(k, m);
            s.next(H).set(k, Math.tanh(m + s.p(Q).get(k) * s.prev(H).get(k))); // (4)
        }
    }

    @Override
    public void backward(Step s) {
        for (int k = 0; k < s.rows() * s.units(); k++) {
            double h = s.next(H).get(k);
            double u = s.saved(U).get(k);
            double g = s.saved(G).get(k);
            double m_prev = s.prev(M).get(k);
            double ah = s.dNext(H).get(k) * (1 - h * h); // (4')
            double dm = s.dNext(M).get(k) + ah;
            double au = dm * g * u * (1 - u); // (3'), (2')
            s.d(M).set(k, dm);
            s.d(U).set(k, dm * g);
            s.d(G).set(k, dm * u);
            s.dz(U).set(k, au);
            s.dz(G).set(k, dm * u * (1 - g * g));
            add(s.dp(Q), k, ah * s.prev(H).get(k));
            add(s.dp(A), k, dm * m_prev);
            add(s.dp(P), k, au * m_prev);
            add(s.dPrev(H), k, ah * s.p(Q).get(k));
            add(s.dPrev(M), k, dm * s.p(A).get(k) + au * s.p(P).get(k));
        }
    }

    private static void add(Vec sum, int k, double summand) {
        sum.set(k, sum.get(k) + summand);
    }
}
