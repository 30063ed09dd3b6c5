// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.rng.Rng;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SamplingPolicyTest {
    private static final int DRAWS = 20_000;
    /** Probabilities 0.05, 0.5, 0.15, 0.3 as logits, shifted: a softmax does not see the shift. */
    private static final double[] LOGITS = logits(0.05, 0.5, 0.15, 0.3);

    private static double[] logits(double... probabilities) {
        return Arrays.stream(probabilities).map(p -> Math.log(p) + 3).toArray();
    }

    private static double[] frequencies(SamplingPolicy policy, double... logits) {
        Rng rng = Rng.seeded(1);
        double[] counts = new double[logits.length];
        for (int i = 0; i < DRAWS; i++) {
            counts[policy.choose(logits.clone(), rng)]++;
        }
        return Arrays.stream(counts).map(c -> c / DRAWS).toArray();
    }

    /** What is ever chosen; in 20 000 draws a token of probability 0.01 is missed once in 10^87. */
    private static Set<Integer> support(SamplingPolicy policy, double... logits) {
        double[] frequencies = frequencies(policy, logits);
        Set<Integer> chosen = new TreeSet<>();
        IntStream.range(0, logits.length).filter(i -> frequencies[i] > 0).forEach(chosen::add);
        return chosen;
    }

    /** Each frequency within five standard deviations of its probability; the seed is fixed. */
    private static void assertDistribution(double[] frequencies, double... probabilities) {
        for (int i = 0; i < probabilities.length; i++) {
            double deviation = Math.sqrt(probabilities[i] * (1 - probabilities[i]) / DRAWS);
            assertThat(frequencies[i]).as("token " + i).isCloseTo(probabilities[i], within(5 * deviation));
        }
    }

    @Test
    void greedyTakesTheLargestAndTheFirstOfEquals() {
        Rng rng = Rng.seeded(1);

        assertThat(SamplingPolicy.greedy().choose(LOGITS.clone(), rng)).isEqualTo(1);
        assertThat(SamplingPolicy.greedy().choose(new double[] {-1, 2, 2, 0}, rng))
                .isEqualTo(1);
        assertThat(SamplingPolicy.greedy().choose(new double[] {Double.NEGATIVE_INFINITY, -5}, rng))
                .isEqualTo(1);
        assertThat(SamplingPolicy.greedy().choose(new double[] {7}, rng)).isZero();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.25, 0.5, 1, 2, 10})
    void temperatureDrawsFromTheSoftmaxOfTheScaledLogits(double temperature) {
        double[] expected =
                Arrays.stream(LOGITS).map(z -> Math.exp(z / temperature)).toArray();
        double sum = Arrays.stream(expected).sum();

        assertDistribution(
                frequencies(SamplingPolicy.temperature(temperature), LOGITS),
                Arrays.stream(expected).map(e -> e / sum).toArray());
    }

    @Test
    void aSmallTemperatureIsGreedyAndALargeOneUniform() {
        assertThat(support(SamplingPolicy.temperature(1e-3), LOGITS)).containsExactly(1);
        assertDistribution(frequencies(SamplingPolicy.temperature(1e9), LOGITS), 0.25, 0.25, 0.25, 0.25);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1 3", "3, 1 2 3", "4, 0 1 2 3", "5, 0 1 2 3", "1000, 0 1 2 3", "0, 0 1 2 3"})
    void topKKeepsTheKLargest(int k, String kept) {
        assertThat(support(SamplingPolicy.of(1, k, 1), LOGITS)).containsExactlyElementsOf(ids(kept));
    }

    private static List<Integer> ids(String text) {
        return Arrays.stream(text.split(" ", -1)).map(Integer::valueOf).toList();
    }

    @Test
    void whatIsKeptIsDrawnInProportion() {
        assertDistribution(frequencies(SamplingPolicy.of(1, 2, 1), LOGITS), 0, 0.5 / 0.8, 0, 0.3 / 0.8);
        assertDistribution(frequencies(SamplingPolicy.of(1, 0, 0.9), LOGITS), 0, 0.5 / 0.95, 0.15 / 0.95, 0.3 / 0.95);
    }

    @Test
    void tiesAtTheEdgeGoToTheFirst() {
        double[] equal = new double[5];

        assertThat(support(SamplingPolicy.of(1, 3, 1), equal)).containsExactly(0, 1, 2);
        assertThat(support(SamplingPolicy.of(1, 2, 1), 0, 1, 0, 0)).containsExactly(0, 1);
        assertThat(support(SamplingPolicy.of(1, 0, 0.5), equal)).containsExactly(0, 1, 2);
    }

    @ParameterizedTest
    @CsvSource({
        "0.01, 1",
        "0.49, 1",
        "0.51, 1 3",
        "0.79, 1 3",
        "0.81, 1 2 3",
        "0.94, 1 2 3",
        "0.96, 0 1 2 3",
        "1, 0 1 2 3"
    })
    void topPKeepsTheSmallestSetThatReachesP(double p, String kept) {
        assertThat(support(SamplingPolicy.of(1, 0, p), LOGITS)).containsExactlyElementsOf(ids(kept));
    }

    @Test
    void aSetThatReachesPExactlyIsEnough() {
        double[] quarters = new double[4];

        assertThat(support(SamplingPolicy.of(1, 0, 0.25), quarters)).containsExactly(0);
        assertThat(support(SamplingPolicy.of(1, 0, 0.5), quarters)).containsExactly(0, 1);
    }

    @Test
    void topPIsTakenOfWhatTopKKeeps() {
        // of the two largest, 0.5 and 0.3, the first has 0.625
        assertThat(support(SamplingPolicy.of(1, 2, 0.62), LOGITS)).containsExactly(1);
        assertThat(support(SamplingPolicy.of(1, 2, 0.63), LOGITS)).containsExactly(1, 3);
    }

    @Test
    void truncationSeesTheTemperature() {
        // at temperature 0.5 the probabilities go as their squares: 0.5²/Σ = 0.6849
        assertThat(support(SamplingPolicy.of(0.5, 0, 0.68), LOGITS)).containsExactly(1);
        assertThat(support(SamplingPolicy.of(0.5, 0, 0.69), LOGITS)).containsExactly(1, 3);
    }

    @Property(tries = 200)
    void topKNeverLeavesTheKLargest(
            @ForAll @IntRange(min = 1, max = 12) int V, @ForAll @IntRange(max = 14) int k, @ForAll long seed) {
        Rng rng = Rng.seeded(seed);
        double[] logits = IntStream.range(0, V).mapToDouble(i -> rng.nextInt(4)).toArray(); // with ties
        List<Integer> largest = IntStream.range(0, V)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -logits[i]).thenComparing(i -> i))
                .limit(k == 0 ? V : k)
                .toList();

        assertThat(largest).contains(SamplingPolicy.of(1, k, 1).choose(logits.clone(), rng));
    }

    @Test
    void aForbiddenTokenIsNeverChosen() {
        double no = Double.NEGATIVE_INFINITY;

        for (SamplingPolicy policy : policies().toList()) {
            assertThat(support(policy, no, 0, no, 0.1)).isSubsetOf(1, 3);
        }
    }

    static Stream<SamplingPolicy> policies() {
        return Stream.of(
                SamplingPolicy.greedy(),
                SamplingPolicy.temperature(0.7),
                SamplingPolicy.of(1, 3, 1),
                SamplingPolicy.of(1, 0, 0.9));
    }

    /** Wherever in a large vocabulary it stands. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 255, 256, 1023, 1024, 1299})
    void theLargestLogitIsFoundAndSoIsWhatIsNoNumber(int at) {
        double[] logits = new double[1300];
        Arrays.setAll(logits, k -> -k % 7 - 1);
        logits[at] = 0.5;
        assertThat(SamplingPolicy.greedy().choose(logits.clone(), Rng.seeded(1)))
                .isEqualTo(at);
        assertThat(Nucleus.requireMax("here", logits)).isEqualTo(0.5);
        logits[at] = Double.NaN;
        assertThatIllegalStateException().isThrownBy(() -> Nucleus.requireMax("here", logits));
    }

    @ParameterizedTest
    @MethodSource("policies")
    void logitsThatAreNoNumbersAreRefused(SamplingPolicy policy) {
        for (double[] logits : new double[][] {
            {0, Double.NaN, 1},
            {Double.NaN, 0, 1},
            {0, Double.POSITIVE_INFINITY},
            {Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY}
        }) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> policy.choose(logits.clone(), Rng.seeded(1)))
                    .withMessageMatching(
                            "SamplingPolicy: the largest logit is (NaN|-?Infinity), expected a finite number; likely cause: .*\\.");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 1",
        "-1, 0, 1",
        "NaN, 0, 1",
        "Infinity, 0, 1",
        "1, -1, 1",
        "1, 0, 0",
        "1, 0, -0.1",
        "1, 0, 1.01",
        "1, 0, NaN"
    })
    void argumentsOutOfRangeAreRefused(double temperature, int topK, double topP) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SamplingPolicy.of(temperature, topK, topP))
                .withMessage("SamplingPolicy.of: temperature is " + temperature + ", top-k " + topK + ", top-p " + topP
                        + "; expected a temperature above 0, k of 0 (all) or more, p above 0 and at most 1.");
    }

    @Test
    void theSameSeedChoosesTheSame() {
        SamplingPolicy policy = SamplingPolicy.of(0.8, 3, 0.9);
        Rng one = Rng.seeded(5);
        Rng two = Rng.seeded(5);

        for (int i = 0; i < 100; i++) {
            assertThat(policy.choose(LOGITS.clone(), one)).isEqualTo(policy.choose(LOGITS.clone(), two));
        }
    }
}
