// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.optim;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import java.util.Random;

/** Parameters and numbers for the tests of this package. */
final class Fixtures {
    private Fixtures() {}

    /** Creates one parameter vector of zeros for each size. */
    static Parameters parameters(Dtype dtype, int... sizes) {
        Parameters.Builder builder = Parameters.builder();
        for (int i = 0; i < sizes.length; i++) {
            builder.add("p" + i, "N", Init.zeros(), sizes[i]);
        }
        return builder.build(dtype, Rng.seeded(1));
    }

    /** Creates one parameter with the given values. */
    static Parameters of(Dtype dtype, double... values) {
        Parameters parameters = parameters(dtype, values.length);
        write(parameters.values(), values);
        return parameters;
    }

    static void write(Vec to, double... numbers) {
        to.copy(0, Vec.of(to.dtype(), numbers), 0, numbers.length);
    }

    /** Sets the gradient and takes one step. */
    static void step(Optimizer optimizer, Parameters parameters, double rate, double... gradient) {
        write(parameters.gradients(), gradient);
        optimizer.step(rate);
    }

    /** Draws normal numbers of very different sizes: most near 1, some near 1e-4 or 1e4. */
    static double[] normal(Random random, int n) {
        double[] numbers = new double[n];
        for (int i = 0; i < n; i++) {
            numbers[i] = random.nextGaussian() * Math.pow(10, random.nextInt(10) == 0 ? random.nextInt(9) - 4 : 0);
        }
        return numbers;
    }
}
