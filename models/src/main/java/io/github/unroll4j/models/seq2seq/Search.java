// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.internal.Softmax;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.decoding.Decoding;
import io.github.unroll4j.models.decoding.SamplingPolicy;
import io.github.unroll4j.models.internal.Diverged;
import io.github.unroll4j.text.WordVocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Finds targets for a batch of sources, token by token: the most likely ones, or drawn ones. */
final class Search {
    private final TokenSteps model;
    private final Softmax softmax = new Softmax();
    private double[][] rows = {};

    Search(TokenSteps model) {
        this.model = model;
    }

    /**
     * The best targets of each source.
     *
     * @param sources token ids of each, one or more
     * @param how the search
     * @return for each source its hypotheses, best first
     */
    List<List<Hypothesis>> search(List<int[]> sources, Decoding how) {
        List<Beam> beams = new ArrayList<>();
        for (int b = 0; b < sources.size(); b++) {
            beams.add(new Beam(how, b * how.beams()));
        }
        model.begin(sources, how.beams());
        int[] inputs = new int[sources.size() * how.beams()];
        for (int i = 0; beams.stream().anyMatch(beam -> !beam.done()); i++) {
            for (int row = 0; row < inputs.length; row++) {
                inputs[row] = beams.get(row / how.beams()).input(row % how.beams());
            }
            double[][] logProbabilities = step(inputs, i);
            int[] parents = new int[inputs.length];
            Arrays.setAll(parents, row -> row);
            beams.forEach(beam -> beam.step(logProbabilities, model::weights, parents));
            model.select(parents);
        }
        return beams.stream().map(Beam::result).toList();
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
        int B = sources.size();
        model.begin(sources, 1);
        int[] inputs = new int[B];
        Arrays.fill(inputs, WordVocabulary.SOS_ID);
        List<SampledTarget> targets =
                rngs.stream().map(rng -> new SampledTarget(rng, maxLength)).toList();
        for (int i = 0; targets.stream().anyMatch(target -> !target.done()); i++) {
            double[][] logProbabilities = step(inputs, i);
            for (int b = 0; b < B; b++) {
                int row = b;
                inputs[b] = targets.get(b).next(logProbabilities[b], policy, () -> model.weights(row));
            }
        }
        return targets.stream().map(SampledTarget::hypothesis).toList();
    }

    /** ln p of each token, [rows][V], valid until the next step; -∞ for {@code <SOS>}, which is never a target. */
    private double[][] step(int[] inputs, int position) {
        Vec logits = model.step(inputs, position);
        int V = model.tokens();
        if (rows.length < inputs.length) {
            rows = new double[inputs.length][V];
        }
        for (int row = 0; row < inputs.length; row++) {
            double logSum = softmax.logSumExp(logits, row * V, V);
            Diverged.requireFinite("Translator.translate", "the log-sum of the logits of step " + position, logSum);
            double[] p = rows[row];
            logits.widen(p, row * V);
            p[WordVocabulary.SOS_ID] = Double.NEGATIVE_INFINITY;
            for (int id = 0; id < V; id++) {
                p[id] -= logSum;
            }
        }
        return rows;
    }
}
