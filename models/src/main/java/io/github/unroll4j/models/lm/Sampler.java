// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.layer.Linear;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.text.Vocabulary;

/** Writes text token by token: each chosen token is the next input. */
final class Sampler {
    private final Vocabulary vocabulary;
    private final Recurrent layers;
    private final Linear head;
    private final int[] input = new int[1];
    private final double[] logits;
    private State state;

    Sampler(Vocabulary vocabulary, Recurrent layers, Linear head) {
        this.vocabulary = vocabulary;
        this.layers = layers;
        this.head = head;
        logits = new double[vocabulary.size()];
        state = layers.zeroState(1);
    }

    String generate(String prime, int count, SamplingPolicy policy, Rng rng) {
        if (count < 0) {
            throw new IllegalArgumentException("LanguageModel.generate: count is " + count + ", expected 0 or more.");
        }
        int[] read = prime.isEmpty() ? new int[] {0} : vocabulary.encode(prime);
        for (int id : read) {
            step(id);
        }
        int[] written = new int[count];
        for (int i = 0; i < count; i++) {
            written[i] = policy.choose(logits, rng);
            if (i + 1 < count) {
                step(written[i]);
            }
        }
        return vocabulary.decode(written);
    }

    private void step(int id) {
        input[0] = id;
        Run run = layers.forward(Sequence.ids(input, 1, 1), state);
        state = run.last();
        Vec row = head.forward(run.H());
        for (int i = 0; i < logits.length; i++) {
            logits[i] = row.get(i);
        }
    }
}
