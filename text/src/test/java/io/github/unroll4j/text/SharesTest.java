// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SharesTest {
    private static int[] equal(int B) {
        int[] lengths = new int[B];
        Arrays.fill(lengths, 9);
        return lengths;
    }

    /** Rows times the steps of the longest, of the dearest part. */
    private static int dearest(int[] bounds, int[] lengths) {
        int most = 0;
        for (int i = 0; i + 1 < bounds.length; i++) {
            int longest = Arrays.stream(lengths, bounds[i], bounds[i + 1]).max().orElseThrow();
            most = Math.max(most, Math.max(1, longest) * (bounds[i + 1] - bounds[i]));
        }
        return most;
    }

    @Test
    void rowsOfOneLengthAreCutEvenly() {
        assertThat(Shares.cut(1, equal(5))).containsExactly(0, 5);
        assertThat(Shares.cut(2, equal(5))).containsExactly(0, 2, 5);
        assertThat(Shares.cut(3, equal(50))).containsExactly(0, 16, 33, 50);
        assertThat(Shares.cut(9, equal(4))).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void rowsOfUnlikeLengthsAreCutByWork() {
        assertThat(Shares.cut(2, new int[] {20, 20, 5, 5, 5, 5, 5, 5, 5, 5})).containsExactly(0, 2, 10);
        assertThat(Shares.cut(2, new int[] {1, 1, 1, 1, 9, 9}, new int[] {1, 1, 1, 1, 9, 9}))
                .containsExactly(0, 4, 6);
    }

    @Test
    void noOtherCutIsDearerByMoreThanTheMarginThatKeepsSizesEqual() {
        Random random = new Random(1);
        for (int trial = 0; trial < 500; trial++) {
            int[] lengths = random.ints(2 + random.nextInt(12), 0, 12).toArray();
            int parts = 2 + random.nextInt(3);

            int[] bounds = Shares.cut(parts, lengths);

            assertThat(bounds.length - 1).isBetween(1, parts);
            assertThat(bounds[0]).isZero();
            assertThat(bounds[bounds.length - 1]).isEqualTo(lengths.length);
            assertThat(bounds).isSorted().doesNotHaveDuplicates();
            assertThat((double) dearest(bounds, lengths)).isLessThanOrEqualTo(1.05 * least(lengths, parts, 0));
        }
    }

    /** The least cost of the dearest part, by trying all cuts. */
    private static int least(int[] lengths, int parts, int from) {
        int all = dearest(new int[] {from, lengths.length}, lengths);
        int best = all;
        for (int to = from + 1; parts > 1 && to < lengths.length; to++) {
            int first = dearest(new int[] {from, to}, lengths);
            best = Math.min(best, Math.max(first, least(lengths, parts - 1, to)));
        }
        return best;
    }

    @Test
    void aWindowIsTheSumOfItsParts() {
        Random random = new Random(2);
        int[] ids = random.ints(101, 0, 9).toArray();
        for (Window window : Windows.of(ids, 6, 5)) {
            List<Window> parts = window.split(3);
            int row = 0;
            for (Window part : parts) {
                assertThat(part.steps()).isEqualTo(window.steps());
                for (int b = 0; b < part.batch(); b++, row++) {
                    assertThat(part.lengths()[b]).isEqualTo(window.lengths()[row]);
                    assertThat(part.resets()[b]).isEqualTo(window.resets()[row]);
                    for (int t = 0; t < window.steps(); t++) {
                        assertThat(part.inputs()[t * part.batch() + b]).isEqualTo(window.inputs()[t * 5 + row]);
                        assertThat(part.targets()[t * part.batch() + b]).isEqualTo(window.targets()[t * 5 + row]);
                    }
                }
            }
            assertThat(row).isEqualTo(5);
        }
    }

    @Test
    void aBatchOfPairsIsTheSumOfItsParts() {
        Random random = new Random(3);
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < 11; i++) {
            pairs.add(new Pair(
                    random.ints(random.nextInt(9), 3, 9).toArray(),
                    random.ints(random.nextInt(9), 3, 9).toArray()));
        }
        int from = 0;
        for (PairBatch part : PairBatch.of(pairs).split(4)) {
            PairBatch expected = PairBatch.of(pairs.subList(from, from + part.batch()));
            assertThat(part.source()).containsExactly(expected.source());
            assertThat(part.sourceLengths()).containsExactly(expected.sourceLengths());
            assertThat(part.inputs()).containsExactly(expected.inputs());
            assertThat(part.targets()).containsExactly(expected.targets());
            assertThat(part.targetLengths()).containsExactly(expected.targetLengths());
            from += part.batch();
        }
        assertThat(from).isEqualTo(11);
    }

    @Test
    void noPartsAreRefused() {
        PairBatch batch = PairBatch.of(List.of(new Pair(new int[] {3}, new int[] {3})));
        assertThatThrownBy(() -> batch.split(0)).hasMessage("split: parts is 0, expected 1 or more");
    }
}
