// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PairBatchesTest {
    /** The source of pair i begins with token 3+i. Its lengths do not depend on i. */
    private static List<Pair> pairs(int count) {
        Random random = new Random(17);
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    int[] source = new int[1 + random.nextInt(30)];
                    source[0] = 3 + i;
                    return new Pair(source, new int[random.nextInt(30)]);
                })
                .toList();
    }

    /** Returns which pairs are in a batch, in its order. */
    private static List<Integer> members(PairBatch batch) {
        return IntStream.range(0, batch.batch())
                .mapToObj(b -> batch.source()[b] - 3)
                .toList();
    }

    private static List<Integer> epoch(PairBatches batches, int index) {
        List<Integer> order = new ArrayList<>();
        for (int n = 0; n < batches.perEpoch(); n++) {
            order.addAll(members(batches.at((long) index * batches.perEpoch() + n)));
        }
        return order;
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void everyEpochHasEachPairOnce(
            @ForAll @IntRange(min = 1, max = 300) int count,
            @ForAll @IntRange(min = 1, max = 20) int batch,
            @ForAll long seed,
            @ForAll @IntRange(max = 3) int epoch) {
        List<Integer> all = IntStream.range(0, count).boxed().toList();
        assertThat(epoch(PairBatches.shuffled(pairs(count), batch, seed), epoch))
                .containsExactlyInAnyOrderElementsOf(all);
        assertThat(epoch(PairBatches.sorted(pairs(count), batch), epoch)).containsExactlyInAnyOrderElementsOf(all);
    }

    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    void aBatchIsAFunctionOfItsNumberAndTheSeed(
            @ForAll @IntRange(min = 1, max = 100) int count,
            @ForAll @IntRange(min = 1, max = 9) int batch,
            @ForAll long seed,
            @ForAll @IntRange(max = 200) int n,
            @ForAll @IntRange(max = 200) int before) {
        PairBatches asked = PairBatches.shuffled(pairs(count), batch, seed);
        asked.at(before);
        PairBatch found = asked.at(n);
        PairBatch fresh = PairBatches.shuffled(pairs(count), batch, seed).at(n);
        assertThat(members(found)).isEqualTo(members(fresh));
        assertThat(found.inputs()).isEqualTo(fresh.inputs());
        assertThat(found.batch()).isBetween(1, batch);
    }

    @Test
    void epochsAndSeedsHaveOrdersOfTheirOwn() {
        PairBatches one = PairBatches.shuffled(pairs(100), 8, 1);
        PairBatches other = PairBatches.shuffled(pairs(100), 8, 2);
        assertThat(epoch(one, 0)).isNotEqualTo(epoch(one, 1)).isNotEqualTo(epoch(other, 0));
        assertThat(epoch(one, 1)).isNotEqualTo(epoch(other, 0)); // epoch 1 is not epoch 0 of the next seed
    }

    /** With uniform lengths up to 29, two pairs of a random batch would differ by ten on average. */
    @Test
    void pairsOfABatchAreOfAboutTheSameLength() {
        PairBatches batches = PairBatches.shuffled(pairs(1000), 10, 3);
        double range = 0;
        for (int n = 0; n < batches.perEpoch(); n++) {
            int[] lengths = batches.at(n).targetLengths();
            range += Arrays.stream(lengths).max().orElseThrow()
                    - Arrays.stream(lengths).min().orElseThrow();
        }
        // a pool of 200 has 30 lengths: ten in a row span 1.5 lengths, less one
        assertThat(range / batches.perEpoch()).isLessThan(2.5);
    }

    @Test
    void batchesDoNotComeInTheOrderOfTheirLengths() {
        PairBatches batches = PairBatches.shuffled(pairs(400), 10, 3);
        List<Integer> steps = IntStream.range(0, batches.perEpoch())
                .mapToObj(n -> batches.at(n).targetSteps())
                .toList();
        assertThat(steps).isNotEqualTo(steps.stream().sorted().toList());
        int rises = 0;
        for (int i = 1; i < steps.size(); i++) {
            rises += steps.get(i) >= steps.get(i - 1) ? 1 : 0;
        }
        assertThat(rises).isBetween(10, 30); // of 39
    }

    @Test
    void batchesForMeasuringAreSortedAndAlwaysTheSame() {
        PairBatches batches = PairBatches.sorted(pairs(50), 8);
        List<Integer> lengths = new ArrayList<>();
        for (PairBatch batch : batches) {
            Arrays.stream(batch.targetLengths()).forEach(lengths::add);
        }
        assertThat(lengths).hasSize(50).isSorted();
        assertThat(epoch(batches, 1)).isEqualTo(epoch(batches, 0));
        assertThat(batches.perEpoch()).isEqualTo(7);
        assertThat(batches.at(6).batch()).isEqualTo(2);
    }

    @Test
    void theIteratorGoesOverTheFirstEpoch() {
        PairBatches batches = PairBatches.shuffled(pairs(50), 8, 4);
        List<Integer> order = new ArrayList<>();
        batches.forEach(batch -> order.addAll(members(batch)));
        assertThat(order).isEqualTo(epoch(batches, 0));
    }

    @Test
    void theListMayChangeAfterwards() {
        List<Pair> mine = new ArrayList<>(pairs(5));
        PairBatches batches = PairBatches.shuffled(mine, 2, 1);
        mine.clear();
        assertThat(epoch(batches, 0)).hasSize(5);
    }

    @Test
    void theLargestBatchHoldsAllPairs() {
        for (PairBatches batches : List.of(
                PairBatches.sorted(pairs(3), Integer.MAX_VALUE),
                PairBatches.shuffled(pairs(3), Integer.MAX_VALUE, 1))) {
            assertThat(batches.perEpoch()).isEqualTo(1);
            assertThat(epoch(batches, 1)).containsExactlyInAnyOrder(0, 1, 2);
        }
    }

    @Test
    void noPairsAndNegativeNumbersAreRefused() {
        assertThatThrownBy(() -> PairBatches.shuffled(List.of(), 2, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("PairBatches: 0 pairs in batches of 2, expected at least one pair");
        assertThatThrownBy(() -> PairBatches.sorted(pairs(2), 0)).hasMessageContaining("batches of 0");
        PairBatches batches = PairBatches.sorted(pairs(2), 1);
        assertThatThrownBy(() -> batches.at(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("PairBatches.at: the index is -1, expected 0 or more");
    }
}
