// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.task;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.layer.Linear;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;
import io.github.unroll4j.models.train.Objective;
import io.github.unroll4j.optim.Loss;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.SquaredError;
import java.util.Arrays;

/**
 * The adding problem (Hochreiter and Schmidhuber 1997, experiment 4), in the form of Le, Jaitly and Hinton (2015,
 * arXiv:1504.00941): each step shows a number, uniform over [0, 1], and a marker; two steps, one in each half, have the
 * marker 1, all others 0; after the last step the net is to name the sum of the two marked numbers.
 *
 * <p>Who cannot remember does best with the mean, 1: its squared error is the variance of the sum, 2/12 = 0.1667.
 */
public final class AddingProblem implements Objective {
    /** The mean squared error of always answering 1, {@value}. */
    public static final double BASELINE = 2.0 / 12;

    /** Numbers in an input row: the number and its marker. */
    public static final int INPUTS = 2;

    private static final String RANDOMNESS = "adding.rng";

    private final Recurrent layer;
    private final Linear head;
    private final Parameters parameters;
    private final SquaredError error = new SquaredError(1, Reduction.MEAN);
    private final Tensor X;
    private final Vec targets;
    private final int[] lengths;
    private final State zero;
    private final Sequence nothing;
    private Rng rng;

    /**
     * The problem for one network.
     *
     * @param layer reads the sequence
     * @param head answers from the last state
     * @param parameters of both
     * @param steps T, 2 or more
     * @param batch sequences of an iteration B
     * @param rng makes the sequences
     */
    public AddingProblem(Recurrent layer, Linear head, Parameters parameters, int steps, int batch, Rng rng) {
        this.layer = layer;
        this.head = head;
        this.parameters = parameters;
        this.rng = rng;
        Dtype dtype = parameters.dtype();
        X = Tensor.zeros(dtype, steps, batch, INPUTS);
        targets = Vec.zeros(dtype, batch);
        lengths = new int[batch];
        Arrays.fill(lengths, 1); // one answer a sequence
        zero = layer.zeroState(batch);
        nothing = Sequence.of(Tensor.zeros(dtype, steps, batch, layer.outputSize()));
    }

    @Override
    public Parameters parameters() {
        return parameters;
    }

    @Override
    public Loss gradients(long iteration) {
        draw(rng);
        Run run = layer.forward(Sequence.of(X), zero);
        Vec y = head.forward(last(run));
        Loss loss = error.lossAndGradient(y, targets, lengths);
        // The loss sees the last output only, so its whole gradient enters through the last state.
        State dLast = zero.zerosLike();
        head.backward(y).rows().get(dLast.h().data(), 0);
        layer.backward(run, nothing, dLast);
        return loss;
    }

    /**
     * The mean squared error on new sequences.
     *
     * @param seed of the sequences: the same seed, the same sequences
     * @param batches how many times B of them
     * @return the error
     */
    public double test(long seed, int batches) {
        Rng fresh = Rng.seeded(seed);
        double sum = 0;
        for (int i = 0; i < batches; i++) {
            draw(fresh);
            Vec y = head.forward(last(layer.forward(Sequence.of(X), zero)));
            sum += error.lossAndGradient(y, targets, lengths).value();
        }
        return sum / batches;
    }

    private static Slab last(Run run) {
        Slab H = run.H();
        return new Slab(H.rows().rows((H.steps() - 1) * H.batch(), H.batch()), 1, H.batch());
    }

    /** Fills X and the targets. */
    private void draw(Rng random) {
        int T = X.size(0);
        int B = X.size(1);
        Vec x = X.data();
        for (int row = 0; row < T * B; row++) {
            x.set(INPUTS * row, random.nextDouble());
            x.set(INPUTS * row + 1, 0);
        }
        for (int b = 0; b < B; b++) {
            int first = INPUTS * (random.nextInt(T / 2) * B + b);
            int second = INPUTS * ((T / 2 + random.nextInt(T - T / 2)) * B + b);
            x.set(first + 1, 1);
            x.set(second + 1, 1);
            targets.set(b, x.get(first) + x.get(second));
        }
    }

    /** Nothing is read twice: there are no epochs. */
    @Override
    public double epochs(long iteration) {
        return 0;
    }

    @Override
    public void writeTo(Checkpoint.Builder checkpoint) {
        checkpoint.metadata(RANDOMNESS, rng.saveState());
    }

    @Override
    public void restore(Checkpoint checkpoint) {
        rng = checkpoint.rng(RANDOMNESS);
    }
}
