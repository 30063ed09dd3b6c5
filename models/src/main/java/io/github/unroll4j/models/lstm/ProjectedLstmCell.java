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
import io.github.unroll4j.models.cell.StepBlocks;
import io.github.unroll4j.models.cell.StepCell;
import io.github.unroll4j.models.cell.StepGrad;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Long short-term memory whose output is projected to fewer numbers than it has memory cells, LSTMP of Sak, Senior and
 * Beaufays (2014, arXiv:1402.1128), "Long short-term memory based recurrent neural network architectures for large vocabulary
 * speech recognition", as PyTorch has it ({@code proj_size}): without the paper's peepholes, and without its second
 * projection, which does not recur.
 *
 * <pre>
 * (1)  z = x_t W_x + b + h_prev W_h        [B,4H] blocks z_i | z_f | z_o | z_g
 * (2)  i = σ(z_i)   f = σ(z_f)   o = σ(z_o)   g = tanh(z_g)
 * (3)  c = f ⊙ c_prev + i ⊙ g
 * (4)  m = o ⊙ tanh(c)
 * (5)  h = m W_p                           the paper's r_t
 * </pre>
 *
 * <p>x_t [B,D]; c, m, the gates i, f, o and the candidate g [B,H]; h [B,P]; W_x [D,4H], W_h [P,4H], W_p [H,P], one bias b
 * [4H]. The state is h, c, of rows of different sizes: with P below H the memory is larger than what recurs, and 4H·P + H·P
 * weights take the place of 4H·H. The product in (5) makes the output, so the step is not pointwise after two affine maps: this
 * cell runs step by step, in {@code Unrolled}.
 *
 * <p>Starts from Glorot-uniform W_x and W_p, orthogonal blocks of W_h, and zero b except for the forget gate.
 */
public final class ProjectedLstmCell implements StepCell<ProjectedLstmCell.Cache> {
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
     * @param gates the gates i, f, o and the candidate g
     * @param tanhC tanh(c) [B,H]
     * @param m what is projected [B,H]
     */
    public record Cache(Tensor x_t, State prev, Blocks gates, Tensor tanhC, Tensor m) {}

    /**
     * One array [B,H] for each block: of the pre-activations z_i to z_g, of i to g themselves, or of the gradients of either.
     *
     * @param i of the input gate
     * @param f of the forget gate
     * @param o of the output gate
     * @param g of the candidate
     */
    public record Blocks(Vec i, Vec f, Vec o, Vec g) {
        private static Blocks of(Tensor rows, int H) {
            return new Blocks(
                    StepBlocks.block(rows, 0, H),
                    StepBlocks.block(rows, 1, H),
                    StepBlocks.block(rows, 2, H),
                    StepBlocks.block(rows, 3, H));
        }

        private Blocks zeros() {
            return new Blocks(zerosLike(i), zerosLike(f), zerosLike(o), zerosLike(g));
        }

