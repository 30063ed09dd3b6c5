// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.benchmarks;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.train.Objective;
import java.util.List;
import java.util.stream.Stream;

/** One training problem of synthetic data, under the name that the programs for other libraries use too. */
interface Problem {
    /** All problems. */
    static List<? extends Problem> all() {
        return Stream.concat(LanguageCase.ALL.stream(), PairCase.ALL.stream()).toList();
    }

    /** Its name. */
    String name();

    /** Real tokens that an iteration learns to predict. */
    double tokens();

    /**
     * Floating-point operations of the matrix products of an iteration, padding left out: each product forward is two
     * more backward, for its input and for its weights.
     */
    double productFlops();

    /**
     * Builds the model.
     *
     * @param dtype element type of the weights
     * @return the model and its data
     */
    Training open(Dtype dtype);

    /**
     * A model in training.
     *
     * @param objective its gradients
     * @param model to close at the end
     */
    record Training(Objective objective, AutoCloseable model) implements AutoCloseable {
        @Override
        public void close() {
            try {
                model.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
