// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.text.Vocabulary;
import java.util.Arrays;
import java.util.function.IntConsumer;

/** A text that is being written: what it was asked for, its state, and the token that it reads next. */
final class Draft {
    private final Generation request;
    private final Rng rng;
    private final int[] banned;
    private final int[] prime;
    private final StopFilter written;
    private final State state;
    private int next;
    private int left;

    /**
     * A text of which nothing is written.
     *
     * @param request from where, how far, without what
     * @param rng source of its randomness
     * @param reader told of each id
     * @param vocabulary of the model
     * @param state that of a fresh start [1,·]; changed
     */
    Draft(Generation request, Rng rng, IntConsumer reader, Vocabulary vocabulary, State state) {
        this.request = request;
        this.rng = rng;
        this.state = state;
        banned = request.bannedIds(vocabulary);
        written = new StopFilter(request.stopIds(vocabulary), reader, request.maximum());
        prime = request.primeIds(vocabulary);
        next = prime[prime.length - 1];
        left = request.maximum();
    }

    State state() {
        return state;
    }

    /** What is read before the first step: the text to go on from, but for its last token. */
    int[] before() {
        return Arrays.copyOf(prime, prime.length - 1);
    }

    /** The token that the next step reads. */
    int next() {
        return next;
    }

    boolean done() {
        return left == 0;
    }

    /**
     * Chooses a token.
     *
     * @param logits (Overwritten) of each token
     */
    void choose(double[] logits) {
        for (int id : banned) {
            logits[id] = Double.NEGATIVE_INFINITY;
        }
        next = request.policy().choose("LanguageModel.generate", logits, rng);
        left = written.endsWith(next) ? 0 : left - 1;
    }

    /** All ids, after the reader has been told of the rest. */
    int[] finish() {
        return written.finish();
    }
}
