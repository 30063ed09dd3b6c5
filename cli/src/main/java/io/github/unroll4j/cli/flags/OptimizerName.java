// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.optim.Adadelta;
import io.github.unroll4j.optim.Adagrad;
import io.github.unroll4j.optim.Adam;
import io.github.unroll4j.optim.AdamW;
import io.github.unroll4j.optim.LazyAdam;
import io.github.unroll4j.optim.Optimizer;
import io.github.unroll4j.optim.RmsProp;
import io.github.unroll4j.optim.Sgd;

/** The optimisers that a flag can name. */
enum OptimizerName {
    SGD {
        @Override
        Optimizer create(Parameters parameters, double decay) {
            return new Sgd(parameters);
        }
    },
    ADAM {
        @Override
        Optimizer create(Parameters parameters, double decay) {
            return new Adam(parameters);
        }
    },
    LAZY_ADAM {
        @Override
        Optimizer create(Parameters parameters, double decay) {
            return new LazyAdam(parameters);
        }
    },
    ADAMW {
        @Override
        Optimizer create(Parameters parameters, double decay) {
            return new AdamW(parameters, Adam.BETA_1, Adam.BETA_2, Adam.EPSILON, decay);
        }
    },
    RMSPROP {
        @Override
        Optimizer create(Parameters parameters, double decay) {
            return new RmsProp(parameters, decay, RmsProp.EPSILON);
        }
    },
    ADAGRAD {
        @Override
        Optimizer create(Parameters parameters, double decay) {
            return new Adagrad(parameters);
        }
    },
    ADADELTA {
        @Override
        Optimizer create(Parameters parameters, double decay) {
            return new Adadelta(parameters);
        }
    };

    /**
     * A new optimiser.
     *
     * @param parameters what it moves
     * @param decay the weight decay of ADAMW, the ρ of RMSPROP
     */
    abstract Optimizer create(Parameters parameters, double decay);

    /** As it is written on the command line. */
    @Override
    public String toString() {
        return Choice.name(this);
    }
}
