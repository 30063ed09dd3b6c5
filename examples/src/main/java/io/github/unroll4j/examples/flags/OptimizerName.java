// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.flags;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.optim.Adagrad;
import io.github.unroll4j.optim.Adam;
import io.github.unroll4j.optim.AdamW;
import io.github.unroll4j.optim.Optimizer;
import io.github.unroll4j.optim.RmsProp;
import io.github.unroll4j.optim.Sgd;

/** The optimisers that a flag can name. */
enum OptimizerName {
    SGD {
        @Override
        Optimizer create(Parameters parameters, double weightDecay) {
            return new Sgd(parameters);
        }
    },
    ADAM {
        @Override
        Optimizer create(Parameters parameters, double weightDecay) {
            return new Adam(parameters);
        }
    },
    ADAMW {
        @Override
        Optimizer create(Parameters parameters, double weightDecay) {
            return new AdamW(parameters, Adam.BETA_1, Adam.BETA_2, Adam.EPSILON, weightDecay);
        }
    },
    RMSPROP {
        @Override
        Optimizer create(Parameters parameters, double weightDecay) {
            return new RmsProp(parameters);
        }
    },
    ADAGRAD {
        @Override
        Optimizer create(Parameters parameters, double weightDecay) {
            return new Adagrad(parameters);
        }
    };

    abstract Optimizer create(Parameters parameters, double weightDecay);
}
