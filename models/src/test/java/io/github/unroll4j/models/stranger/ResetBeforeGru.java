// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.stranger;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.cell.Step;
import io.github.unroll4j.models.cell.StepAffine;
import io.github.unroll4j.models.cell.StepCell;
import io.github.unroll4j.models.cell.StepGrad;
import java.util.List;

/**
 * A GRU that resets before the second product, so that it is not affine and then pointwise.
 *
 * <pre>
 * (1) a = x_t W_x + b                      [B,3H] blocks r | u | n
 * (2) r, u = σ(a_r + h_prev W_r), σ(a_u + h_prev W_u)      W_g [H,2H] blocks r | u
 * (3) n = tanh(a_n + (r ⊙ h_prev) W_n)
 * (4) h = u ⊙ h_prev + (1 - u) ⊙ n
 * </pre>
 */
public final class ResetBeforeGru implements StepCell<ResetBeforeGru.Cache> {
    private final int inputSize;
    private final int hidden;
    private final Parameter b;
    private final StepAffine input;
    private final StepAffine gates;
    private final StepAffine candidate;

    /** What backward names: everything that (1) to (4) made. */
    public record Cache(Tensor x_t, Tensor h_prev, Tensor r, Tensor u, Tensor n, Tensor reset) {}

    public ResetBeforeGru(int inputSize, int hidden, Parameters.Builder p) {
        this.inputSize = inputSize;
        this.hidden = hidden;
        Parameters.Builder scope = p.scope("gru");
        Parameter W_x = scope.add("W_x", "D,3H:r|u|n", Init.glorotUniform(3), inputSize, 3 * hidden);
        b = scope.add("b", "3H:r|u|n", Init.zeros(), 3 * hidden);
        input = new StepAffine(W_x, b);
        gates = new StepAffine(scope.add("W_g", "H,2H:r|u", Init.orthogonalBlocks(2), hidden, 2 * hidden));
        candidate = new StepAffine(scope.add("W_n", "H,H:n", Init.orthogonal(), hidden, hidden));
    }

    @Override
    public String name() {
        return "ResetBeforeGru";
    }

    @Override
    public int inputSize() {
        return inputSize;
    }

    @Override
    public int outputSize() {
        return hidden;
    }

    @Override
    public List<String> stateParts() {
        return List.of("h");
    }

    @Override
    public Parameters parameters() {
        return b.owner();
    }

    @Override
    public Step<Cache> forward(Tensor x_t, State prev) {
        int B = x_t.size(0);
        Tensor h_prev = prev.h().copy();
        Tensor a = input.forward(x_t);
        Tensor g = gates.forward(h_prev);
        Tensor r = rows(B);
        Tensor u = rows(B);
        Tensor reset = rows(B);
        each(B, (row, j, k) -> {
            r.data().set(k, sigmoid(a.at(row, j) + g.at(row, j)));
            u.data().set(k, sigmoid(a.at(row, hidden + j) + g.at(row, hidden + j)));
            reset.data().set(k, r.data().get(k) * h_prev.data().get(k));
        });
        Tensor c = candidate.forward(reset);
        Tensor n = rows(B);
        Tensor h = rows(B);
        each(B, (row, j, k) -> {
            n.data().set(k, Math.tanh(a.at(row, 2 * hidden + j) + c.at(row, j)));
            double keep = u.data().get(k);
            h.data().set(k, keep * h_prev.data().get(k) + (1 - keep) * n.data().get(k));
        });
        return new Step<>(new State(stateParts(), List.of(h)), new Cache(x_t, h_prev, r, u, n, reset));
    }

    @Override
    public StepGrad backward(State dNext, Cache f) {
        int B = f.x_t().size(0);
        Tensor da = Tensor.zeros(dtype(), B, 3 * hidden);
        Tensor dg = Tensor.zeros(dtype(), B, 2 * hidden);
        Tensor dc = rows(B);
        Tensor dh = rows(B);
        each(B, (row, j, k) -> {
            double d = dNext.h().data().get(k);
            double u = f.u().data().get(k);
            double n = f.n().data().get(k);
            double du = d * (f.h_prev().data().get(k) - n) * u * (1 - u);
            dc.data().set(k, d * (1 - u) * (1 - n * n)); // (4') into n, (3')
            dh.data().set(k, d * u);
            da.data().set(row * 3 * hidden + 2 * hidden + j, dc.data().get(k));
            da.data().set(row * 3 * hidden + hidden + j, du);
            dg.data().set(row * 2 * hidden + hidden + j, du);
        });
        Tensor dReset = candidate.backward(f.reset(), dc);
        each(B, (row, j, k) -> {
            double r = f.r().data().get(k);
            double dr = dReset.data().get(k) * f.h_prev().data().get(k) * r * (1 - r); // (3') into r, (2')
            dh.data().set(k, dh.data().get(k) + dReset.data().get(k) * r);
            da.data().set(row * 3 * hidden + j, dr);
            dg.data().set(row * 2 * hidden + j, dr);
        });
        dh.data().add(0, gates.backward(f.h_prev(), dg).data(), 0, B * hidden);
        return new StepGrad(input.backward(f.x_t(), da), new State(stateParts(), List.of(dh)));
    }

    private interface Element {
        void at(int row, int j, int k);
    }

    private void each(int B, Element element) {
        for (int k = 0; k < B * hidden; k++) {
            element.at(k / hidden, k % hidden, k);
        }
    }

    private Tensor rows(int B) {
        return Tensor.zeros(dtype(), B, hidden);
    }

    private Dtype dtype() {
        return b.owner().dtype();
    }

    private static double sigmoid(double z) {
        return 1 / (1 + Math.exp(-z));
    }

    @Override
    public void close() {
        input.close();
        gates.close();
        candidate.close();
    }
}
