// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.recorded;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.cells.RnnCell;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.layer.Linear;
import io.github.unroll4j.models.recorded.Recorded.Block;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;
import io.github.unroll4j.optim.Optimizer;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.Sgd;
import io.github.unroll4j.optim.SquaredError;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Two steps of plain descent that TensorFlow.js recorded: a layer, a linear map of its last output, squared errors. */
class RecordedTrainingTest {
    static Stream<Recorded> cases() {
        return RecordedOutputsTest.cases().filter(one -> one.attributes().containsKey("training"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void endsWhereItEndedThere(Recorded one) {
        assertThat(cases()).hasSize(2);
        Map<?, ?> training = (Map<?, ?>) one.attributes().getOrDefault("training", Map.of());
        boolean windows = training.containsKey("windows");
        double rate = Double.parseDouble("" + training.get("learning_rate"));
        Block x = one.in("x").turned();
        int T = x.shape()[0];
        int B = x.shape()[1];
        int H = one.in("recurrent_kernel").shape()[0];
        Parameters.Builder p = Parameters.builder();
        RnnCell cell =
                new RnnCell(H, RnnCell.Activation.TANH, one.has("bias") ? Layout.Biases.ONE : Layout.Biases.NONE);
        try (HoistedLayer layer = new HoistedLayer(cell, x.shape()[2], p);
                Linear dense = new Linear("dense", H, 1, p)) {
            Parameters parameters = p.build(Dtype.DOUBLE, Rng.seeded(1));
            Weights start = Weights.of(one, 0);
            for (Parameter own : parameters.list()) {
                String name = own.name();
                own.set(
                        name.startsWith("dense")
                                ? name.endsWith("W") ? one.in("dense_kernel").data() : new double[1]
                                : start.get(name.substring(name.lastIndexOf('.') + 1)));
            }
            Optimizer descent = new Sgd(parameters);
            State s0 = layer.zeroState(B);
            double losses = 0;
            for (int step = 0; step < 2; step++) {
                Run run = layer.forward(Sequence.of(Tensor.of(Vec.of(Dtype.DOUBLE, x.data()), x.shape())), s0);
                Slab last = (Slab) Sequence.of(Tensor.of(run.last().h().data(), 1, B, H));
                Vec y = dense.forward(last);
                double[] targets =
                        windows ? one.in("y").part(step).data() : one.in("y").data();
                losses += new SquaredError(1, Reduction.MEAN)
                        .lossAndGradient(
                                y,
                                Vec.of(Dtype.DOUBLE, targets),
                                IntStream.generate(() -> 1).limit(B).toArray())
                        .value();
                parameters.zeroGradients();
                Slab dLast = dense.backward(y);
                dense.b().gradients().fill(dense.b().offset(), 1, 0); // theirs has no bias
                Tensor dH = Tensor.zeros(Dtype.DOUBLE, T, B, H);
                dH.data().copy((T - 1) * B * H, dLast.read(), 0, B * H);
                State next = run.last();
                layer.backward(run, Sequence.of(dH), next.zerosLike());
                descent.step(rate);
                s0 = windows ? next : layer.zeroState(B);
            }
            if (windows) {
                one.check("mean_loss", losses / 2);
            } else {
                one.check("kernel", named(parameters, "W_x"));
                one.check("recurrent_kernel", named(parameters, "W_h"));
                one.check("dense_kernel", dense.W().valuesCopy());
            }
        }
    }

    private static double[] named(Parameters parameters, String name) {
        return parameters.list().stream()
                .filter(p -> p.name().endsWith("." + name))
                .findFirst()
                .orElseThrow()
                .valuesCopy();
    }
}
