// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.task;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.layer.Linear;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.train.Objective;
import io.github.unroll4j.optim.Loss;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.optim.Targets;
import java.util.Arrays;

/**
 * The copying problem (Hochreiter and Schmidhuber 1997, experiment 2 in spirit), in the form of Arjovsky, Shah and
 * Bengio (2016, arXiv:1511.06464): ten symbols of eight, blanks, a marker at step T+10, blanks. The net is to answer
 * blanks until the marker, and then the ten symbols in order; the sequence has T+20 steps.
 *
 * <p>Who cannot remember answers blanks where they belong and guesses at the end: 10 ln 8 / (T+20) nats a step.
 */
public final class CopyProblem implements Objective {
    /** Symbols to remember, {@value}. */
    public static final int SYMBOLS = 10;

    /** Different symbols, {@value}. */
    public static final int KINDS = 8;

    /** Different tokens: the symbols, the blank and the marker. */
    public static final int TOKENS = KINDS + 2;

    private static final int BLANK = KINDS;
    private static final int MARKER = KINDS + 1;
    private static final String RANDOMNESS = "copy.rng";

    private final Recurrent layer;
    private final Linear head;
    private final Parameters parameters;
    private final SoftmaxCrossEntropy entropy = new SoftmaxCrossEntropy(TOKENS, Reduction.MEAN);
    private final int batch;
    private final int steps;
    private final int[] inputs;
    private final int[] targets;
    private final State zero;
    private Rng rng;

    /**
     * The problem for one network.
     *
     * @param layer reads the sequence
     * @param head answers at every step
     * @param parameters of both
     * @param delay T, steps from the last symbol to the marker, 1 or more
     * @param batch sequences of an iteration B
     * @param rng makes the sequences
     */
    public CopyProblem(Recurrent layer, Linear head, Parameters parameters, int delay, int batch, Rng rng) {
        this.layer = layer;
        this.head = head;
        this.parameters = parameters;
        this.batch = batch;
        this.rng = rng;
        steps = delay + 2 * SYMBOLS;
        inputs = new int[steps * batch];
        targets = new int[steps * batch];
        zero = layer.zeroState(batch);
        Arrays.fill(inputs, BLANK);
        Arrays.fill(targets, BLANK);
        Arrays.fill(inputs, (steps - SYMBOLS - 1) * batch, (steps - SYMBOLS) * batch, MARKER);
    }

    /**
     * The loss of a net that remembers nothing.
     *
     * @param delay T
     * @return nats a step
     */
    public static double baseline(int delay) {
        return SYMBOLS * Math.log(KINDS) / (delay + 2 * SYMBOLS);
    }

    @Override
    public Parameters parameters() {
        return parameters;
    }

    @Override
    public Loss gradients(long iteration) {
        draw(rng);
        Run run = layer.forward(Sequence.ids(inputs, steps, batch), zero);
        Vec logits = head.forward(run.H());
        Loss loss = entropy.lossAndGradient(logits, Targets.of(targets, batch));
        layer.backward(run, head.backward(logits), zero.zerosLike());
        return loss;
    }

    /**
     * The loss on new sequences.
     *
     * @param seed of the sequences: the same seed, the same sequences
     * @param batches how many times B of them
     * @return nats a step
     */
    public double test(long seed, int batches) {
        Rng fresh = Rng.seeded(seed);
        double sum = 0;
        for (int i = 0; i < batches; i++) {
            draw(fresh);
            Vec logits = head.forward(
                    layer.forward(Sequence.ids(inputs, steps, batch), zero).H());
            sum += entropy.lossAndGradient(logits, Targets.of(targets, batch)).value();
        }
        return sum / batches;
    }

    /** Fills the ten symbols of the inputs, and of the targets. */
    private void draw(Rng random) {
        for (int row = 0; row < SYMBOLS * batch; row++) {
            int symbol = random.nextInt(KINDS);
            inputs[row] = symbol;
            targets[(steps - SYMBOLS) * batch + row] = symbol;
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
