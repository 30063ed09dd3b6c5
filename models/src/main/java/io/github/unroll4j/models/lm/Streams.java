// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.models.cell.State;
import java.util.Arrays;
import java.util.List;

/**
 * One token in each of more texts than one batch holds, on several threads.
 *
 * <p>The batches of {@link Steps} are done in rounds. In a round each thread steps some of them, the more the shorter
 * the answers are, because waking a thread costs as much as a small batch. After the round the calling thread tells the
 * reader, in the order of the texts.
 */
final class Streams {
    /** Log-probabilities that a thread writes in a round, unless one batch has more: 512 kB, half a core's cache. */
    private static final int ANSWERS = 1 << 16;

    private final Parameters weights;
    private final List<Steps> threads;
    private final int V;

    /**
     * Threads that step texts.
     *
     * @param weights read by all of them
     * @param threads what each steps by
     * @param V tokens of the vocabulary
     */
    Streams(Parameters weights, List<Steps> threads, int V) {
        this.weights = weights;
        this.threads = threads;
        this.V = V;
    }

    /**
     * Reads one token in each text.
     *
     * @param states (Changed) state of each
     * @param ids id of each, below V
     * @param reader is told of each in turn
     */
    void step(List<State> states, int[] ids, Session.Reader reader) {
        int[] batches = Steps.batches(ids.length);
        int largest = batches[1];
        int each = threads.size() == 1 ? 1 : Math.max(1, ANSWERS / largest / V);
        int most = Math.min(each * threads.size(), batches.length - 1);
        double[][] logProbabilities = new double[most * largest][V];
        for (int first = 0; first < batches.length - 1; first += most) {
            int[] at = Arrays.copyOfRange(batches, first, Math.min(first + most + 1, batches.length));
            int n = at.length - 1;
            weights.read(threads.size(), thread -> {
                Steps steps = threads.get(thread);
                for (int k = thread; k < n; k += threads.size()) {
                    int row = k * largest;
                    steps.stepBatch(
                            states.subList(at[k], at[k + 1]),
                            Arrays.copyOfRange(ids, at[k], at[k + 1]),
                            largest,
                            (b, rows, from) -> steps.logProbabilities(rows, from, logProbabilities[row + b]));
                }
            });
            for (int i = at[0]; i < at[n]; i++) {
                reader.read(i, logProbabilities[i - at[0]]);
            }
        }
    }
}
