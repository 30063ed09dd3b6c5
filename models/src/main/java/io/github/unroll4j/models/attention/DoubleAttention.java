// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.attention;

import io.github.unroll4j.core.tensor.DoubleVec;
import io.github.unroll4j.core.tensor.Vec;
import java.util.Arrays;
import java.util.function.Consumer;

/** The loops of attention on double arrays. */
final class DoubleAttention implements AttentionKernel {
    private final Consumer<DoublePairs> forward;
    private final Consumer<DoublePairs> backward;
    private final DoublePairs[] pairs;
    private final double[][] alpha;
    private final double[][] h;
    private final double[][] dh;
    private final double[] context;
    private final double[] dAlpha;
    private final int rows;
    private final int positions;
    private final int width;

    DoubleAttention(Consumer<DoublePairs> forward, Consumer<DoublePairs> backward, AttentionBuffers buf) {
        this.forward = forward;
        this.backward = backward;
        rows = buf.rows;
        positions = buf.positions;
        width = buf.width;
        alpha = arrays(buf.alpha);
        h = arrays(buf.h);
        dh = arrays(buf.dh);
        context = array(buf.context);
        dAlpha = array(buf.de);
        pairs = new DoublePairs[buf.steps];
        double[][] key = arrays(buf.key);
        double[][] dKey = arrays(buf.dKey);
        double[][] p = arrays(buf.p);
        double[][] dp = arrays(buf.dp);
        for (int t = 0; t < pairs.length; t++) {
            pairs[t] = new DoublePairs(
                    rows,
                    positions,
                    buf.size,
                    new DoublePairs.Arrays(array(buf.q[t]), key, p, alpha[t], dAlpha, array(buf.dq), dKey, dp));
        }
    }

    @Override
    public void scores(int t) {
        forward.accept(pairs[t]);
    }

    @Override
    public void scoresBack(int t) {
        backward.accept(pairs[t]);
    }

    @Override
    public void weigh(int t) {
        Arrays.fill(context, 0);
        for (int s = 0; s < positions; s++) {
            for (int b = 0; b < rows; b++) {
                Rows.addScaled(context, alpha[t][b * positions + s], h[s], b * width, width);
            }
        }
    }

    @Override
    public void weighBack(int t) {
        for (int s = 0; s < positions; s++) {
            for (int b = 0; b < rows; b++) {
                dAlpha[b * positions + s] = Rows.dot(context, h[s], b * width, width);
                Rows.addScaled(dh[s], alpha[t][b * positions + s], context, b * width, width);
            }
        }
    }

    private static double[] array(Vec v) {
        return ((DoubleVec) v).array();
    }

    private static double[][] arrays(Vec[] vs) {
        return Arrays.stream(vs).map(DoubleAttention::array).toArray(double[][]::new);
    }
}
