// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;
import org.jspecify.annotations.Nullable;

/**
 * The deep output with a maxout layer that Cho et al. (2014), appendix A.1.1, and Bahdanau, Cho and Bengio (2015), appendix A.2.2,
 * put before the softmax (maxout: Goodfellow et al., 2013).
 *
 * <pre>
 * (1)  t̃ = s U_o + E y V_o + c C_o        [T·B,2l], all steps at once
 * (2)  t_j = max(t̃_2j, t̃_2j+1)            j = 0 … l-1, [T·B,l]
 * </pre>
 *
 * <p>s [T·B,H] is the decoder's state, after the step in the first paper and before it in the second; E y [T·B,E] the embedded token
 * before; c [T·B,C] the context. U_o [H,2l], V_o [E,2l], C_o [C,2l], no bias. Starts from Glorot-uniform weights.
 */
final class MaxoutReadout implements AutoCloseable {
    private final HoistedMap fromState;
    private final HoistedMap fromToken;
    private final HoistedMap fromContext;
    private final HeapSlab wide;
    private final HeapSlab dWide;
    private final HeapSlab features;
    private final int size;
    private final int[] widths;
    private final @Nullable NativeArray[] gradients = new @Nullable NativeArray[3];
    private Slab[] inputs = {};

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
        widths = new int[] {s.hidden(), s.embedding(), s.context()};
        Parameters.Builder scope = p.scope("readout");
        fromState = new HoistedMap(scope.add("U_o", "H,2l", Init.glorotUniform(), s.hidden(), 2 * size));
        fromToken = new HoistedMap(scope.add("V_o", "E,2l", Init.glorotUniform(), s.embedding(), 2 * size));
        fromContext = new HoistedMap(scope.add("C_o", "C,2l", Init.glorotUniform(), s.context(), 2 * size));
        wide = new HeapSlab(2 * size);
        dWide = new HeapSlab(2 * size);
        features = new HeapSlab(size);
    }

    int size() {
        return size;
    }

    Slab forward(Slab S, Slab Y, Slab C) {
        Dtype dtype = S.rows().dtype();
        inputs = new Slab[] {S, Y, C};
        Slab t = wide.room(dtype, S.steps(), S.batch()).slab();
        fromState.forward(S.rows(), t.rows(), false); // (1)
        fromToken.forward(Y.rows(), t.rows(), true);
        fromContext.forward(C.rows(), t.rows(), true);
        Vec out = features.room(dtype, S.steps(), S.batch()).heap();
        out.maxOfPairs(wide.fetch(), features.size()); // (2)
        return features.push();
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
        features.require("MaxoutReadout.backward", dFeatures);
        Dtype dtype = inputs[0].rows().dtype();
        Vec d = features.pull(dtype, dFeatures).heap();
        Vec dAll = dWide.room(dtype, dFeatures.steps(), dFeatures.batch()).heap();
        dAll.maxOfPairsBackward(d, wide.heap(), features.size()); // (2') to the larger of each pair
        NativeMatrix dt = dWide.push().rows();
        return new Grad(back(fromState, 0, dt), back(fromToken, 1, dt), back(fromContext, 2, dt)); // (1')
    }

    private Slab back(HoistedMap map, int i, NativeMatrix dt) {
        Slab result = gradient(i, dt.dtype());
        map.backward(inputs[i].rows(), dt, result.rows());
        return result;
    }

    private Slab gradient(int i, Dtype dtype) {
        int T = inputs[i].steps();
        int B = inputs[i].batch();
        long length = (long) T * B * widths[i];
        NativeArray memory = gradients[i];
        if (memory == null || memory.length() < length) {
            close(memory);
            memory = NativeArray.allocate(dtype, length);
            gradients[i] = memory;
        }
        return new Slab(memory.matrix(0, T * B, widths[i]), T, B);
    }

    @Override
    public void close() {
        fromState.close();
        fromToken.close();
        fromContext.close();
        wide.close();
        dWide.close();
        features.close();
        for (int i = 0; i < gradients.length; i++) {
            close(gradients[i]);
            gradients[i] = null;
        }
    }

    private static void close(@Nullable NativeArray memory) {
        if (memory != null) {
            memory.close();
        }
    }
}
