// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.train;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.optim.Loss;
import java.util.function.LongToDoubleFunction;

/** One weight w, loss of batch i: a given number, gradient w + carried, where carried counts the batches so far. */
final class Descent implements Objective {
    final Parameters parameters;
    private final LongToDoubleFunction lossOf;
    private long carried;

    Descent(LongToDoubleFunction lossOf) {
        Parameters.Builder builder = Parameters.builder();
        builder.add("w", "1", Init.ones(), 1);
        parameters = builder.build(Dtype.DOUBLE, Rng.seeded(1));
        this.lossOf = lossOf;
    }

    double weight() {
        return parameters.values().get(0);
    }

    @Override
    public Parameters parameters() {
        return parameters;
    }

    @Override
    public Loss gradients(long iteration) {
        carried++;
        parameters.gradients().set(0, parameters.gradients().get(0) + weight() + carried);
        double nats = lossOf.applyAsDouble(iteration);
        return new Loss(2 * nats, 2, nats);
    }

    @Override
    public double epochs(long iteration) {
        return iteration / 10.0;
    }

    @Override
    public void writeTo(Checkpoint.Builder checkpoint) {
        checkpoint.put("carried", new long[] {carried});
    }

    @Override
    public void restore(Checkpoint checkpoint) {
        long saved = checkpoint.longs("carried")[0];
        if (saved < 0) {
            throw new IllegalArgumentException("Descent.restore: carried is " + saved + ", expected 0 or more.");
        }
        carried = saved;
    }
}
