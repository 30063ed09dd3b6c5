// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class EvaluationTest {

    @Test
    void aFairCoinIsOneBit() {
        Evaluation coin = new Evaluation(100 * Math.log(2), 100);

        assertThat(coin.nats()).isCloseTo(0.6931471805599453, within(1e-15));
        assertThat(coin.bitsPerToken()).isCloseTo(1, within(1e-15));
        assertThat(coin.perplexity()).isCloseTo(2, within(1e-14));
    }

    @Test
    void certaintyIsPerplexityOne() {
        Evaluation sure = new Evaluation(0, 5);

        assertThat(sure.nats()).isZero();
        assertThat(sure.bitsPerToken()).isZero();
        assertThat(sure.perplexity()).isEqualTo(1);
    }

    @Test
    void printsEveryUnit() {
        assertThat(new Evaluation(20, 10))
                .hasToString("2.0000 nats, 2.8854 bits per token, perplexity 7.389 over 10 tokens");
    }
}
