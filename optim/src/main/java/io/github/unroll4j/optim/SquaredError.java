// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.optim;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.core.tensor.Vec;
import java.util.Objects;

/**
 * The squared error between predicted and true numbers, for regression.
 *
 * <pre>
 * ℓ     = Σ (y - target)²
 * ∂ℓ/∂y = 2 (y - target)
 * </pre>
 *
 * <p>Up to a constant, this is -ln p(target) under a normal distribution around y with variance ½. In a {@link Loss},
 * the sum of squares therefore takes the place of the nats, and the count of numbers that of the tokens.
 * {@link Reduction#MEAN} is the mean squared error of PyTorch and Keras, over all N numbers of a row. Sums are in
 * double. Only the result is allocated.
 *
 * @since 0.1.0
 */
public final class SquaredError {
    private final int outputs;
    private final Reduction reduction;

    /**
     * Creates the loss.
     *
     * @param outputs N, how many numbers a row predicts, 1 or more
     * @param reduction how the squares become one number
     */
    public SquaredError(int outputs, Reduction reduction) {
        Objects.requireNonNull(reduction, "reduction");
        if (outputs < 1) {
            throw new IllegalArgumentException("SquaredError: outputs is " + outputs + ", expected 1 or more.");
        }
        this.outputs = outputs;
        this.reduction = reduction;
    }

    /**
     * Returns the loss and writes its gradient over the predictions.
     *
     * @param predictions (Accumulated) [T·B, N] from element 0 on. In: y. Out: ∂value/∂y, already reduced. Rows that do
     *     not count become exactly zero
     * @param targets (Input) [T·B, N]; what is in the padding is never read
     * @param lengths for each batch entry the number of time steps that count, 0 to T
     * @return the loss
     * @throws io.github.unroll4j.core.tensor.ShapeException if the targets are not whole time steps, or the predictions
     *     are fewer than the targets or of another element type
     * @throws IllegalArgumentException if a length is outside 0 to T; then nothing has changed
     */
    public Loss lossAndGradient(Vec predictions, Vec targets, int... lengths) {
        int steps = requireSteps(predictions, targets, lengths);
        int count = 0;
        for (int length : lengths) {
            count += length * outputs;
        }
        double scale = reduction.scale(count, lengths.length);
        double squares = 0;
        for (int t = 0; t < steps; t++) {
            for (int b = 0; b < lengths.length; b++) {
                int at = (t * lengths.length + b) * outputs;
                if (t < lengths[b]) {
                    squares += row(predictions, targets, at, 2 * scale);
                } else {
                    predictions.fill(at, outputs, 0);
                }
            }
        }
        return new Loss(squares, count, scale * squares);
    }

    private int requireSteps(Vec predictions, Vec targets, int... lengths) {
        int step = lengths.length * outputs;
        if (step == 0 || targets.length() % step != 0) {
            String expected = "T·B·N, B=" + lengths.length + ", N=" + outputs;
            throw ShapeException.of(
                    "SquaredError.lossAndGradient", "targets", targets.length() + " elements", expected, "");
        }
        if (predictions.length() < targets.length() || predictions.dtype() != targets.dtype()) {
            String found = predictions.length() + " elements of " + predictions.dtype();
            String expected = "at least " + targets.length() + " of " + targets.dtype() + " as the targets are";
            throw ShapeException.of("SquaredError.lossAndGradient", "predictions", found, expected, "");
        }
        int steps = targets.length() / step;
        Targets.requireLengths("SquaredError.lossAndGradient", steps, lengths);
        return steps;
    }

    private double row(Vec y, Vec target, int at, double scale) {
        return y.dtype() == Dtype.FLOAT
                ? row(y.floats(), target.floats(), at, scale)
                : row(y.doubles(), target.doubles(), at, scale);
    }

    private double row(double[] y, double[] target, int at, double scale) {
        double squares = 0;
        for (int k = at; k < at + outputs; k++) {
            double error = y[k] - target[k];
            squares += error * error;
            y[k] = scale * error;
        }
        return squares;
    }

    private double row(float[] y, float[] target, int at, double scale) {
        double squares = 0;
        for (int k = at; k < at + outputs; k++) {
            double error = (double) y[k] - target[k];
            squares += error * error;
            y[k] = (float) (scale * error);
        }
        return squares;
    }
}
