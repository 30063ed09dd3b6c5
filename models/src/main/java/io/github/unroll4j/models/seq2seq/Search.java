// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.decoding.Decoding;
import io.github.unroll4j.models.decoding.SamplingPolicy;
import io.github.unroll4j.text.WordVocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Finds targets for a batch of sources, token by token: the most likely ones, or drawn ones.
 *
 * <p>A source begins with one row, and has as many as its beam has hypotheses from the second step on. What has ended
 * leaves the batch as soon as that makes it smaller by {@value #SHRINK} or more; a batch of another size costs about as
 * much as a step, because buffers and weights are laid out anew. Until then its rows run along and nobody looks.
 */
final class Search {
    private static final double SHRINK = 0.25;

    private final TokenSteps model;
    private final StepScores scores;
    private int rows;

    Search(TokenSteps model) {
        this.model = model;
        scores = new StepScores(model.tokens());
    }

    /**
     * The best targets of each source.
     *
     * @param sources token ids of each, one or more
     * @param how the search
     * @return for each source its hypotheses, best first
     */
    List<List<Hypothesis>> search(List<int[]> sources, Decoding how) {
        model.begin(sources);
        rows = sources.size();
        List<Beam> beams = IntStream.range(0, rows)
                .mapToObj(row -> new Beam(how, scores, row))
                .toList();
        List<Beam> live = new ArrayList<>(beams);
        for (int i = 0; ; i++) {
            int[] inputs = new int[rows];
            Arrays.fill(inputs, WordVocabulary.EOS_ID);
            live.forEach(beam -> beam.putInputs(inputs));
            scores.take(model.step(inputs, i), i);
            live.forEach(beam -> beam.step(model::weights));
            live.removeIf(Beam::done);
            if (live.isEmpty()) {
                return beams.stream().map(Beam::result).toList();
            }
            boolean again = (i == 0 && how.beams() > 1) || leaves(live.size() * how.beams());
            int[] parents = again
                    ? new int[live.size() * how.beams()]
                    : IntStream.range(0, rows).toArray();
            for (int j = 0; j < live.size(); j++) {
                live.get(j).move(parents, again ? j * how.beams() : live.get(j).firstRow());
            }
            model.select(parents);
            rows = parents.length;
        }
    }

    /** Whether so few of the rows are left that the batch is made smaller. */
    private boolean leaves(int left) {
        return left <= (1 - SHRINK) * rows;
    }

    /**
     * One target for each source, drawn token by token. What is drawn beside it does not matter.
     *
     * @param sources token ids of each, one or more
     * @param rngs a generator for each source
     * @param policy how a token is chosen
     * @param maxLength longest target without {@code <EOS>}
     * @return one hypothesis a source
     */
    List<Hypothesis> sample(List<int[]> sources, List<Rng> rngs, SamplingPolicy policy, int maxLength) {
        model.begin(sources);
        List<SampledTarget> targets =
                rngs.stream().map(rng -> new SampledTarget(rng, maxLength)).toList();
        List<SampledTarget> inRows = targets;
        int[] inputs = new int[targets.size()];
        Arrays.fill(inputs, WordVocabulary.SOS_ID);
        for (int i = 0; ; i++) {
            rows = inputs.length;
            scores.take(model.step(inputs, i), i);
            for (int b = 0; b < rows; b++) {
                int row = b;
                SampledTarget target = inRows.get(b);
                inputs[b] = target.done()
                        ? WordVocabulary.EOS_ID
                        : target.next(scores.read(b).logProbabilities(), policy, () -> model.weights(row));
            }
            List<SampledTarget> now = inRows;
            int[] going =
                    IntStream.range(0, rows).filter(b -> !now.get(b).done()).toArray();
            if (going.length == 0) {
                return targets.stream().map(SampledTarget::hypothesis).toList();
            }
            if (leaves(going.length)) {
                model.select(going);
                inRows = Arrays.stream(going).mapToObj(now::get).toList();
                int[] before = inputs;
                inputs = Arrays.stream(going).map(b -> before[b]).toArray();
            }
        }
    }
}
