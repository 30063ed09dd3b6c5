// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.testing.Numbers;
import io.github.unroll4j.models.testing.SpoiltScore;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What one object keeps from pass to pass: nothing that shows. */
class AttentionPassesTest {
    private static final int H = 3;
    private static final int B = 2;
    private static final Lengths SOURCES = Lengths.of(4, 4, 2);

    static Stream<Supplier<Score>> scores() {
        return Stream.of(
                () -> new DotScore(H),
                () -> DotScore.general(H),
                () -> new AdditiveScore(4),
                () -> new LocationScore(4));
    }

    private static final class Rig implements AutoCloseable {
        final Attention attention;
        final Parameters parameters;
        final Memory memory = new Memory(Dtype.DOUBLE, H);

        Rig(Score score, Focus focus) {
            Parameters.Builder p = Parameters.builder();
            attention = new Attention(score, focus, H, H, p);
            parameters = p.build(Dtype.DOUBLE, Rng.seeded(1));
        }

        void read(int steps) {
            memory.load(Sequence.of(Numbers.random(Dtype.DOUBLE, Rng.seeded(2), 4, B, H)), SOURCES);
            attention.read(memory, steps);
        }

        void pass(int steps, int seed) {
            Rng rng = Rng.seeded(seed);
            for (int t = 0; t < steps; t++) {
                attention.forward(t, t, random(rng));
            }
            for (int t = steps - 1; t >= 0; t--) {
                attention.backward(t, random(rng), Vec.zeros(Dtype.DOUBLE, B * H));
            }
            attention.end();
        }

        private static Vec random(Rng rng) {
            return Numbers.random(Dtype.DOUBLE, rng, B, H).data();
        }

        double[] gradients() {
            Tensor dH = memory.gradient(4);
            return DoubleStream.concat(
                            DoubleStream.of(parameters.gradients().toDoubles()),
                            DoubleStream.of(dH.data().toDoubles()))
                    .toArray();
        }

        @Override
        public void close() {
            attention.close();
            memory.close();
        }
    }

    /** Steps that were not taken hold what a longer pass before them left, and add nothing. */
    @ParameterizedTest
    @MethodSource("scores")
    void aShorterPassForgetsTheLongerOneBeforeIt(Supplier<Score> score) {
        for (Focus focus : new Focus[] {Focus.global(), new Focus.Predictive(2)}) {
            try (Rig fresh = new Rig(score.get(), focus);
                    Rig used = new Rig(score.get(), focus)) {
                fresh.read(2);
                fresh.pass(2, 5);
                used.read(5);
                used.pass(5, 6);
                used.parameters.zeroGradients();
                used.read(5);
                used.pass(2, 5);

                assertThat(used.gradients()).as(focus.toString()).isEqualTo(fresh.gradients());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("scores")
    void twoPassesOverOneMemoryAddUp(Supplier<Score> score) {
        try (Rig first = new Rig(score.get(), Focus.global());
                Rig second = new Rig(score.get(), Focus.global());
                Rig both = new Rig(score.get(), Focus.global())) {
            first.read(3);
            first.pass(3, 5);
            second.read(3);
            second.pass(3, 6);
            both.read(3);
            both.pass(3, 5);
            both.pass(3, 6);

            double[] sum = first.gradients();
            for (int i = 0; i < sum.length; i++) {
                sum[i] += second.gradients()[i];
            }
            // the order of some ten additions of numbers of about 1 differs
            assertThat(both.gradients()).containsExactly(sum, within(1e-13));
        }
    }

    /** A score sees as many keys as there are positions, also where the memory held a longer source before. */
    @ParameterizedTest
    @MethodSource("scores")
    void thereAreAsManyKeysAsPositions(Supplier<Score> score) {
        Score right = score.get();
        List<Integer> positions = new ArrayList<>();
        Score counting = SpoiltScore.before(right, p -> {
            positions.add(p.positions());
            if (right.layout().readsKeys()) {
                assertThat(p.key(1).length()).isEqualTo(p.dKey(1).length()).isEqualTo(B * p.size());
                assertThatThrownBy(() -> p.key(2)).isInstanceOf(IndexOutOfBoundsException.class);
                assertThatThrownBy(() -> p.dKey(2)).isInstanceOf(IndexOutOfBoundsException.class);
            } else {
                assertThatThrownBy(() -> p.key(0))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("Pairs: a key is asked for, but ScoreLayout(location) was declared without keys.");
            }
        });
        try (Rig rig = new Rig(counting, Focus.global())) {
            rig.read(1);
            rig.memory.load(Sequence.of(Numbers.random(Dtype.DOUBLE, Rng.seeded(2), 2, B, H)), Lengths.full(2, B));
            rig.attention.read(rig.memory, 1);
            rig.pass(1, 5);
            assertThat(positions).containsExactly(2);
        }
    }

    /** Without a map of the keys it would read as annotations of zeros. */
    @ParameterizedTest
    @MethodSource("scores")
    void aMemoryWithoutContentsIsRefused(Supplier<Score> score) {
        try (Rig rig = new Rig(score.get(), Focus.global());
                Memory empty = new Memory(Dtype.DOUBLE, H);
                Memory other = new Memory(Dtype.DOUBLE, H)) {
            rig.read(1);
            rig.memory.close();
            for (Memory memory : new Memory[] {empty, rig.memory}) {
                assertThatThrownBy(() -> rig.attention.read(memory, 1))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("Attention(" + rig.attention.name()
                                + ").read: the memory is empty, expected loaded annotations; likely cause: it was not loaded"
                                + " yet, or is closed.");
                assertThatThrownBy(() -> other.load(memory, 0, 0))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageStartingWith("Memory.load: the memory is empty");
            }
            rig.read(1);
            rig.pass(1, 5);
            assertThat(DoubleStream.of(rig.gradients()))
                    .as("of a memory that is loaded again")
                    .anyMatch(d -> d != 0);
        }
    }

    @Test
    void otherSizesAreRefused() {
        try (Rig rig = new Rig(new DotScore(H), Focus.global());
                Memory wide = new Memory(Dtype.DOUBLE, H + 1)) {
            wide.load(Sequence.of(Tensor.zeros(Dtype.DOUBLE, 4, B, H + 1)), SOURCES);
            assertThatThrownBy(() -> rig.attention.read(wide, 1))
                    .isInstanceOf(ShapeException.class)
                    .hasMessage("Attention(dot).read: the annotations are 4 numbers each, expected M=3.");
            assertThatThrownBy(() -> rig.read(-1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Attention(dot).read: steps is -1, expected 1 or more.");
            assertThatThrownBy(() -> new Pairs(new DotScore(H).layout(), Dtype.DOUBLE, -1, 2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Pairs: rows is -1 and positions 2, expected 1 or more of each.");
            rig.read(1);
            assertThatThrownBy(() -> rig.attention.forward(0, 0, Vec.zeros(Dtype.DOUBLE, B * H + 1)))
                    .hasMessageContaining("the query of step 0 has 7 numbers, expected B·H = 2·3");
            assertThatThrownBy(() -> rig.attention.forward(1, 1, Vec.zeros(Dtype.DOUBLE, B * H)))
                    .hasMessageContaining("a step below the 1 of read");
            assertThatThrownBy(() -> rig.attention.requireSizes("MyDecoder", 5, H))
                    .hasMessage(
                            "MyDecoder: the attention is for states of 3 and annotations of 3, expected H=5 and M=3.");
        }
    }
}
