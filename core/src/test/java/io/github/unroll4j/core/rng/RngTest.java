// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.rng;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RngTest {
    /** Recorded with Commons RNG 1.7. A change would break every resumed run and every published seed. */
    private static final List<Long> LONGS_OF_42 =
            List.of(8815551698610864235L, 9070471391076805196L, 2775185992286847174L);

    /** Draws one number of each kind. A kind that caches half a word would show here. */
    private static double draw(Rng rng, int kind) {
        return switch (kind) {
            case 0 -> rng.nextInt(7);
            case 1 -> rng.nextInt(1 << 20);
            case 2 -> rng.nextDouble();
            case 3 -> rng.nextLong();
            case 4 -> rng.nextGaussian();
            default -> {
                int[] order = {1, 2, 3, 4, 5};
                rng.shuffle(order);
                yield order[0];
            }
        };
    }

    @Test
    void aSeedGivesTheNumbersThatItGaveInTheFirstRelease() {
        Rng rng = Rng.seeded(42);

        assertThat(LONGS_OF_42)
                .allSatisfy(expected -> assertThat(rng.nextLong()).isEqualTo(expected));
    }

    @Test
    void seedsDiffer() {
        assertThat(Rng.seeded(1).nextLong()).isNotEqualTo(Rng.seeded(2).nextLong());
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void aRestoredGeneratorGoesOnWhereTheSavedOneWas(
            @ForAll long seed,
            @ForAll @Size(max = 12) List<@IntRange(max = 5) Integer> before,
            @ForAll @Size(min = 1, max = 12) List<@IntRange(max = 5) Integer> after,
            @ForAll boolean child) {
        Rng rng = child ? Rng.seeded(seed).split() : Rng.seeded(seed);
        before.forEach(kind -> draw(rng, kind));

        Rng restored = Rng.restored(rng.saveState());

        assertThat(after.stream().map(kind -> draw(restored, kind)))
                .containsExactlyElementsOf(
                        after.stream().map(kind -> draw(rng, kind)).toList());
        assertThat(restored.saveState()).isEqualTo(rng.saveState());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "L64X128Mix",
                "L64X128Mix:",
                "L64X128Mix:AAAA",
                "L64X128Mix:not base64",
                "Xoshiro:AAAAAAAAAAAAAAAAAAAAAA==",
                "a very long text that is shown in part only, since it may be a whole file"
            })
    void aBadStateIsRefusedInOneSentence(String state) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Rng.restored(state))
                .withMessageMatching(
                        "Rng\\.restored: the state is \".{0,43}\", expected L64X128Mix:BASE64 as written by"
                                + " saveState\\(\\); likely cause: a truncated or edited checkpoint\\.");
    }

    @Test
    void aTruncatedStateIsRefused() {
        String state = Rng.seeded(3).saveState();

        assertThatIllegalArgumentException().isThrownBy(() -> Rng.restored(state.substring(0, state.length() - 4)));
    }

    @Test
    void aChildDrawsOtherNumbersThanItsParentAndItsSibling() {
        Rng parent = Rng.seeded(5);
        Rng first = parent.split();
        Rng second = parent.split();

        long[] draws = {parent.nextLong(), first.nextLong(), second.nextLong()};

        assertThat(draws).doesNotHaveDuplicates();
        assertThat(first.nextLong()).isEqualTo(childOf(5).nextLong());
    }

    private static Rng childOf(long seed) {
        Rng child = Rng.seeded(seed).split();
        child.nextLong();
        return child;
    }

    @Test
    void uniformNumbersFillTheUnitInterval() {
        Rng rng = Rng.seeded(6);
        double[] x =
                IntStream.range(0, 100_000).mapToDouble(i -> rng.nextDouble()).toArray();

        assertThat(Arrays.stream(x).min().orElseThrow()).isBetween(0.0, 1e-3);
        assertThat(Arrays.stream(x).max().orElseThrow()).isBetween(0.999, Math.nextDown(1.0));
        // five standard errors: the deviation of the uniform distribution is 1/sqrt(12)
        assertThat(Arrays.stream(x).average().orElseThrow()).isCloseTo(0.5, within(5 / Math.sqrt(12 * 1e5)));
    }

    @Test
    void gaussianNumbersHaveTheMomentsOfTheNormalDistribution() {
        Rng rng = Rng.seeded(7);
        int n = 200_000;
        double[] x = IntStream.range(0, n).mapToDouble(i -> rng.nextGaussian()).toArray();

        // five standard errors of each moment: variances 1, 2 and 96 of x, x² and x⁴
        assertThat(moment(x, 1)).isCloseTo(0, within(5 / Math.sqrt(n)));
        assertThat(moment(x, 2)).isCloseTo(1, within(5 * Math.sqrt(2.0 / n)));
        assertThat(moment(x, 4)).isCloseTo(3, within(5 * Math.sqrt(96.0 / n)));
    }

    private static double moment(double[] x, int power) {
        return Arrays.stream(x).map(v -> Math.pow(v, power)).average().orElseThrow();
    }

    @Test
    void shufflingGivesEveryOrderTheSameChance() {
        Rng rng = Rng.seeded(8);
        Map<String, Integer> counts = new HashMap<>();
        int n = 60_000;
        for (int i = 0; i < n; i++) {
            int[] order = {0, 1, 2};
            rng.shuffle(order);
            counts.merge(Arrays.toString(order), 1, Integer::sum);
        }

        assertThat(counts).hasSize(6);
        // five standard deviations of a binomial count with chance 1/6
        assertThat(counts.values())
                .allSatisfy(c -> assertThat((double) c).isCloseTo(n / 6.0, within(5 * Math.sqrt(n * 5 / 36.0))));
    }

    @Test
    void shufflingNothingIsAllowed() {
        int[] none = {};

        Rng.seeded(1).shuffle(none);

        assertThat(none).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -3})
    void anEmptyRangeIsRefused(int n) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Rng.seeded(1).nextInt(n))
                .withMessage("Rng.nextInt: n is " + n + ", expected 1 or more.");
    }
}
