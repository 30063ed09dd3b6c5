// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.layer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Sequence;
import org.junit.jupiter.api.Test;

class EmbeddingTest {
    @Test
    void looksUpRowsAndAddsTheirGradients() {
        Parameters.Builder p = Parameters.builder();
        try (Embedding embedding = new Embedding("e", 3, 2, 0, p)) {
            Parameters parameters = p.build(Dtype.FLOAT, Rng.seeded(1));
            embedding.W().set(1, 2, 3, 4, 5, 6);
            Sequence.Ids ids = Sequence.ids(new int[] {2, 0, 2, -7}, 2, 2);

            Tensor X = embedding.forward(ids, Pass.of(Lengths.of(2, 2, 1))).toTensor();
            assertThat(X.data().toDoubles()).containsExactly(5, 6, 1, 2, 5, 6, 0, 0);

            embedding.backward(Sequence.of(X));
            assertThat(parameters.gradients().toDoubles()).containsExactly(1, 2, 0, 0, 10, 12);
            assertThat(embedding.W().rows().count()).isEqualTo(2);

            parameters.zeroGradients();
            assertThat(parameters.gradients().toDoubles()).containsOnly(0);
            assertThat(embedding.W().rows().count()).isZero();
        }
    }
}
