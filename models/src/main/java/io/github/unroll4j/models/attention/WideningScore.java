// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.attention;

import org.jspecify.annotations.Nullable;

/**
 * The double form of a score on float arrays: inputs are widened before the call and results rounded after it, at every step.
 */
final class WideningScore implements FloatScore {
    private final Score score;
    private @Nullable DoublePairs wide;

    WideningScore(Score score) {
        this.score = score;
    }

    @Override
    public ScoreSpec spec() {
        return score.spec();
    }

    @Override
    public void forward(DoublePairs p) {
        score.forward(p);
    }

    @Override
    public void backward(DoublePairs p) {
        score.backward(p);
    }

    @Override
    public void forward(FloatPairs p) {
        DoublePairs w = fit(p);
        widen(p.q, w.q);
        widen(p.key, w.key);
        widen(p.p, w.p);
        score.forward(w);
        narrow(w.e, p.e);
    }

    @Override
    public void backward(FloatPairs p) {
        DoublePairs w = fit(p);
        widen(p.q, w.q);
        widen(p.key, w.key);
        widen(p.p, w.p);
        widen(p.e, w.e);
        widen(p.de, w.de);
        widen(p.dq, w.dq);
        widen(p.dKey, w.dKey);
        widen(p.dp, w.dp);
        score.backward(w);
        narrow(w.dq, p.dq);
        narrow(w.dKey, p.dKey);
        narrow(w.dp, p.dp);
    }

    private DoublePairs fit(FloatPairs p) {
        DoublePairs w = wide;
        if (w == null || w.rows != p.rows || w.positions != p.positions) {
            w = new DoublePairs(
                    p.rows,
                    p.positions,
                    p.size,
                    new DoublePairs.Arrays(
                            new double[p.q.length],
                            like(p.key),
                            like(p.p),
                            new double[p.e.length],
                            new double[p.de.length],
                            new double[p.dq.length],
                            like(p.dKey),
                            like(p.dp)));
            wide = w;
        }
        return w;
    }

    private static double[][] like(float[][] as) {
        double[][] wide = new double[as.length][];
        for (int i = 0; i < as.length; i++) {
            wide[i] = new double[as[i].length];
        }
        return wide;
    }

    private static void widen(float[] from, double[] to) {
        for (int k = 0; k < to.length; k++) {
            to[k] = from[k];
        }
    }

    private static void widen(float[][] from, double[][] to) {
        for (int i = 0; i < to.length; i++) {
            widen(from[i], to[i]);
        }
    }

    private static void narrow(double[] from, float[] to) {
        for (int k = 0; k < to.length; k++) {
            to[k] = (float) from[k];
        }
    }

    private static void narrow(double[][] from, float[][] to) {
        for (int i = 0; i < to.length; i++) {
            narrow(from[i], to[i]);
        }
    }
}
