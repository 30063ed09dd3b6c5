// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.decoding.Decoding;
import io.github.unroll4j.models.sequence.Noise;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.text.Pair;
import io.github.unroll4j.text.PairBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Named;

/**
 * What stands beside a sentence, in which order, how much padding follows it and what that holds: nothing of it changes
 * the sentence's loss, the gradient or the greedy output. Every kind of attention, both directions, lengths from 0 on.
 */
class PaddedPairsTest {
    /** Sums of a dozen losses around 1, from products that add up in another order: some hundred roundings of 1e-16. */
    private static final double ROUNDING = 1e-12;

    /** The same in single precision, of 6e-8 each, with losses of up to 30. */
    private static final double FLOAT_ROUNDING = 2e-4;

    /** A model, pairs, and a way to put them side by side. */
    record Setting(String config, int seed, List<Pair> pairs, int extraSource, int extraTarget, int padding) {
        PairBatch padded(List<Pair> some) {
            PairBatch tight = PairBatch.of(some);
            int B = tight.batch();
            int S = tight.sourceSteps() + extraSource;
            int T = tight.targetSteps() + extraTarget;
            return new PairBatch(
                    stretched(tight.source(), S, tight.sourceLengths()),
                    tight.sourceLengths(),
                    stretched(tight.inputs(), T, tight.targetLengths()),
                    stretched(tight.targets(), T, tight.targetLengths()),
                    Arrays.copyOf(tight.targetLengths(), B));
        }

        private int[] stretched(int[] ids, int steps, int[] lengths) {
            int B = lengths.length;
            int[] longer = new int[steps * B];
            for (int i = 0; i < longer.length; i++) {
                longer[i] = i / B < lengths[i % B] ? ids[i] : padding;
            }
            return longer;
        }
    }

    @Provide
    Arbitrary<Setting> settings() {
        List<String> names =
                Tiny.configsAndPresets().stream().map(Named::getName).toList();
        Arbitrary<Pair> pair = Combinators.combine(
                        Arbitraries.integers().between(0, 7),
                        Arbitraries.integers().between(0, 5),
                        Arbitraries.integers())
                .as((s, t, seed) -> new Pair(Tiny.source(Rng.seeded(seed), s), Tiny.target(Rng.seeded(seed), t)));
        return Combinators.combine(
                        Arbitraries.of(names),
                        Arbitraries.integers().between(0, 5),
                        pair.list().ofMinSize(1).ofMaxSize(6),
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.of(0, 1, 4, -1, -7, 12345, Integer.MAX_VALUE)) // most of them are no ids
                .as(Setting::new);
    }

    private static Seq2Seq model(Setting setting, Dtype dtype) {
        Seq2SeqConfig config = Tiny.config(setting.config());
        return Tiny.model(Tiny.with(config, config.options().dtype(dtype).dropout(0)), setting.seed());
    }

    private static double[] losses(Seq2Seq model, PairBatch batch) {
        double[] scores = model.score(batch);
        double[] losses = new double[batch.batch()];
        for (int i = 0; i < scores.length; i++) {
            losses[i % losses.length] -= scores[i];
        }
        return losses;
    }

    @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
    void noSentenceChangesItsLoss(@ForAll("settings") Setting setting, @ForAll Random order) {
        for (Dtype dtype : Dtype.values()) {
            double rounding = dtype == Dtype.DOUBLE ? ROUNDING : FLOAT_ROUNDING;
            try (Seq2Seq model = model(setting, dtype)) {
                List<Pair> shuffled = new ArrayList<>(setting.pairs());
                Collections.shuffle(shuffled, order);
                double[] together = losses(model, PairBatch.of(setting.pairs()));
                double[] padded = losses(model, setting.padded(setting.pairs()));
                double[] otherOrder = losses(model, setting.padded(shuffled));
                assertThat(padded).containsExactly(together, within(rounding));
                for (int i = 0; i < together.length; i++) {
                    Pair pair = setting.pairs().get(i);
                    double alone = losses(model, PairBatch.of(List.of(pair)))[0];
                    assertThat(together[i]).isFinite().isCloseTo(alone, within(rounding));
                    assertThat(otherOrder[shuffled.indexOf(pair)]).isCloseTo(alone, within(rounding));
                }
            }
        }
    }

    /** The gradient of a sum is the sum of the gradients, and that of padding is none. */
    @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
    void theGradientIsTheSumOfThoseOfTheSentences(@ForAll("settings") Setting setting) {
        SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(Tiny.TARGET.size(), Reduction.SUM, 0.1);
        try (Seq2Seq model = model(setting, Dtype.DOUBLE)) {
            model.parameters().zeroGradients();
            model.learn(setting.padded(setting.pairs()), loss, Noise.off());
            double[] together = model.parameters().gradients().toDoubles();
            model.parameters().zeroGradients();
            for (Pair pair : setting.pairs()) {
                model.learn(PairBatch.of(List.of(pair)), loss, Noise.off());
            }
            double[] apart = model.parameters().gradients().toDoubles();
            double largest = Arrays.stream(apart).map(Math::abs).max().orElse(0);
            assertThat(together).containsExactly(apart, within(1e-12 * Math.max(1, largest)));
        }
    }

    @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
    void noSentenceChangesItsGreedyOutput(@ForAll("settings") Setting setting, @ForAll Random order) {
        try (Seq2Seq model = model(setting, Dtype.DOUBLE)) {
            DecoderSteps steps = new DecoderSteps(model.first());
            Decoding greedy = Decoding.greedy().upTo(6);
            List<Pair> shuffled = new ArrayList<>(setting.pairs());
            Collections.shuffle(shuffled, order);
            List<List<Hypothesis>> together =
                    new Search(steps).search(shuffled.stream().map(Pair::source).toList(), greedy);
            for (int i = 0; i < shuffled.size(); i++) {
                Hypothesis alone = new Search(steps)
                        .search(List.of(shuffled.get(i).source()), greedy)
                        .get(0)
                        .get(0);
                assertThat(together.get(i).get(0).ids()).isEqualTo(alone.ids());
            }
        }
    }
}
