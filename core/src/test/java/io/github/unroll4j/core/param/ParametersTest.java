// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.param;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ParametersTest {
    private static Parameters.Builder declaration() {
        Parameters.Builder builder = Parameters.builder();
        builder.scope("encoder").scope("rnn").add("W_x", "D,H", Init.uniform(1), 3, 2);
        builder.add("b", "H", Init.constant(0.5), 2);
        return builder;
    }

    @ParameterizedTest
    @EnumSource(Dtype.class)
    void declarationOrderIsTheOrderOfTheFlatArray(Dtype dtype) {
        Parameters parameters = declaration().build(dtype, Rng.seeded(4));

        assertThat(parameters.list()).extracting(Parameter::name).containsExactly("encoder.rnn.W_x", "b");
        assertThat(parameters.list()).extracting(Parameter::offset).containsExactly(0, 6);
        assertThat(parameters.count()).isEqualTo(8);
        assertThat(parameters.dtype()).isEqualTo(dtype);
        assertThat(parameters.values().length()).isEqualTo(8);
        assertThat(parameters.gradients().toDoubles()).containsOnly(0);
        assertThat(parameters.get("b").valuesCopy()).containsOnly(0.5);
    }

    @Test
    void theSameSeedGivesTheSameWeights() {
        Parameters one = declaration().build(Dtype.DOUBLE, Rng.seeded(4));
        Parameters two = declaration().build(Dtype.DOUBLE, Rng.seeded(4));
        Parameters other = declaration().build(Dtype.DOUBLE, Rng.seeded(5));

        assertThat(one.values().toDoubles()).isEqualTo(two.values().toDoubles());
        assertThat(one.values().toDoubles()).isNotEqualTo(other.values().toDoubles());
    }

    @Test
    void drawingAnewMovesTheVersion() {
        Parameters parameters = declaration().build(Dtype.DOUBLE, Rng.seeded(4));
        double[] before = parameters.values().toDoubles();
        long version = parameters.version();

        parameters.initialise(Rng.seeded(4));

        assertThat(parameters.values().toDoubles()).isEqualTo(before);
        assertThat(parameters.version()).isGreaterThan(version);
    }

    // two models whose callers ask each other, each with a writer that waits for its readers
    @Test
    @Timeout(30)
    void whoReadsOneModelReadsAnotherPastAWriterThatWaits() throws InterruptedException {
        List<Parameters> models = List.of(
                declaration().build(Dtype.DOUBLE, Rng.seeded(4)), declaration().build(Dtype.DOUBLE, Rng.seeded(5)));
        CountDownLatch bothRead = new CountDownLatch(2);
        CountDownLatch bothWritersWait = new CountDownLatch(1);
        AtomicInteger answers = new AtomicInteger();
        List<Thread> readers = new ArrayList<>();
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Parameters mine = models.get(i);
            Parameters other = models.get(1 - i);
            readers.add(new Thread(() -> mine.read(() -> {
                bothRead.countDown();
                await(bothWritersWait);
                return other.read(answers::incrementAndGet);
            })));
            writers.add(new Thread(() -> mine.write(values -> answers.incrementAndGet())));
        }
        readers.forEach(Thread::start);
        bothRead.await();
        writers.forEach(Thread::start);
        for (Thread writer : writers) {
            while (writer.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
        }
        bothWritersWait.countDown();
        for (Thread thread : readers) {
            thread.join();
        }
        for (Thread thread : writers) {
            thread.join();
        }

        assertThat(answers).hasValue(4);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void gradientsAreClearedAsAWhole() {
        Parameters parameters = declaration().build(Dtype.FLOAT, Rng.seeded(4));
        parameters.gradients().fill(0, 8, 3);

        parameters.zeroGradients();

        assertThat(parameters.gradients().toDoubles()).containsOnly(0);
    }

    @Test
    void anUnknownNameIsRefusedWithTheKnownOnes() {
        Parameters parameters = declaration().build(Dtype.FLOAT, Rng.seeded(4));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> parameters.get("rnn.W_x"))
                .withMessage("Parameters.get: there is no parameter rnn.W_x, only [encoder.rnn.W_x, b].");
    }

    @Test
    void aNameIsDeclaredOnce() {
        Parameters.Builder builder = declaration();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.scope("encoder").add("rnn.W_x", "D", Init.zeros(), 1))
                .withMessage("Parameters: the name encoder.rnn.W_x is declared twice.");
        assertThat(builder.declared()).hasSize(2);
    }

    @Test
    void theTableDoesNotDependOnTheLocale() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.GERMANY);
            String table = declaration().build(Dtype.FLOAT, Rng.seeded(4)).toString();

            assertThat(table.lines()).hasSize(3);
            assertThat(table.lines().toList().get(1)).matches("b +\\[2] +2 +norm 0\\.7071");
            assertThat(table.lines().toList().get(2)).matches("total +8");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void moreWeightsThanAnArrayHoldsAreRefusedBeforeAnyIsAllocated() {
        Parameters.Builder builder = Parameters.builder();
        builder.add("small", "H", Init.zeros(), 7);
        builder.scope("l0").add("W_h", "H,4H", Init.zeros(), 20_000, 80_000);
        builder.scope("l1").add("W_h", "H,4H", Init.zeros(), 20_000, 80_000);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.build(Dtype.FLOAT, Rng.seeded(1)))
                .withMessage("Parameters: the weights are 3200000007, expected at most 2^31-1, because one array holds"
                        + " them; likely cause: sizes that are too large, most of all those of l0.W_h [20000, 80000].");
    }

    @Test
    void moreWeightsThanTheHeapHoldsAreRefusedBeforeAnyIsAllocated() {
        Parameters.Builder builder = declaration();
        assertThat(WeightCount.of(builder.declared(), Dtype.DOUBLE, 64)).isEqualTo(8);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WeightCount.of(builder.declared(), Dtype.DOUBLE, 63))
                .withMessageStartingWith("Parameters: the weights are 8, expected what fits into the Java heap of ")
                .withMessageEndingWith("those of encoder.rnn.W_x [3, 2].");
    }

    @Test
    void oneMatrixThatNoArrayHoldsIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Parameters.builder().scope("l0").add("W_h", "H,4H", Init.zeros(), 60_000, 240_000))
                .withMessage("Parameters: l0.W_h [60000, 240000] has 14400000000 weights, expected at most 2^31-1,"
                        + " because one array holds them; likely cause: sizes that are too large.");
    }
}
