// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import io.github.unroll4j.core.internal.Softmax;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.layer.Linear;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads on in any number of texts, each from a state [1,·] of its own, which it changes.
 *
 * <p>One text is a matrix-vector product a map. Several are put together as the rows of one batch, at most {@value
 * #ROWS}, beyond which products gain nothing more, and of few different sizes: buffers are made anew for another number
 * of rows. So what is left of a batch is filled up with rows that nobody looks at. Rows have no influence on each other
 * beyond the rounding of a product, whose order of summation depends on the number of rows.
 */
final class Steps {
    /** Most texts in one batch. */
    static final int ROWS = 64;
    /** Rows of all steps in a piece of a longer text: enough for the hoisted products, which lay out weights anew. */
    static final int PIECE = 1024;

    private final Recurrent layers;
    private final Linear head;
    private int[] input = new int[0];
    private Sequence ids = Sequence.ids(new int[1], 1, 1);
    private Pass pass = Pass.full(1, 1);
    private @Nullable State batch;
    private final Softmax softmax = new Softmax();

    Steps(Recurrent layers, Linear head) {
        this.layers = layers;
        this.head = head;
    }

    /** Is told the logits of each text, those at {@code at} to {@code at + V - 1}, borrowed. */
    interface Reader {
        void logits(int i, Vec logits, int at);
    }

    /**
     * Reads one token in each text.
     *
     * @param states (Changed) state of each
     * @param tokens id of each, below V
     * @param reader is told of each in turn; the states of those that it is told of have moved
     */
    void step(List<State> states, int[] tokens, Reader reader) {
        int n = states.size();
        if (n == 1) {
            prepareInput(1);
            input[0] = tokens[0];
            reader.logits(0, forward(states.get(0)), 0);
            return;
        }
        int[] batches = batches(n);
        for (int i = 0; i < batches.length - 1; i++) {
            int from = batches[i];
            int[] some = Arrays.copyOfRange(tokens, from, batches[i + 1]);
            Reader its = (b, logits, at) -> reader.logits(from + b, logits, at);
            stepBatch(states.subList(from, batches[i + 1]), some, batches[1], its);
        }
    }

    /**
     * Reads one token in each text of a batch.
     *
     * @param states (Changed) state of each
     * @param tokens id of each, below V
     * @param largest texts in the largest of the batches beside this one
     * @param reader is told of each in turn
     */
    void stepBatch(List<State> states, int[] tokens, int largest, Reader reader) {
        State all = prepare(rows(largest));
        gather(states, all);
        Arrays.fill(input, 0);
        System.arraycopy(tokens, 0, input, 0, tokens.length);
        Vec logits = forward(all);
        scatter(all, states);
        int V = head.b().size();
        for (int b = 0; b < tokens.length; b++) {
            reader.logits(b, logits, b * V);
        }
    }

    /** The first text of each batch that {@link #step} makes of some texts, and their number. */
    static int[] batches(int texts) {
        int count = (texts + ROWS - 1) / ROWS;
        int each = count == 0 ? 0 : (texts + count - 1) / count;
        return IntStream.rangeClosed(0, count)
                .map(i -> Math.min(texts, i * each))
                .toArray();
    }

    /**
     * The log-probabilities of logits.
     *
     * @param logits (Input)
     * @param at first of them
     * @param logProbabilities (Output) V numbers
     */
    void logProbabilities(Vec logits, int at, double[] logProbabilities) {
        double logSum = softmax.logSumExp(logits, at, logProbabilities.length);
        logits.widen(logProbabilities, at);
        for (int id = 0; id < logProbabilities.length; id++) {
            logProbabilities[id] -= logSum;
        }
    }

    private Vec forward(State state) {
        Run run = layers.forward(ids, state, pass);
        run.stateInto(1, state);
        return head.forward(run.H());
    }

    /** The size of the batch that serves some texts. */
    private static int rows(int texts) {
        return texts <= 4 ? Integer.highestOneBit(2 * texts - 1) : (texts + 7) / 8 * 8;
    }

    private void prepareInput(int rows) {
        if (input.length != rows) {
            input = new int[rows];
            ids = Sequence.ids(input, 1, rows);
            pass = Pass.full(1, rows);
        }
    }

    private State prepare(int rows) {
        prepareInput(rows);
        State all = batch;
        if (all == null || all.h().size(0) != rows) {
            all = layers.zeroState(rows);
            batch = all;
        }
        return all;
    }

    /**
     * Reads whole texts, whose predictions nobody asks for.
     *
     * @param states (Changed) state of each
     * @param texts ids of each, below V; none or more
     */
    void read(List<State> states, List<int[]> texts) {
        List<Integer> byLength = IntStream.range(0, texts.size())
                .boxed()
                .filter(i -> texts.get(i).length > 0)
                .sorted(Comparator.comparingInt(i -> -texts.get(i).length))
                .toList();
        for (int from = 0; from < byLength.size(); from += ROWS) {
            List<Integer> some = byLength.subList(from, Math.min(byLength.size(), from + ROWS));
            readBatch(
                    some.stream().map(states::get).toList(),
                    some.stream().map(texts::get).toList());
        }
    }

    private void readBatch(List<State> states, List<int[]> texts) {
        int B = texts.size();
        State state = B == 1 ? states.get(0) : layers.zeroState(B);
        gather(states, state);
        int longest = texts.get(0).length;
        int piece = Math.max(1, PIECE / B);
        for (int from = 0; from < longest; from += piece) {
            int T = Math.min(piece, longest - from);
            int[] part = new int[T * B];
            int[] lengths = new int[B];
            for (int b = 0; b < B; b++) {
                lengths[b] = Math.max(0, Math.min(T, texts.get(b).length - from));
                for (int t = 0; t < lengths[b]; t++) {
                    part[t * B + b] = texts.get(b)[from + t];
                }
            }
            layers.forward(Sequence.ids(part, T, B), state, Pass.of(Lengths.of(T, lengths)))
                    .stateInto(T, state);
        }
        scatter(state, states);
    }

    private static void gather(List<State> states, State batch) {
        for (int b = 0; b < states.size(); b++) {
            copyRow(batch, b, states.get(b), 0);
        }
    }

    private static void scatter(State batch, List<State> states) {
        for (int b = 0; b < states.size(); b++) {
            copyRow(states.get(b), 0, batch, b);
        }
    }

    private static void copyRow(State target, int to, State source, int from) {
        for (int i = 0; i < target.parts().size(); i++) {
            int size = target.parts().get(i).size(1);
            target.parts().get(i).data().copy(to * size, source.parts().get(i).data(), from * size, size);
        }
    }
}
