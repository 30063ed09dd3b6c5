// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.State;

/**
 * A residual connection around a layer: what goes in is added to what comes out.
 *
 * <p>He, Zhang, Ren and Sun (2016), "Deep residual learning for image recognition"; between stacked LSTMs, Wu et al.
 * (2016), "Google's neural machine translation system", section 3.1.
 *
 * <pre>
 * (1)  F = layer(X)
 * (2)  H_t = F_t + X_t          [T,B,D], so the layer gives rows of the size that it takes
 *
 * (2') dF_t = dH_t,  dX_t = dH_t
 * (1') dX_t gains the dX that the layer itself gives for dF
 * </pre>
 *
 * <p>The state is that of the layer inside, its h the output F before the addition; so is what a trace has. At a padded
 * step there is no input to add: H_t = F_t.
 *
 * @since 0.1.0
 */
public final class Residual extends Around {
    private final Slab H;
    private final Slab dX;
    private Vec step = Vec.zeros(Dtype.FLOAT, 0);
    private Lengths lengths = Lengths.full(1, 1);

    /**
     * A connection around a layer.
     *
     * @param layer closed with this one
     * @throws IllegalArgumentException if the layer takes and gives rows of different size
     */
    public Residual(Recurrent layer) {
        super(layer);
        if (layer.inputSize() != layer.outputSize()) {
            throw new IllegalArgumentException("Residual: " + layer.name() + " takes rows of " + layer.inputSize()
                    + " and gives rows of " + layer.outputSize() + ", expected equal sizes, since the two are added.");
        }
        H = new Slab(layer.outputSize());
        dX = new Slab(layer.inputSize());
    }

    @Override
    public String name() {
        return "Residual(" + layer.name() + ")";
    }

    @Override
    Run run(Sequence x, State s0, Pass pass) {
        if (x instanceof Sequence.Ids) {
            throw new IllegalArgumentException(name()
                    + ".forward: the input is token ids, expected numbers [T,B,D], since it is added to the outputs; put an"
                    + " Embedding below.");
        }
        outdate();
        Run f = layer.forward(x, s0, pass); // (1)
        lengths = pass.lengths();
        Slab X = x.numbers(name() + ".forward", inputSize(), lengths, f.H().dtype());
        return ran(f, addReal(f.H(), X, H)); // (2)
    }

    @Override
    Run.Grad runBack(Run run, Sequence dH, State dLast) {
        Run inner = inner(run);
        Slab d = H.requireGradient(name() + ".backward", "dH", "H", dH);
        Run.Grad grad = layer.backward(inner, dH, dLast); // (2') dF = dH; (1') the layer's own dX
        return new Run.Grad(addReal(grad.dX(), d, dX), grad.dS0()); // (2') plus dH
    }

    /** The rows of the layer, plus those of the other where they are real. */
    private Slab addReal(Slab ofLayer, Slab other, Slab target) {
        Vec added = other.read();
        int B = lengths.batch();
        Vec total = target.resize(ofLayer.dtype(), lengths.steps(), B).write();
        ofLayer.get(total);
        for (int t = 0; t < lengths.steps(); t++) {
            addReal(total, added, t * B, t);
        }
        return target;
    }

    /** Adds the rows of step t, of which the first is row {@code first}, where they are real. */
    private void addReal(Vec total, Vec added, int first, int t) {
        int D = inputSize();
        for (int b = 0; b < lengths.batch(); b++) {
            if (!lengths.padded(t, b)) {
                total.add((first + b) * D, added, (first + b) * D, D);
            }
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if the layer inside cannot be run step by step
     */
    @Override
    public void begin(State s0, Pass pass) {
        outdate();
        lengths = pass.lengths();
        stepwise().begin(s0, pass);
        int n = lengths.batch() * inputSize();
        if (step.length() != n || step.dtype() != s0.h().dtype()) {
            step = Vec.zeros(s0.h().dtype(), n);
        }
    }

    @Override
    public Vec step(int t, Vec x_t) {
        return addReal(stepwise().step(t, x_t), x_t, t); // (1), (2)
    }

    @Override
    public Vec stepBack(int t, Vec dh_t) {
        return addReal(stepwise().stepBack(t, dh_t), dh_t, t); // (2'), (1')
    }

    private Vec addReal(Vec ofLayer, Vec other, int t) {
        step.copy(0, ofLayer, 0, step.length());
        addReal(step, other, 0, t);
        return step;
    }

    @Override
    void free() {
        H.close();
        dX.close();
    }
}
