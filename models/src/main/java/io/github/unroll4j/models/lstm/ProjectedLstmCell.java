// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lstm;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Activations;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.cell.Step;
import io.github.unroll4j.models.cell.StepAffine;
import io.github.unroll4j.models.cell.StepCell;
import io.github.unroll4j.models.cell.StepGrad;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Long short-term memory whose output is projected to fewer numbers than it has memory cells, LSTMP of Sak, Senior and Beaufays
 * (2014, arXiv:1402.1128), as PyTorch has it ({@code proj_size}): without the paper's peepholes, and without its second
 * projection, which does not recur.
 *
 * <pre>
 * (1)  z = x_t W_x + h_prev W_h + b        [B,4H] blocks z_i | z_f | z_o | z_g
 * (2)  i = σ(z_i)   f = σ(z_f)   o = σ(z_o)   g = tanh(z_g)
 * (3)  c = f ⊙ c_prev + i ⊙ g
 * (4)  m = o ⊙ tanh(c)
 * (5)  h = m W_p                           the paper's r_t
 * </pre>
 *
 * <p>x_t [B,D]; c, m and every gate [B,H]; h [B,P]; W_x [D,4H], W_h [P,4H], W_p [H,P], one bias b [4H]. The state is h, c, of
 * rows of different sizes: with P below H the memory is larger than what recurs, and 4H·P + H·P weights take the place of
 * 4H·H. The product in (5) makes the output, so the step is not pointwise after two affine maps: this cell runs step by
 * step, in {@code Unrolled}.
 *
 * <p>Starts from Glorot-uniform W_x and W_p, orthogonal blocks of W_h, and zero b except for the forget gate.
 */
public final class ProjectedLstmCell implements StepCell<ProjectedLstmCell.Cache> {
    private static final int I = 0;
    private static final int F = 1;
    private static final int O = 2;
    private static final int G = 3;
    private static final List<String> GATES = List.of("i", "f", "o", "g");
    private static final List<String> STATE = List.of("h", "c");

    private final Size size;
    private final Parameter b;
    private final StepAffine input;
    private final StepAffine recurrent;
    private final StepAffine projection;

    /**
     * The sizes of a cell.
     *
     * @param input of an input row D
     * @param hidden number of memory cells H
     * @param projected of an output row P
     */
    public record Size(int input, int hidden, int projected) {
        /** Checks that every size is 1 or more. */
        public Size {
            if (input < 1 || hidden < 1 || projected < 1) {
                throw new IllegalArgumentException("ProjectedLstmCell: input size is " + input + ", hidden size "
                        + hidden + " and projected size " + projected + ", expected 1 or more.");
            }
        }
    }

    /**
     * What backward reads.
     *
     * @param x_t input [B,D]
     * @param prev state before
     * @param gates i | f | o | g [B,4H]
     * @param tanhC tanh(c) [B,H]
     * @param m what is projected [B,H]
     */
    public record Cache(Tensor x_t, State prev, Tensor gates, Tensor tanhC, Tensor m) {}

    /**
     * Declares a cell with forget bias {@value LstmCell#FORGET_BIAS}.
     *
     * @param size its sizes
     * @param p where to declare the parameters
     */
    public ProjectedLstmCell(Size size, Parameters.Builder p) {
        this(size, LstmCell.FORGET_BIAS, p);
    }

    /**
     * Declares a cell.
     *
     * @param size its sizes
     * @param forgetBias initial bias of the forget gate
     * @param p where to declare the parameters
     */
    public ProjectedLstmCell(Size size, double forgetBias, Parameters.Builder p) {
        this.size = size;
        int columns = 4 * size.hidden;
        Parameters.Builder scope = p.scope("lstm-projected");
        Init bias = Init.blocks(Init.zeros(), Init.constant(forgetBias), Init.zeros(), Init.zeros());
        Parameter W_x = scope.add("W_x", "D,4H:i|f|o|g", Init.glorotUniform(4), size.input, columns);
        Parameter W_h = scope.add("W_h", "P,4H:i|f|o|g", Init.orthogonalBlocks(4), size.projected, columns);
        b = scope.add("b", "4H:i|f|o|g", bias, columns);
        Parameter W_p = scope.add("W_p", "H,P", Init.glorotUniform(), size.hidden, size.projected);
        input = new StepAffine(W_x, b);
        recurrent = new StepAffine(W_h);
        projection = new StepAffine(W_p);
    }

