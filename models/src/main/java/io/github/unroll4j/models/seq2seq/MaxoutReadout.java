// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.internal.SlabMap;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;

/**
 * The deep output with a maxout layer that Cho et al. (2014), appendix A.1.1, and Bahdanau, Cho and Bengio (2015),
 * appendix A.2.2, put before the softmax (maxout: Goodfellow et al., 2013).
 *
 * <pre>
 * (1)  t̃ = s U_o + E y V_o + c C_o        [T·B,2l], all steps at once
 * (2)  t_j = max(t̃_2j, t̃_2j+1)            j = 0 … l-1, [T·B,l]
 * </pre>
 *
 * <p>s [T·B,H] is the decoder's state, after the step in the first paper and before it in the second; E y [T·B,E] the
 * embedded token before; c [T·B,C] the context. U_o [H,2l], V_o [E,2l], C_o [C,2l], no bias. Starts from Glorot-uniform
 * weights.
 */
final class MaxoutReadout implements AutoCloseable {
    private final SlabMap fromState;
    private final SlabMap fromToken;
    private final SlabMap fromContext;
    private final Slab wide;
    private final Slab dWide;
    private final Slab features;
    private final int size;
    private final Slab[] gradients;

    /**
     * Sizes of the parts.
     *
     * @param hidden H
     * @param embedding E
     * @param context C
     * @param size l
     */
    record Sizes(int hidden, int embedding, int context, int size) {}

    MaxoutReadout(Sizes s, Parameters.Builder p) {
        if (s.size() < 1) {
            throw new IllegalArgumentException("MaxoutReadout: size is " + s.size() + ", expected 1 or more.");
        }
        size = s.size();
        gradients = new Slab[] {new Slab(s.hidden()), new Slab(s.embedding()), new Slab(s.context())};
        Parameters.Builder scope = p.scope("readout");
        fromState = new SlabMap(scope.add("U_o", "H,2l", Init.glorotUniform(), s.hidden(), 2 * size));
        fromToken = new SlabMap(scope.add("V_o", "E,2l", Init.glorotUniform(), s.embedding(), 2 * size));
        fromContext = new SlabMap(scope.add("C_o", "C,2l", Init.glorotUniform(), s.context(), 2 * size));
        wide = new Slab(2 * size);
        dWide = new Slab(2 * size);
        features = new Slab(size);
    }

    int size() {
        return size;
    }

    Slab forward(Slab S, Slab Y, Slab C) {
        NativeMatrix t = wide.resize(S.dtype(), S.steps(), S.batch()).target();
        fromState.forward(S.steps(), S.rows(), t); // (1)
        fromToken.forwardAdd(S.steps(), Y.rows(), t);
        fromContext.forwardAdd(S.steps(), C.rows(), t);
        Vec out = features.resize(S.dtype(), S.steps(), S.batch()).write();
        out.maxOfPairs(wide.read(), features.size()); // (2)
        return features;
    }

    /**
     * Gradients of the inputs, borrowed until the next backward.
     *
     * @param ds of s, [T,B,H]
     * @param dy of E y, [T,B,E]
     * @param dc of c, [T,B,C]
     */
    record Grad(Slab ds, Slab dy, Slab dc) {}

    /** Goes back over the latest forward; adds to the gradients of the weights. */
    Grad backward(Sequence dFeatures) {
        Slab d = features.requireGradient("MaxoutReadout.backward", "dFeatures", "F", dFeatures);
        Vec dAll = dWide.resize(wide.dtype(), wide.steps(), wide.batch()).write();
        dAll.maxOfPairsBackward(d.read(), wide.read(), features.size()); // (2') to the larger of each pair
        NativeMatrix dt = dWide.rows();
        return new Grad(back(fromState, 0, dt), back(fromToken, 1, dt), back(fromContext, 2, dt)); // (1')
    }

    private Slab back(SlabMap map, int i, NativeMatrix dt) {
        Slab result = gradients[i].resize(dt.dtype(), features.steps(), features.batch());
        map.backward(result.target(), dt);
        return result;
    }

    @Override
    public void close() {
        fromState.close();
        fromToken.close();
        fromContext.close();
        wide.close();
        dWide.close();
        features.close();
        for (Slab gradient : gradients) {
            gradient.close();
        }
    }
}
