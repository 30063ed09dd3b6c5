// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.layer.Linear;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.text.Vocabulary;
import java.util.Arrays;
import java.util.function.IntConsumer;

/** Writes text token by token: each chosen token is the next input. */
final class Sampler {
    private final Vocabulary vocabulary;
    private final Recurrent layers;
    private final Linear head;
    private final int[] input = new int[1];
    private final Sequence one = Sequence.ids(input, 1, 1);
    private final Pass pass = Pass.full(1, 1);
    private final double[] logits;
    private final State state;

    Sampler(Vocabulary vocabulary, Recurrent layers, Linear head) {
        this.vocabulary = vocabulary;
        this.layers = layers;
        this.head = head;
        logits = new double[vocabulary.size()];
        state = layers.zeroState(1);
    }

    int[] write(Generation request, Rng rng, IntConsumer reader) {
        int[] banned = request.bannedIds(vocabulary);
        StopFilter written = new StopFilter(request.stopIds(vocabulary), reader, request.maximum());
        read(request.primeIds(vocabulary));
        for (int i = 0; i < request.maximum(); i++) {
            for (int id : banned) {
                logits[id] = Double.NEGATIVE_INFINITY;
            }
            int id = request.policy().choose("LanguageModel.generate", logits, rng);
            if (written.endsWith(id)) {
                break;
            }
            if (i + 1 < request.maximum()) {
                step(id);
            }
        }
        return written.finish();
    }

    /** Reads all at once but the last, whose logits are the first to choose by. */
    private void read(int[] ids) {
        int last = ids.length - 1;
        for (int from = 0; from < last; from += Scoring.STEPS) {
            int[] piece = Arrays.copyOfRange(ids, from, Math.min(from + Scoring.STEPS, last));
            layers.forward(Sequence.ids(piece, piece.length, 1), state).stateInto(piece.length, state);
        }
        step(ids[last]);
    }

    private void step(int id) {
        input[0] = id;
        Run run = layers.forward(one, state, pass);
        run.stateInto(1, state);
        Vec row = head.forward(run.H());
        for (int i = 0; i < logits.length; i++) {
            logits[i] = row.get(i);
        }
    }
}
