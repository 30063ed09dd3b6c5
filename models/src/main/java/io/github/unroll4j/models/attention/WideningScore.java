// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.attention;

/** The double form of a score on float arrays: inputs are widened before the call and results rounded after it. */
final class WideningScore implements FloatScore {
    private final Score score;

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
        DoublePairs wide = widen(p);
        score.forward(wide);
        narrow(wide.e, p.e);
    }

    @Override
    public void backward(FloatPairs p) {
        DoublePairs wide = widen(p);
        score.backward(wide);
        narrow(wide.dq, p.dq);
        narrow(wide.dKey, p.dKey);
        narrow(wide.dp, p.dp);
    }

    private static DoublePairs widen(FloatPairs p) {
        return new DoublePairs(
                p.rows,
                p.positions,
                p.size,
                new DoublePairs.Arrays(
                        widen(p.q),
                        widen(p.key),
                        widen(p.p),
                        widen(p.e),
                        widen(p.de),
                        widen(p.dq),
                        widen(p.dKey),
                        widen(p.dp)));
    }

    private static double[] widen(float[] a) {
        double[] wide = new double[a.length];
        for (int k = 0; k < a.length; k++) {
            wide[k] = a[k];
        }
        return wide;
    }

    private static double[][] widen(float[][] as) {
        double[][] wide = new double[as.length][];
        for (int i = 0; i < as.length; i++) {
            wide[i] = widen(as[i]);
        }
        return wide;
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
