// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.testing;

import io.github.unroll4j.core.check.GradientCheck;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The gradient check of any layer in double: all parameters, x unless it is ids, and every part of the initial state.
 */
public final class RecurrentCheck {
    private final Recurrent layer;
    private final LayerCase random;
    private @Nullable Tensor dX;
    private State dS0;

    private RecurrentCheck(Recurrent layer, LayerCase random) {
        this.layer = layer;
        this.random = random;
        dS0 = random.s0().zerosLike();
    }

    /** A check with random weights, input, states and upstream gradients. */
    public static GradientCheck of(Recurrent layer, Parameters parameters, Lengths lengths, long seed) {
        Rng rng = Rng.seeded(seed);
        LayerCase.shake(parameters, rng);
        return of(layer, parameters, LayerCase.random(layer, Dtype.DOUBLE, lengths, rng));
    }

    /** A check of the weights as they are; with noise, every pass draws the same masks. */
    public static GradientCheck of(Recurrent layer, Parameters parameters, LayerCase random) {
        RecurrentCheck rig = new RecurrentCheck(layer, random);
        GradientCheck check =
                GradientCheck.of(() -> rig.random.loss(layer), rig::backward).parameters(parameters);
        if (random.x() instanceof Slab numbers) {
            check.input("x", Numbers.of(numbers), () -> Objects.requireNonNull(rig.dX));
        }
        State s0 = rig.random.s0();
        for (String part : s0.names()) {
            check.input(part + "0", s0.part(part), () -> rig.dS0.part(part));
        }
        return check;
    }

    private void backward(double upstream) {
        Run run = layer.forward(random.x(), random.s0(), random.pass());
        Tensor dH = random.dH().copy();
        dH.data().scale(0, dH.data().length(), upstream);
        State dLast = random.dLast().copy();
        dLast.parts().forEach(part -> part.data().scale(0, part.data().length(), upstream));
        Run.Grad grad = layer.backward(run, Sequence.of(dH), dLast);
        dX = random.x() instanceof Sequence.Ids ? null : grad.dX().toTensor();
        dS0 = grad.dS0();
    }
}
