// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll4j.core.rng.Rng;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AdditionPairsTest {
    private static int[] numbers(TextPair pair) {
        return Arrays.stream(pair.source().split("\\+", -1))
                .mapToInt(Integer::parseInt)
                .toArray();
    }

    private static String inOrder(TextPair pair) {
        int[] n = numbers(pair);
        Arrays.sort(n);
        return n[0] + "+" + n[1];
    }

    @Test
    void sumsAreRight() {
        AdditionPairs pairs = new AdditionPairs(3, 1000, Rng.seeded(1));
        for (List<TextPair> some : List.of(pairs.heldOut(), pairs.train(1000, Rng.seeded(2)))) {
            assertThat(some).hasSize(1000).allSatisfy(pair -> {
                int[] n = numbers(pair);
                assertThat(Integer.parseInt(pair.target())).isEqualTo(n[0] + n[1]);
                assertThat(n[0]).isBetween(0, 999);
                assertThat(n[1]).isBetween(0, 999);
                assertThat(pair.source()).isEqualTo(n[0] + "+" + n[1]);
            });
        }
    }

    @Test
    void noSumIsBothLearnedAndHeldOutInWhateverOrder() {
        // Of the 55 sums of one digit, 20 are held out: in 5000 draws all others come up.
        AdditionPairs pairs = new AdditionPairs(1, 20, Rng.seeded(3));
        Set<String> heldOut = new HashSet<>();
        pairs.heldOut().forEach(pair -> heldOut.add(inOrder(pair)));
        Set<String> learned = new HashSet<>();
        pairs.train(5000, Rng.seeded(4)).forEach(pair -> learned.add(inOrder(pair)));
        assertThat(heldOut).hasSize(20);
        assertThat(learned).hasSize(35).doesNotContainAnyElementsOf(heldOut);
    }

    @Test
    void eitherNumberMayBeTheLarger() {
        List<TextPair> test = new AdditionPairs(3, 1000, Rng.seeded(1)).heldOut();
        long falling = test.stream().filter(p -> numbers(p)[0] > numbers(p)[1]).count();
        assertThat(falling).isBetween(490L, 500L); // every other one, but for those of equal numbers
    }

    @Test
    void theSameSeedGivesTheSamePairs() {
        AdditionPairs pairs = new AdditionPairs(3, 100, Rng.seeded(5));
        AdditionPairs same = new AdditionPairs(3, 100, Rng.seeded(5));
        assertThat(same.heldOut()).isEqualTo(pairs.heldOut());
        assertThat(same.train(50, Rng.seeded(6))).isEqualTo(pairs.train(50, Rng.seeded(6)));
        assertThat(new AdditionPairs(3, 100, Rng.seeded(6)).heldOut()).isNotEqualTo(pairs.heldOut());
    }

    @Test
    void moreThanHalfCannotBeHeldOut() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AdditionPairs(1, 28, Rng.seeded(1)))
                .withMessageContaining("28 sums were to be held out, expected at most 27");
    }
}