    @Override
    public Step<Cache> forward(Tensor x_t, State prev) {
        Tensor z = input.forward(x_t); // (1)
        z.data().add(0, recurrent.forward(prev.h()).data(), 0, z.data().length());
        Vec cPrev = prev.part("c").data();
        Tensor gates = like(z);
        Tensor c = like(prev.part("c"));
        Tensor tanhC = like(c);
        Tensor m = like(c);
        for (int k = 0; k < cPrev.length(); k++) {
            double i = Activations.sigmoid(z.data().get(at(k, I))); // (2)
            double f = Activations.sigmoid(z.data().get(at(k, F)));
            double o = Activations.sigmoid(z.data().get(at(k, O)));
            double g = Activations.tanh(z.data().get(at(k, G)));
            gates.data().set(at(k, I), i);
            gates.data().set(at(k, F), f);
            gates.data().set(at(k, O), o);
            gates.data().set(at(k, G), g);
            c.data().set(k, f * cPrev.get(k) + i * g); // (3)
            tanhC.data().set(k, Activations.tanh(c.data().get(k)));
            m.data().set(k, o * tanhC.data().get(k)); // (4)
        }
        Tensor h = projection.forward(m); // (5)
        Cache cache = new Cache(x_t, prev, gates, tanhC, m);
        return new Step<>(new State(STATE, List.of(h, c)), cache, () -> named(z, gates, tanhC, m));
    }

    @Override
    public StepGrad backward(State dNext, Cache cache) {
        Tensor dm = projection.backward(cache.m(), dNext.h()); // (5') h was m W_p
        Vec cPrev = cache.prev().part("c").data();
        Vec gates = cache.gates().data();
        Tensor dtanhC = like(dm);
        Tensor dc = like(dm);
        Tensor dcPrev = like(dm);
        Tensor dGates = like(cache.gates());
        for (int k = 0; k < cPrev.length(); k++) {
            double tanhC = cache.tanhC().data().get(k);
            // (4') m was o ⊙ tanh(c), and dc is what came from t+1 and what came through m
            dGates.data().set(at(k, O), dm.data().get(k) * tanhC);
            dtanhC.data().set(k, dm.data().get(k) * gates.get(at(k, O)));
            dc.data().set(k, dNext.part("c").data().get(k) + dtanhC.data().get(k) * (1 - tanhC * tanhC));
            // (3') c was f ⊙ c_prev + i ⊙ g
            dGates.data().set(at(k, F), dc.data().get(k) * cPrev.get(k));
            dGates.data().set(at(k, I), dc.data().get(k) * gates.get(at(k, G)));
            dGates.data().set(at(k, G), dc.data().get(k) * gates.get(at(k, I)));
            dcPrev.data().set(k, dc.data().get(k) * gates.get(at(k, F)));
        }
        Tensor dz = backThroughNonlinearities(dGates, gates); // (2')
        Tensor dhPrev = recurrent.backward(cache.prev().h(), dz); // (1')
        return new StepGrad(input.backward(cache.x_t(), dz), new State(STATE, List.of(dhPrev, dcPrev)), () -> {
            Map<String, Tensor> named = named(dz, dGates, dtanhC, dm);
            named.put("c", dc);
            return named;
        });
    }

    private Tensor backThroughNonlinearities(Tensor dGates, Vec gates) {
        Tensor dz = like(dGates);
        for (int k = 0; k < gates.length(); k++) {
            double y = gates.get(k);
            boolean candidate = k / size.hidden % GATES.size() == G;
            dz.data().set(k, dGates.data().get(k) * (candidate ? 1 - y * y : y * (1 - y)));
        }
        return dz;
    }

    /** The names of a trace, for values and gradients alike. */
    private Map<String, Tensor> named(Tensor z, Tensor gates, Tensor tanhC, Tensor m) {
        Map<String, Tensor> named = new LinkedHashMap<>();
        for (int gate = 0; gate < GATES.size(); gate++) {
            named.put("z." + GATES.get(gate), block(z, gate));
        }
        for (int gate = 0; gate < GATES.size(); gate++) {
            named.put(GATES.get(gate), block(gates, gate));
        }
        named.put("tanhC", tanhC);
        named.put("m", m);
        return named;
    }

    private Tensor block(Tensor rows, int gate) {
        Tensor block = Tensor.zeros(rows.dtype(), rows.size(0), size.hidden);
        for (int k = 0; k < block.data().length(); k++) {
            block.data().set(k, rows.data().get(at(k, gate)));
        }
        return block;
    }

    private static Tensor like(Tensor other) {
        return Tensor.zeros(other.dtype(), other.shape());
    }

    /** Unit k of [B,H] inside a gate of rows [B,4H]. */
    private int at(int k, int gate) {
        return (k / size.hidden * GATES.size() + gate) * size.hidden + k % size.hidden;
    }

    @Override
    public String name() {
        return "ProjectedLstmCell";
    }

    @Override
    public int inputSize() {
        return size.input;
    }

    /** The size of an output row P. */
    @Override
    public int hidden() {
        return size.projected;
    }

    @Override
    public List<String> stateParts() {
        return STATE;
    }

    @Override
    public int[] stateSizes() {
        return new int[] {size.projected, size.hidden};
    }

    @Override
    public Parameters parameters() {
        return b.owner();
    }

    @Override
    public void close() {
        input.close();
        recurrent.close();
        projection.close();
    }
}
