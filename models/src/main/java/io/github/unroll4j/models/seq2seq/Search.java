// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Softmax;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.attention.Memory;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.lm.SamplingPolicy;
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

/** Runs a model's decoder step by step over a batch of sources, several rows a source. */
final class Search implements AutoCloseable {
    private static final Rng GREEDY = Rng.seeded(0);

    private final Seq2Seq model;
    private final Memory repeated;
    private final Softmax softmax = new Softmax();
    private Memory read;
    private double[][] rows = {};

    Search(Seq2Seq model) {
        this.model = model;
        repeated = new Memory(model.config().options().dtype(), model.config().annotation());
        read = repeated;
    }

    /** The best targets of each source. */
    List<List<Hypothesis>> search(List<int[]> sources, Decoding how) {
        List<Beam> beams = new ArrayList<>();
        boolean reversed = model.config().options().reversed();
        for (int b = 0; b < sources.size(); b++) {
            beams.add(new Beam(how, b * how.beams(), sources.get(b).length, reversed));
        }
        State state = begin(sources, how.beams());
        int[] inputs = new int[sources.size() * how.beams()];
        for (int i = 0; beams.stream().anyMatch(beam -> !beam.done()); i++) {
            for (int row = 0; row < inputs.length; row++) {
                inputs[row] = beams.get(row / how.beams()).input(row % how.beams());
            }
            double[][] logProbabilities = step(inputs, state, i);
            int[] parents = new int[inputs.length];
            Arrays.setAll(parents, row -> row);
            beams.forEach(beam -> beam.step(logProbabilities, this::alpha, parents));
            state = model.decoder().last().rows(parents);
        }
        return beams.stream().map(Beam::result).toList();
    }

    /** One target for each source, drawn token by token, each with a generator of its own: what stands beside it does not matter. */
    List<Hypothesis> sample(List<int[]> sources, List<Rng> rngs, SamplingPolicy policy, int maxLength) {
        int B = sources.size();
        State state = begin(sources, 1);
        int[] inputs = new int[B];
        Arrays.fill(inputs, WordVocabulary.SOS_ID);
        List<Drawn> drawn = new ArrayList<>();
        for (int b = 0; b < B; b++) {
            drawn.add(new Drawn(rngs.get(b), maxLength));
        }
        for (int i = 0; drawn.stream().anyMatch(d -> !d.done()); i++) {
            double[][] logProbabilities = step(inputs, state, i);
            for (int b = 0; b < B; b++) {
                int row = b;
                inputs[b] = drawn.get(b).next(logProbabilities[b], policy, () -> alpha(row));
            }
            state = model.decoder().last();
        }
        boolean reversed = model.config().options().reversed();
        List<Hypothesis> result = new ArrayList<>();
        for (int b = 0; b < B; b++) {
            result.add(drawn.get(b).hypothesis(sources.get(b).length, reversed));
        }
        return result;
    }

    /** Is told, before each step but the first, what the model finds most likely in a row, and may change the inputs of that step. */
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
        follow(batch, inputs, (t, logits) -> {
            if (t + 1 < batch.targetSteps()) {
                follower.before(t + 1, b -> SamplingPolicy.greedy().choose(logits[b], GREEDY));
            }
        });
    }

    /** Where each step looks when it reads the targets of a batch: the weights of the first row, [T][S]; rows of none without attention. */
    double[][] weights(PairBatch batch) {
        double[][] weights = new double[batch.targetSteps()][];
        follow(batch, batch.inputs(), (t, logits) -> weights[t] = alpha(0));
        return weights;
    }

    /** What happens after a step. */
    private interface After {
        void step(int t, double[][] logits);
    }

    private void follow(PairBatch batch, int[] inputs, After after) {
        int B = batch.batch();
        List<int[]> sources = new ArrayList<>();
        for (int b = 0; b < B; b++) {
            int[] ids = new int[batch.sourceLengths()[b]];
            for (int s = 0; s < ids.length; s++) {
                ids[s] = batch.source()[s * B + b];
            }
            sources.add(ids);
        }
        State state = begin(sources, 1);
        for (int t = 0; t < batch.targetSteps(); t++) {
            double[][] logits = logits(Arrays.copyOfRange(inputs, t * B, (t + 1) * B), state, t);
            state = model.decoder().last();
            after.step(t, logits);
        }
    }

    private State begin(List<int[]> sources, int rowsEach) {
        int B = sources.size();
        int[] lengths = sources.stream().mapToInt(s -> s.length).toArray();
        int S = Math.max(1, Arrays.stream(lengths).max().orElse(1));
        int[] ids = new int[S * B];
        for (int b = 0; b < B; b++) {
            for (int s = 0; s < lengths[b]; s++) {
                ids[s * B + b] = sources.get(b)[s];
            }
        }
        State state = model.encode(Sequence.ids(ids, S, B), Pass.of(Lengths.of(S, lengths)));
        int[] chosen = new int[B * rowsEach];
        Arrays.setAll(chosen, row -> row / rowsEach);
        read = model.memory();
        if (rowsEach > 1) {
            repeated.load(read, chosen);
            read = repeated;
        }
        model.decoder().read(read, 1);
        return rowsEach == 1 ? state : state.rows(chosen);
    }

    /** ln p of each token, [rows][V], valid until the next step. */
    private double[][] step(int[] inputs, State state, int position) {
        Vec logits = forward(inputs, state, position);
        double[][] logProbabilities = widened(logits, inputs.length);
        int V = model.target().size();
        for (int row = 0; row < inputs.length; row++) {
            double logSum = softmax.logSumExp(logits, row * V, V);
            if (!Double.isFinite(logSum)) {
                throw new IllegalStateException("Search: the logits of step " + position
                        + " are no finite numbers; likely cause: the weights are not numbers, training diverged.");
            }
            double[] p = logProbabilities[row];
            for (int id = 0; id < V; id++) {
                p[id] -= logSum;
            }
        }
        return logProbabilities;
    }

    /** The logit of each token, [rows][V], valid until the next step. */
    private double[][] logits(int[] inputs, State state, int position) {
        return widened(forward(inputs, state, position), inputs.length);
    }

    private Vec forward(int[] inputs, State state, int position) {
        Sequence.Ids ids = Sequence.ids(inputs.clone(), 1, inputs.length);
        return model.head().forward(model.decode(ids, state, position, Pass.full(1, inputs.length)));
    }

    /** A row for each input; -∞ for {@code <SOS>}, which is never a target. */
    private double[][] widened(Vec logits, int count) {
        int V = model.target().size();
        if (rows.length < count) {
            rows = new double[count][V];
        }
        for (int row = 0; row < count; row++) {
            logits.widen(rows[row], row * V);
            rows[row][WordVocabulary.SOS_ID] = Double.NEGATIVE_INFINITY;
        }
        return rows;
    }

    /** Where the latest step looked in a row, none without attention. */
    private double[] alpha(int row) {
        Optional<Vec> found = model.decoder().alpha(0);
        if (found.isEmpty()) {
            return new double[0];
        }
        double[] alpha = new double[read.positions()];
        found.get().widen(alpha, row * alpha.length);
        return alpha;
    }

    @Override
    public void close() {
        repeated.close();
    }
}
