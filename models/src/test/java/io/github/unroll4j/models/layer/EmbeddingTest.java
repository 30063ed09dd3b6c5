// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Backend;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Noise;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;
import io.github.unroll4j.models.testing.Numbers;
import io.github.unroll4j.text.Vocabulary;
import io.github.unroll4j.text.WordVectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EmbeddingTest {
    /** A table of its own, closed with this. */
    private record Table(Embedding embedding, Parameters parameters) implements AutoCloseable {
        static Table of(Dtype dtype, int vocabulary, int size, double rowDropout) {
            Parameters.Builder p = Parameters.builder();
            p.add("before", "N", Init.zeros(), 3); // so that the table starts at 3
            Embedding embedding = new Embedding("e", vocabulary, size, rowDropout, p);
            return new Table(embedding, p.build(dtype, Rng.seeded(1)));
        }

        @Override
        public void close() {
            embedding.close();
        }
    }

    private static Sequence.Ids ids(int T, int B, int... ids) {
        return Sequence.ids(ids, T, B);
    }

    private static double[] numbers(Slab slab) {
        return slab.toTensor().data().toDoubles();
    }

    @ParameterizedTest
    @EnumSource
    void looksUpRowsAndAddsTheirGradients(Dtype dtype) {
        try (Table table = Table.of(dtype, 3, 2, 0)) {
            Embedding embedding = table.embedding;
            embedding.W().set(1, 2, 3, 4, 5, 6);
            Pass pass = Pass.of(Lengths.of(2, 2, 1));

            assertThat(numbers(embedding.forward(ids(2, 2, 2, 0, 2, -7), pass)))
                    .containsExactly(5, 6, 1, 2, 5, 6, 0, 0);

            Tensor dX = Tensor.zeros(dtype, 2, 2, 2);
            double[] gradient = {1, 2, 3, 4, 10, 20, Double.NaN, Double.NaN}; // nobody reads the padded step
            for (int k = 0; k < gradient.length; k++) {
                dX.data().set(k, gradient[k]);
            }
            embedding.backward(Sequence.of(dX));
            assertThat(embedding.W().gradientCopy()).containsExactly(3, 4, 0, 0, 11, 22);

            embedding.backward(Sequence.of(dX));
            assertThat(embedding.W().gradientCopy()).containsExactly(6, 8, 0, 0, 22, 44);
        }
    }

    @Test
    void aSlabAndATensorGiveTheSameGradient() {
        try (Table table = Table.of(Dtype.FLOAT, 5, 3, 0);
                NativeArray memory = NativeArray.allocate(Dtype.FLOAT, 12)) {
            Tensor dX = Numbers.random(Dtype.FLOAT, Rng.seeded(2), 2, 2, 3);
            table.embedding.forward(ids(2, 2, 4, 1, 0, 4), Pass.full(2, 2));
            table.embedding.backward(Sequence.of(dX));
            double[] expected = table.embedding.W().gradientCopy();
            table.parameters.zeroGradients();
            Slab slab = new Slab(memory.matrix(0, 4, 3), 2, 2);
            slab.rows().put(dX.data(), 0);

            table.embedding.backward(slab);

            assertThat(table.embedding.W().gradientCopy()).containsExactly(expected);
            assertThat(expected).contains(dX.data().get(3));
        }
    }

    /**
     * Any sequence of shapes, of lengths and of ids: X, the gradient and the touched rows are those of a plain loop.
     */
    @Property(tries = 50)
    void agreesWithThePlainLoopWhateverCameBefore(@ForAll long seed) {
        Random random = new Random(seed);
        int V = 1 + random.nextInt(6);
        int E = 1 + random.nextInt(4);
        try (Table table = Table.of(Dtype.DOUBLE, V, E, 0)) {
            double[] W = table.embedding.W().valuesCopy();
            for (int pass = 0; pass < 4; pass++) {
                int T = 1 + random.nextInt(4);
                int B = 1 + random.nextInt(3);
                int[] ids = random.ints((long) T * B, 0, V).toArray();
                int[] lengths = random.ints(B, 0, T + 1).toArray();
                Tensor dX = Numbers.random(Dtype.DOUBLE, Rng.seeded(seed), T, B, E);
                double[] X = new double[T * B * E];
                double[] dW = new double[V * E];
                Set<Integer> touched = new HashSet<>();
                for (int i = 0; i < T * B; i++) {
                    if (i / B < lengths[i % B]) {
                        touched.add(ids[i]);
                        for (int e = 0; e < E; e++) {
                            X[i * E + e] = W[ids[i] * E + e];
                            dW[ids[i] * E + e] += dX.data().get(i * E + e);
                        }
                    }
                }
                table.parameters.zeroGradients();

                Slab found = table.embedding.forward(Sequence.ids(ids, T, B), Pass.of(Lengths.of(T, lengths)));
                assertThat(found.steps()).isEqualTo(T);
                assertThat(found.batch()).isEqualTo(B);
                assertThat(numbers(found)).containsExactly(X);
                table.embedding.backward(Sequence.of(dX));

                Parameter parameter = table.embedding.W();
                assertThat(parameter.gradientCopy()).containsExactly(dW);
                Set<Integer> named = new HashSet<>();
                for (int i = 0; i < parameter.rows().count(); i++) {
                    named.add(parameter.rows().row(i));
                }
                assertThat(named).isEqualTo(touched);
            }
        }
    }

    @Test
    void newWeightsAreSeenAtOnce() {
        try (Table table = Table.of(Dtype.DOUBLE, 2, 1, 0)) {
            table.embedding.forward(ids(1, 1, 1), Pass.full(1, 1));
            table.embedding.W().set(7, 8);

            assertThat(numbers(table.embedding.forward(ids(1, 1, 1), Pass.full(1, 1))))
                    .containsExactly(8);
        }
    }

    @Test
    void startsFromRowsOfLengthOne() {
        try (Table table = Table.of(Dtype.DOUBLE, 400, 64, 0)) {
            double[] W = table.embedding.W().valuesCopy();
            double mean = Arrays.stream(W).average().orElseThrow();
            double squares = Arrays.stream(W).map(w -> w * w).sum();

            // 25,600 draws: the mean strays by 1/8/160 and the sum of squares by √(2/25600) of itself; four times that
            assertThat(mean).isCloseTo(0, within(0.0032));
            assertThat(squares / 400).isCloseTo(1, within(0.036));
            assertThat(table.embedding.W()).hasToString("e.W[400, 64] (V,E)");
        }
    }

    @Test
    void dropsEveryOccurrenceOfATokenAndScalesTheOthers() {
        try (Table table = Table.of(Dtype.DOUBLE, 40, 2, 0.25)) {
            int[] ids = new Random(3).ints(60, 0, 40).toArray();
            double[] W = table.embedding.W().valuesCopy();

            double[] X = numbers(
                    table.embedding.forward(ids(20, 3, ids), Pass.full(20, 3).with(Noise.of(Rng.seeded(4)))));

            int[] fate = new int[40]; // 0 not seen, 1 dropped, 2 kept
            for (int i = 0; i < 60; i++) {
                boolean dropped = X[2 * i] == 0;
                assertThat(fate[ids[i]]).isIn(0, dropped ? 1 : 2);
                fate[ids[i]] = dropped ? 1 : 2;
                for (int e = 0; e < 2; e++) {
                    assertThat(X[2 * i + e])
                            .isCloseTo(dropped ? 0 : W[2 * ids[i] + e] / 0.75, within(1e-15 * Math.abs(X[2 * i + e])));
                }
            }
            assertThat(fate).contains(1, 2);
        }
    }

    @Test
    void dropsAtTheRateAsked() {
        try (Table table = Table.of(Dtype.FLOAT, 50, 1, 0.3)) {
            int[] all = new Random(3).ints(50, 0, 50).toArray();
            Arrays.setAll(all, i -> i);
            Rng rng = Rng.seeded(5);
            int dropped = 0;
            for (int pass = 0; pass < 400; pass++) {
                double[] X = numbers(table.embedding.forward(
                        ids(1, 50, all), Pass.full(1, 50).with(Noise.of(rng))));
                dropped += (int) Arrays.stream(X).filter(x -> x == 0).count();
            }

            // 20,000 draws: 6000 with deviation √(20000 · 0.3 · 0.7) = 65; four times that
            assertThat(dropped).isBetween(5740, 6260);
        }
    }

    @Test
    void masksComeFromTheSeedAndAreDrawnAnewForEachPass() {
        try (Table table = Table.of(Dtype.DOUBLE, 30, 1, 0.5)) {
            int[] all = new int[30];
            Arrays.setAll(all, i -> i);
            Sequence.Ids ids = ids(1, 30, all);
            Rng rng = Rng.seeded(6);
            double[] first =
                    numbers(table.embedding.forward(ids, Pass.full(1, 30).with(Noise.of(rng))));
            double[] second =
                    numbers(table.embedding.forward(ids, Pass.full(1, 30).with(Noise.of(rng))));
            double[] again =
                    numbers(table.embedding.forward(ids, Pass.full(1, 30).with(Noise.of(Rng.seeded(6)))));

            assertThat(second).isNotEqualTo(first);
            assertThat(again).containsExactly(first);
        }
    }

    @Test
    void aTokenIsDroppedOrNotWhateverElseIsRead() {
        try (Table table = Table.of(Dtype.DOUBLE, 9, 1, 0.5)) {
            double[] shorter = numbers(
                    table.embedding.forward(ids(1, 2, 3, 4), Pass.full(1, 2).with(Noise.of(Rng.seeded(7)))));
            double[] longer = numbers(table.embedding.forward(
                    ids(3, 2, 3, 4, 5, 6, 7, 8), Pass.of(Lengths.of(3, 1, 1)).with(Noise.of(Rng.seeded(7)))));
            Noise part = Noise.of(Rng.seeded(7)).fromRow(1);
            double[] turned = numbers(
                    table.embedding.forward(ids(1, 2, 4, 3), Pass.full(1, 2).with(part)));

            assertThat(longer).startsWith(shorter).endsWith(0, 0, 0, 0);
            assertThat(turned).containsExactly(shorter[1], shorter[0]);
        }
    }

    @Test
    void isOffInEvaluation() {
        try (Table table = Table.of(Dtype.DOUBLE, 3, 1, 0.9)) {
            table.embedding.W().set(1, 2, 3);

            table.embedding.forward(ids(1, 3, 0, 1, 2), Pass.full(1, 3).with(Noise.of(Rng.seeded(1))));
            assertThat(numbers(table.embedding.forward(ids(1, 3, 0, 1, 2), Pass.full(1, 3))))
                    .containsExactly(1, 2, 3);
            table.embedding.backward(Sequence.of(
                    Tensor.of(Numbers.random(Dtype.DOUBLE, Rng.seeded(1), 3).data(), 1, 3, 1)));
            assertThat(table.embedding.W().rows().count()).isEqualTo(3);
        }
    }

    @Test
    void anIdThatIsNoneIsRefusedBeforeAnyIsLookedUp() {
        try (Table table = Table.of(Dtype.DOUBLE, 3, 1, 0)) {
            table.embedding.W().set(1, 2, 3);
            Slab X = table.embedding.forward(ids(2, 2, 0, 1, 2, 0), Pass.full(2, 2));
            for (int bad : new int[] {-1, 3, Integer.MAX_VALUE}) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> table.embedding.forward(ids(2, 2, 2, 2, 2, bad), Pass.full(2, 2)))
                        .withMessage("Embedding(e.W).forward: token id at t=1, b=1 is " + bad
                                + ", expected 0 to 2; likely cause: the text was encoded with another vocabulary.");
            }

            assertThat(numbers(X)).containsExactly(1, 2, 3, 1);
        }
    }

    @Test
    void lengthsOfAnotherShapeAreRefused() {
        try (Table table = Table.of(Dtype.DOUBLE, 3, 1, 0)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> table.embedding.forward(ids(2, 2, 0, 0, 0, 0), Pass.full(2, 1)))
                    .withMessage("Embedding(e.W).forward: lengths are for T=2, B=1, the input has T=2, B=2.");
        }
    }

    @Test
    void gradientsThatDoNotFitAreRefused() {
        try (Table table = Table.of(Dtype.DOUBLE, 3, 2, 0)) {
            Embedding embedding = table.embedding;
            Tensor fitting = Tensor.zeros(Dtype.DOUBLE, 2, 1, 2);
            assertThatIllegalStateException()
                    .isThrownBy(() -> embedding.backward(Sequence.of(fitting)))
                    .withMessage("Embedding(e.W).backward: called before forward.");
            embedding.forward(ids(2, 1, 0, 1), Pass.full(2, 1));

            assertThatThrownBy(() -> embedding.backward(Sequence.of(Tensor.zeros(Dtype.DOUBLE, 2, 1, 3))))
                    .isInstanceOf(ShapeException.class)
                    .hasMessage("Embedding(e.W).backward: dX is [2, 1, 3], expected [T=2, B=1, E=2].");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> embedding.backward(Sequence.of(Tensor.zeros(Dtype.FLOAT, 2, 1, 2))))
                    .withMessage("Embedding(e.W).backward: dX is FLOAT, expected DOUBLE as the parameters are.");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> embedding.backward(ids(2, 1, 0, 1)))
                    .withMessage("Embedding(e.W).backward: dX is token ids, expected numbers [T,B,E].");
        }
    }

    @Test
    void settingsThatCannotWorkAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Embedding("e", 0, 2, 0, Parameters.builder()))
                .withMessage("Embedding(e): V=0 and E=2, expected a vocabulary and vectors of at least 1.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Embedding("e", 2, 2, 1, Parameters.builder()))
                .withMessage("Embedding(e): rowDropout is 1.0, expected 0 (off) or more and below 1.");
    }

    @Test
    void takesOverTheVectorsOfAFileAndSaysForHowManyTokens(@TempDir Path folder) throws IOException {
        Vocabulary words = Vocabulary.of("whitespace", List.of("<SOS>", "<EOS>", "<UNK>", "cat", "the"));
        Path file = Files.writeString(folder.resolve("glove.txt"), "the 1.5 -2\ndog 7 8\ncat 0.25 4\n");
        WordVectors vectors = WordVectors.read(file, words);
        try (Table table = Table.of(Dtype.DOUBLE, 5, 2, 0);
                Table narrow = Table.of(Dtype.DOUBLE, 5, 1, 0);
                Table small = Table.of(Dtype.DOUBLE, 4, 2, 0)) {
            double[] start = table.embedding.W().valuesCopy();
            long version = table.parameters.version();

            assertThat(table.embedding.load(vectors)).isEqualTo(2);

            double[] expected = start.clone();
            System.arraycopy(new double[] {0.25, 4, 1.5, -2}, 0, expected, 6, 4);
            assertThat(table.embedding.W().valuesCopy()).containsExactly(expected);
            assertThat(table.parameters.version()).isGreaterThan(version);
            assertThat(table.parameters.values().get(2)).isZero();
            double[] before = narrow.parameters.values().toDoubles();
            assertThatThrownBy(() -> narrow.embedding.load(vectors))
                    .isInstanceOf(ShapeException.class)
                    .hasMessage("Embedding(e.W).load: the table of " + file
                            + ": vectors of size 2 for 2 of 5 tokens is [5, 2], expected [V=5, E=1].");
            assertThat(narrow.parameters.values().toDoubles()).containsExactly(before);
            assertThatThrownBy(() -> small.embedding.load(vectors)).hasMessageEndingWith("expected [V=4, E=2].");
        }
    }

    @Test
    void aSecondUseOfATableAddsToTheSameRows() {
        try (Table table = Table.of(Dtype.DOUBLE, 3, 1, 0);
                Embedding second = new Embedding(table.embedding.W(), 0)) {
            table.embedding.forward(ids(2, 1, 0, 1), Pass.full(2, 1));
            second.forward(ids(3, 1, 1, 1, 0), Pass.full(3, 1));
            table.embedding.backward(Sequence.of(Tensor.of(Vec.of(Dtype.DOUBLE, 1, 2), 2, 1, 1)));
            second.backward(Sequence.of(Tensor.of(Vec.of(Dtype.DOUBLE, 10, 20, 30), 3, 1, 1)));

            assertThat(second.W()).isSameAs(table.embedding.W());
            assertThat(second.W().gradientCopy()).containsExactly(31, 32, 0);
            assertThat(second.W().rows().count()).isEqualTo(2);
            assertThatThrownBy(() -> new Embedding(table.parameters.get("before"), 0))
                    .isInstanceOf(ShapeException.class)
                    .hasMessage("Embedding: the table before is [3], expected [V, E].");
        }
    }

    @Test
    void nativeMemoryIsHeldForTheLongestInputOnlyAndFreed() {
        long before = Backend.held();
        try (Table table = Table.of(Dtype.FLOAT, 3, 2, 0)) {
            table.embedding
                    .forward(ids(2, 3, 0, 0, 0, 0, 0, 0), Pass.full(2, 3))
                    .rows();
            long held = Backend.held() - before;
            for (int[] tb : new int[][] {{1, 1}, {3, 2}, {1, 6}, {2, 3}}) {
                table.embedding
                        .forward(ids(tb[0], tb[1], new int[6]), Pass.full(tb[0], tb[1]))
                        .rows();
                assertThat(Backend.held() - before).isEqualTo(held).isEqualTo(6 * 2 * 4);
            }
            table.embedding.close();
            table.embedding.close();
        }
        assertThat(Backend.held()).isEqualTo(before);
    }
}