        private void set(int k, double ofI, double ofF, double ofO, double ofG) {
            i.set(k, ofI);
            f.set(k, ofF);
            o.set(k, ofO);
            g.set(k, ofG);
        }
    }

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
        Tensor rows = input.forward(x_t); // (1)  z = x_t W_x + b + h_prev W_h
        rows.data().add(0, recurrent.forward(prev.h()).data(), 0, rows.data().length());
        Blocks z = Blocks.of(rows, size.hidden);
        Blocks gates = z.zeros();
        Vec cPrev = prev.part("c").data();
        Vec c = zerosLike(cPrev);
        Vec tanhC = zerosLike(cPrev);
        Vec m = zerosLike(cPrev);
        for (int k = 0; k < c.length(); k++) {
            double i = Activations.sigmoid(z.i.get(k)); // (2)  i = σ(z_i), f and o alike
            double f = Activations.sigmoid(z.f.get(k));
            double o = Activations.sigmoid(z.o.get(k));
            double g = Activations.tanh(z.g.get(k)); // (2)  g = tanh(z_g)
            gates.set(k, i, f, o, g);
            c.set(k, f * cPrev.get(k) + i * g); // (3)  c = f ⊙ c_prev + i ⊙ g
            tanhC.set(k, Activations.tanh(c.get(k)));
            m.set(k, o * tanhC.get(k)); // (4)  m = o ⊙ tanh(c)
        }
        Tensor h = projection.forward(tensor(m)); // (5)  h = m W_p
        Cache cache = new Cache(x_t, prev, gates, tensor(tanhC), tensor(m));
        return new Step<>(new State(STATE, List.of(h, tensor(c))), cache, () -> named(z, gates, tanhC, m));
    }

    @Override
    public StepGrad backward(State dNext, Cache cache) {
        Blocks gates = cache.gates();
        Vec tanhC = cache.tanhC().data();
        Vec cPrev = cache.prev().part("c").data();
        Vec dcNext = dNext.part("c").data();
        Vec dm = projection.backward(cache.m(), dNext.h()).data(); // (5') h was m W_p
        Blocks dGates = gates.zeros();
        Vec dtanhC = zerosLike(dm);
        Vec dc = zerosLike(dm);
        Vec dcPrev = zerosLike(dm);
        for (int k = 0; k < dm.length(); k++) {
            dGates.o.set(k, dm.get(k) * tanhC.get(k)); // (4') m was o ⊙ tanh(c)
            dtanhC.set(k, dm.get(k) * gates.o.get(k));
            // (4') dc is what came from t+1 and what came through m
            dc.set(k, dcNext.get(k) + dtanhC.get(k) * (1 - tanhC.get(k) * tanhC.get(k)));
            dGates.i.set(k, dc.get(k) * gates.g.get(k)); // (3') c was f ⊙ c_prev + i ⊙ g
            dGates.f.set(k, dc.get(k) * cPrev.get(k));
            dGates.g.set(k, dc.get(k) * gates.i.get(k));
            dcPrev.set(k, dc.get(k) * gates.f.get(k));
        }
        Blocks dz = backThroughNonlinearities(dGates, gates); // (2')
        Tensor dRows = StepBlocks.join(size.hidden, dz.i, dz.f, dz.o, dz.g);
        Tensor dhPrev = recurrent.backward(cache.prev().h(), dRows); // (1') z was x_t W_x + b + h_prev W_h
        Tensor dx = input.backward(cache.x_t(), dRows);
        return new StepGrad(dx, new State(STATE, List.of(dhPrev, tensor(dcPrev))), () -> {
            Map<String, Tensor> named = named(dz, dGates, dtanhC, dm);
            named.put("c", tensor(dc));
            return named;
        });
    }

    /** (2') i was σ(z_i), f and o alike, and g was tanh(z_g). */
    private static Blocks backThroughNonlinearities(Blocks dy, Blocks y) {
        Blocks dz = y.zeros();
        for (int k = 0; k < y.i.length(); k++) {
            dz.set(
                    k,
                    dy.i.get(k) * sigmoidSlope(y.i.get(k)),
                    dy.f.get(k) * sigmoidSlope(y.f.get(k)),
                    dy.o.get(k) * sigmoidSlope(y.o.get(k)),
                    dy.g.get(k) * (1 - y.g.get(k) * y.g.get(k)));
        }
        return dz;
    }

    private static double sigmoidSlope(double y) {
        return y * (1 - y);
    }

    /** The names of a trace, for values and gradients alike. */
    private Map<String, Tensor> named(Blocks z, Blocks gates, Vec tanhC, Vec m) {
        Map<String, Tensor> named = new LinkedHashMap<>();
        named.put("z.i", tensor(z.i));
        named.put("z.f", tensor(z.f));
        named.put("z.o", tensor(z.o));
        named.put("z.g", tensor(z.g));
        named.put("i", tensor(gates.i));
        named.put("f", tensor(gates.f));
        named.put("o", tensor(gates.o));
        named.put("g", tensor(gates.g));
        named.put("tanhC", tensor(tanhC));
        named.put("m", tensor(m));
        return named;
    }

    private Tensor tensor(Vec numbers) {
        return Tensor.of(numbers, numbers.length() / size.hidden, size.hidden);
    }

    private static Vec zerosLike(Vec other) {
        return Vec.zeros(other.dtype(), other.length());
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
    public int outputSize() {
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
