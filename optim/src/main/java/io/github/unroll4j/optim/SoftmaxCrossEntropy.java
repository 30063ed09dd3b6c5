// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.optim;

import io.github.unroll4j.core.internal.Softmax;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.core.tensor.Vec;
import java.util.Objects;

/**
 * Softmax and cross-entropy in one step, over rows of logits and target ids.
 *
 * <p>For one row z with target y and label smoothing ε (Szegedy et al., 2016, and PyTorch):
 *
 * <pre>
 * ℓ     = (1 - ε) (lse(z) - z_y) + ε (lse(z) - mean(z))      lse(z) = ln Σ_k e^z_k
 * ∂ℓ/∂z = softmax(z) - (1 - ε) onehot(y) - ε/V
 * </pre>
 *
 * <p>The loss is computed without probabilities, so it is exact where a probability would underflow. A target with the
 * logit -∞ has the loss ∞, with a finite gradient. A row with NaN or +∞, or with -∞ only, gives NaN. Losses are
 * accumulated in double. Only the result is allocated. An instance has scratch memory: use it in one thread at a time.
 *
 * @since 0.1.0
 */
public final class SoftmaxCrossEntropy {
    private final int classes;
    private final Reduction reduction;
    private final double smoothing;
    private final Softmax softmax = new Softmax();

    /**
     * Creates the loss without label smoothing.
     *
     * @param classes V, the number of logits in a row
     * @param reduction how the losses of the rows become one number
     */
    public SoftmaxCrossEntropy(int classes, Reduction reduction) {
        this(classes, reduction, 0);
    }

    /**
     * Creates the loss.
     *
     * @param classes V, the number of logits in a row, 1 or more
     * @param reduction how the losses of the rows become one number
     * @param smoothing ε of label smoothing, in [0, 1)
     */
    public SoftmaxCrossEntropy(int classes, Reduction reduction, double smoothing) {
        Objects.requireNonNull(reduction, "reduction");
        if (classes < 1 || !(smoothing >= 0 && smoothing < 1)) {
            throw new IllegalArgumentException("SoftmaxCrossEntropy: classes is " + classes + " and smoothing is "
                    + smoothing + ", expected 1 or more classes and a smoothing in [0, 1).");
        }
        this.classes = classes;
        this.reduction = reduction;
        this.smoothing = smoothing;
    }

    /** {@return the same loss with scratch memory of its own, for another thread} */
    public SoftmaxCrossEntropy another() {
        return new SoftmaxCrossEntropy(classes, reduction, smoothing);
    }

    /** {@return V, the number of logits in a row} */
    public int classes() {
        return classes;
    }

    /**
     * Returns the loss and writes its gradient over the logits.
     *
     * @param logits (Accumulated) [T·B, V] from element 0 on. In: logits. Out: ∂value/∂logits, already reduced. Rows
     *     that do not count become exactly zero
     * @param targets the right class of each row
     * @return the loss
     * @throws io.github.unroll4j.core.tensor.ShapeException if there are fewer logits than T·B·V
     * @throws IllegalArgumentException if a target that counts is not a class; then nothing has changed
     */
    public Loss lossAndGradient(Vec logits, Targets targets) {
        int tokens = requireTokens("lossAndGradient", logits, targets);
        double scale = targets.scale(reduction, tokens);
        double nats = 0;
        double objective = 0;
        for (int row = 0; row < targets.rows(); row++) {
            int at = row * classes;
            if (!targets.counts(row)) {
                logits.fill(at, classes, 0);
                continue;
            }
            int target = at + targets.id(row);
            double logit = logits.get(target);
            double mean = mean(logits, at);
            double logSum = softmax.row(logits, at, classes); // softmax(z)
            nats += logSum - logit;
            objective += objective(logSum, logit, mean);
            scaleAndShift(logits, at, scale, -scale * smoothing / classes); // - ε/V, and the reduction
            logits.set(target, logits.get(target) - scale * (1 - smoothing)); // - (1 - ε) onehot(y)
        }
        return new Loss(nats, tokens, scale * objective);
    }

    /**
     * Returns the loss and writes the log-probability of each target. The logits do not change.
     *
     * @param logProbabilities (Output) T·B elements: ln p(target) of each row, without smoothing; 0 for a row that does
     *     not count
     * @param logits (Input) [T·B, V] from element 0 on
     * @param targets the right class of each row
     * @return the loss
     * @throws io.github.unroll4j.core.tensor.ShapeException if there are fewer logits than T·B·V, or the output is too
     *     short
     * @throws IllegalArgumentException if a target that counts is not a class; then nothing has changed
     */
    public Loss scoreInto(double[] logProbabilities, Vec logits, Targets targets) {
        int tokens = requireTokens("scoreInto", logits, targets);
        if (logProbabilities.length < targets.rows()) {
            String found = logProbabilities.length + " elements";
            throw ShapeException.of(
                    "SoftmaxCrossEntropy.scoreInto", "logProbabilities", found, "T·B=" + targets.rows(), "");
        }
        double nats = 0;
        double objective = 0;
        for (int row = 0; row < targets.rows(); row++) {
            logProbabilities[row] = 0;
            if (targets.counts(row)) {
                int at = row * classes;
                double logit = logits.get(at + targets.id(row));
                double logSum = softmax.logSumExp(logits, at, classes);
                logProbabilities[row] = logit - logSum;
                nats += logSum - logit;
                objective += objective(logSum, logit, mean(logits, at));
            }
        }
        return new Loss(nats, tokens, targets.scale(reduction, tokens) * objective);
    }

    private int requireTokens(String method, Vec logits, Targets targets) {
        if (logits.length() < (long) targets.rows() * classes) {
            String expected = "at least T·B·V = " + targets.rows() + "·" + classes;
            throw ShapeException.of(
                    "SoftmaxCrossEntropy." + method, "logits", logits.length() + " elements", expected, "");
        }
        return targets.requireTokens(classes);
    }

    private double mean(Vec logits, int at) {
        return smoothing == 0 ? 0 : logits.sum(at, classes) / classes;
    }

    private double objective(double logSum, double logit, double mean) {
        double loss = logSum - logit;
        return smoothing == 0 ? loss : (1 - smoothing) * loss + smoothing * (logSum - mean);
    }

    private void scaleAndShift(Vec z, int at, double scale, double shift) {
        if (scale == 1 && smoothing == 0) {
            return;
        }
        if (z.dtype() == Dtype.FLOAT) {
            scaleAndShift(z.floats(), at, at + classes, (float) scale, (float) shift);
        } else {
            scaleAndShift(z.doubles(), at, at + classes, scale, shift);
        }
    }

    // <double>
    private static void scaleAndShift(double[] z, int from, int to, double scale, double shift) {
        for (int k = from; k < to; k++) {
            z[k] = z[k] * scale + shift;
        }
    }
    // </double>

    // <float>
    private static void scaleAndShift(float[] z, int from, int to, float scale, float shift) {
        for (int k = from; k < to; k++) {
            z[k] = z[k] * scale + shift;
        }
    }
    // </float>
}
