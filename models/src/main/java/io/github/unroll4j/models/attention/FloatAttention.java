// SPDX-License-Identifier: Apache-2.0
// Generated from DoubleAttention.java by tools/generate/FloatForms.java; edit that file instead.
package io.github.unroll4j.models.attention;

import io.github.unroll4j.core.tensor.FloatVec;
import io.github.unroll4j.core.tensor.Vec;
import java.util.Arrays;
import java.util.function.Consumer;

/** The loops of attention on float arrays. */
final class FloatAttention implements AttentionKernel {
    private final Consumer<FloatPairs> forward;
    private final Consumer<FloatPairs> backward;
    private final FloatPairs[] pairs;
    private final float[][] alpha;
    private final float[][] h;
    private final float[][] dh;
    private final float[] context;
    private final float[] dAlpha;
    private final int rows;
    private final int positions;
    private final int width;

    FloatAttention(Consumer<FloatPairs> forward, Consumer<FloatPairs> backward, AttentionBuffers buf) {
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
        pairs = new FloatPairs[buf.steps];
        float[][] key = arrays(buf.key);
        float[][] dKey = arrays(buf.dKey);
        float[][] p = arrays(buf.p);
        float[][] dp = arrays(buf.dp);
        for (int t = 0; t < pairs.length; t++) {
            pairs[t] = new FloatPairs(
                    rows,
                    positions,
                    buf.size,
                    new FloatPairs.Arrays(array(buf.q[t]), key, p, alpha[t], dAlpha, array(buf.dq), dKey, dp));
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

    private static float[] array(Vec v) {
        return ((FloatVec) v).array();
    }

    private static float[][] arrays(Vec[] vs) {
        return Arrays.stream(vs).map(FloatAttention::array).toArray(float[][]::new);
    }
}
