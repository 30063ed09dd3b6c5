// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.decoding.SamplingPolicy;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.text.PairBatch;
import io.github.unroll4j.text.WordVocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Runs a model's decoder step by step over a batch of sources, any number of rows a source. */
final class DecoderSteps implements TokenSteps {
    private static final Rng GREEDY = Rng.seeded(0);

    private final Workspace model;
    private List<int[]> sources = List.of();
    /** The source of each row. */
    private int[] sourceOf = {};
    /** The state before the next step; null where that is what the decoder was left with. */
    private @Nullable State state;

    DecoderSteps(Workspace model) {
        this.model = model;
    }

    @Override
    public void begin(List<int[]> of) {
        sources = of;
        int B = sources.size();
        sourceOf = IntStream.range(0, B).toArray();
        int[] lengths = sources.stream().mapToInt(s -> s.length).toArray();
        int S = Math.max(1, Arrays.stream(lengths).max().orElse(1));
        int[] ids = new int[S * B];
        for (int b = 0; b < B; b++) {
            for (int s = 0; s < lengths[b]; s++) {
                ids[s * B + b] = sources.get(b)[s];
            }
        }
        state = model.encode(Sequence.ids(ids, S, B), Pass.of(Lengths.of(S, lengths)));
        model.decoder().read(model.memory(), 1);
    }

    @Override
    public Vec step(int[] inputs, int position) {
        State before = state == null ? model.decoder().last() : state;
        state = null;
        Sequence.Ids ids = Sequence.ids(inputs.clone(), 1, inputs.length);
        return model.head().forward(model.decode(ids, before, position, Pass.full(1, inputs.length)));
    }

    @Override
    public void select(int[] rows) {
        if (Arrays.equals(rows, IntStream.range(0, sourceOf.length).toArray())) {
            return;
        }
        int[] of = Arrays.stream(rows).map(row -> sourceOf[row]).toArray();
        state = model.decoder().last().rows(rows);
        if (!Arrays.equals(of, sourceOf)) { // otherwise rows of one source have changed places
            model.decoder().select(rows);
            sourceOf = of;
        }
    }

    @Override
    public double[] weights(int row) {
        Optional<Vec> found = model.decoder().alpha(0);
        if (found.isEmpty()) {
            return new double[0];
        }
        double[] alpha = new double[found.get().length() / sourceOf.length];
        found.get().widen(alpha, row * alpha.length);
        int length = sources.get(sourceOf[row]).length;
        double[] weights = new double[length];
        boolean reversed = model.config().options().reversed();
        Arrays.setAll(weights, s -> alpha[reversed ? length - 1 - s : s]);
        return weights;
    }

    @Override
    public int tokens() {
        return model.head().b().size();
    }

    /**
     * Is told, before each step but the first, what the model finds most likely in a row, and may change the inputs of
     * that step.
     */
    interface Follower {
        void before(int t, IntUnaryOperator predicted);
    }

    /**
     * Runs step by step over given targets.
     *
     * @param batch the pairs
     * @param follower may write {@code inputs}
     * @param inputs [T·B] what the decoder reads
     */
    void follow(PairBatch batch, Follower follower, int[] inputs) {
        int V = tokens();
        follow(batch, inputs, (t, logits) -> {
            if (t + 1 < batch.targetSteps()) {
                follower.before(t + 1, b -> {
                    double[] row = new double[V];
                    logits.widen(row, b * V);
                    row[WordVocabulary.SOS_ID] = Double.NEGATIVE_INFINITY; // never a target
                    return SamplingPolicy.greedy().choose("Seq2Seq", row, GREEDY);
                });
            }
        });
    }

    /**
     * Where each step looks when it reads the targets of a batch: the weights of the first row, [T][S]; rows of none
     * without attention.
     */
    double[][] weights(PairBatch batch) {
        double[][] weights = new double[batch.targetSteps()][];
        follow(batch, batch.inputs(), (t, logits) -> weights[t] = weights(0));
        return weights;
    }

    /** What happens after a step. */
    private interface After {
        void step(int t, Vec logits);
    }

    private void follow(PairBatch batch, int[] inputs, After after) {
        int B = batch.batch();
        List<int[]> read = new ArrayList<>();
        for (int b = 0; b < B; b++) {
            int[] ids = new int[batch.sourceLengths()[b]];
            for (int s = 0; s < ids.length; s++) {
                ids[s] = batch.source()[s * B + b];
            }
            read.add(ids);
        }
        begin(read);
        for (int t = 0; t < batch.targetSteps(); t++) {
            after.step(t, step(Arrays.copyOfRange(inputs, t * B, (t + 1) * B), t));
        }
    }
}
