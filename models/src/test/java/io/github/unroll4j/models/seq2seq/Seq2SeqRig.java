// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.check.GradientCheck;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.sequence.Noise;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.text.PairBatch;
import java.util.List;

/**
 * Gradient checks of a whole model as a program trains it: {@link Seq2Seq#learn} on a batch, with the same masks each
 * time.
 *
 * <p>Parameters are moved away from where they are, by a vector x that is the checked input, so that the differences
 * can be of fourth order: those of second order of (8 f(x) - f(2x))/6 are [8 f(h) - 8 f(-h) - f(2h) + f(-2h)]/12h.
 * Those of f itself, off by h² times a third derivative, miss the tolerance in some combination out of a thousand;
 * these are off by h⁴ times the fifth. That allows a step ten times as long, which takes the rounding of the loss ten
 * times less seriously: parameters move by {@value #STRETCH} x.
 */
final class Seq2SeqRig implements AutoCloseable {
    private static final double STRETCH = 10;

    private final Seq2Seq model;
    private final PairBatch batch;
    private final SoftmaxCrossEntropy loss;

    Seq2SeqRig(Seq2Seq model, PairBatch batch, SoftmaxCrossEntropy loss) {
        this.model = model;
        this.batch = batch;
        this.loss = loss;
    }

    Seq2SeqRig(Combination one) {
        this(one.model(), one.batch(), one.loss());
    }

    Seq2Seq model() {
        return model;
    }

    private double learn() {
        return model.learn(batch, loss, Noise.of(Rng.seeded(9))).value();
    }

    /** From a loss, nothing is upstream: 1, or 0 where nothing is asked for. */
    private void backward(double upstream) {
        if (upstream != 0) {
            learn();
        }
    }

    /**
     * The parameters where they are: for what a check says beside derivatives, that gradients add up and passes repeat.
     */
    GradientCheck inPlace() {
        return GradientCheck.of(this::learn, this::backward).parameters(model.parameters());
    }

    /** Every single derivative. */
    GradientCheck everyNumber() {
        List<Way> ways = model.parameters().list().stream()
                .map(p -> new Way(p, Tensor.zeros(Dtype.DOUBLE, p.size()), Tensor.zeros(Dtype.DOUBLE, p.size())))
                .toList();
        return check(ways);
    }

    /**
     * One derivative a parameter, along a random direction of length 1, so that the step along it is as long as that of
     * a single number.
     */
    GradientCheck alongEveryParameter() {
        List<Way> ways = model.parameters().list().stream()
                .map(p -> new Way(p, Tensor.zeros(Dtype.DOUBLE, 1), Tensor.zeros(Dtype.DOUBLE, 1)))
                .toList();
        return check(ways);
    }

    /**
     * A parameter, how far it is moved, each number by itself or all along a direction, and the gradient of that.
     *
     * @param p the parameter
     * @param by how far
     * @param gradient of {@code by}
     */
    private record Way(Parameter p, Tensor by, Tensor gradient) {
        boolean along() {
            return by.data().length() < p.size();
        }
    }

    private GradientCheck check(List<Way> ways) {
        Parameters parameters = model.parameters();
        Vec start = parameters.values().copy();
        Vec direction = directions(parameters);
        GradientCheck check = GradientCheck.of(
                () -> (8 * moved(ways, STRETCH, start, direction) - moved(ways, 2 * STRETCH, start, direction)) / 6,
                upstream -> {
                    move(ways, 0, start, direction);
                    parameters.zeroGradients();
                    backward(upstream);
                    ways.forEach(way -> read(way, direction));
                });
        ways.forEach(way -> check.input(way.p().name(), way.by(), way::gradient));
        return check;
    }

    private double moved(List<Way> ways, double factor, Vec start, Vec direction) {
        move(ways, factor, start, direction);
        return learn();
    }

    private static void move(List<Way> ways, double factor, Vec start, Vec direction) {
        for (Way way : ways) {
            Parameter p = way.p();
            Vec values = p.values();
            values.copy(p.offset(), start, p.offset(), p.size());
            if (way.along()) {
                double by = factor * way.by().data().get(0);
                values.addScaled(p.offset(), by, direction, p.offset(), p.size());
            } else {
                values.addScaled(p.offset(), factor, way.by().data(), 0, p.size());
            }
            p.owner().changed();
        }
    }

    private static void read(Way way, Vec direction) {
        Parameter p = way.p();
        if (!way.along()) {
            way.gradient().data().copy(0, p.gradients(), p.offset(), p.size());
            way.gradient().data().scale(0, p.size(), STRETCH);
            return;
        }
        double sum = 0;
        for (int i = p.offset(); i < p.offset() + p.size(); i++) {
            sum += p.gradients().get(i) * direction.get(i);
        }
        way.gradient().data().set(0, STRETCH * sum);
    }

    private static Vec directions(Parameters parameters) {
        Vec direction = parameters.values().copy();
        Rng rng = Rng.seeded(13);
        for (int i = 0; i < direction.length(); i++) {
            direction.set(i, rng.nextGaussian());
        }
        for (Parameter p : parameters.list()) {
            direction.scale(p.offset(), p.size(), 1 / Math.sqrt(direction.sumOfSquares(p.offset(), p.size())));
        }
        return direction;
    }

    @Override
    public void close() {
        model.close();
    }
}
