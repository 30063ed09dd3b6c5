// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Backend;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.core.tensor.Workers;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.Step;
import io.github.unroll4j.models.cells.Cells;
import io.github.unroll4j.models.cells.LstmCell;
import io.github.unroll4j.models.cells.RnnCell;
import io.github.unroll4j.models.decoding.SamplingPolicy;
import io.github.unroll4j.models.testing.Crowd;
import io.github.unroll4j.models.train.TrainListener;
import io.github.unroll4j.models.train.Trainer;
import io.github.unroll4j.models.train.TrainerConfig;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.Schedule;
import io.github.unroll4j.optim.Sgd;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.text.CharVocabulary;
import io.github.unroll4j.text.Windows;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One language model and many threads. */
class SharedLanguageModelTest {
    private static final CharVocabulary ABC = CharVocabulary.of("abcdefgh");
    private static final int[] TEXT =
            IntStream.range(0, 60).map(i -> (i * i + i / 7) % ABC.size()).toArray();

    private static LanguageModel model(LanguageModelConfig config) {
        return LanguageModel.create(ABC, config, Rng.seeded(1));
    }

    private static LanguageModel lstm() {
        return model(new LanguageModelConfig("lstm", 8, 2, Dtype.FLOAT));
    }

    private static Windows windows() {
        return Windows.of(TEXT, 5, 3);
    }

    private static SoftmaxCrossEntropy mean() {
        return new SoftmaxCrossEntropy(ABC.size(), Reduction.MEAN);
    }

    private static String text(LanguageModel model) {
        return model.generate("ab", 12, SamplingPolicy.temperature(1), Rng.seeded(3));
    }

    /** All that a model answers, in several sizes, so that threads want buffers of several sizes too. */
    private static List<Supplier<?>> questions(LanguageModel model) {
        List<Supplier<?>> all = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            int size = 4 * i;
            all.add(() -> model.generate("ab", size, SamplingPolicy.temperature(1), Rng.seeded(size)));
            int[] some = Arrays.copyOf(TEXT, 7 * i);
            all.add(() -> model.evaluate(some));
            all.add(() -> List.of(Arrays.toString(model.score(some).logProbabilities())));
            Windows rows = Windows.of(TEXT, 4 + i, i);
            all.add(() -> model.evaluate(rows));
        }
        return all;
    }

    static Stream<Arguments> cells() {
        return Cells.names().stream().flatMap(cell -> Stream.of(Dtype.values()).map(type -> Arguments.of(cell, type)));
    }

    @ParameterizedTest
    @MethodSource("cells")
    void everyAnswerIsThatOfOneThread(String cell, Dtype dtype) {
        try (LanguageModel model = model(new LanguageModelConfig(cell, 6, 2, dtype))) {
            Crowd.requireTheAnswersOfOne(questions(model), Crowd.size(1, 334));
        }
    }

    static Stream<LanguageModelConfig> kinds() {
        LanguageModelConfig lstm = new LanguageModelConfig("lstm", 8, 2, Dtype.FLOAT);
        return Stream.of(
                lstm.embedding(8).tied(true), lstm.embedding(5).residual(true), lstm.plain(true), lstm.embedding(3));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void soItIsWithEveryKindOfModel(LanguageModelConfig config) {
        try (LanguageModel model = model(config)) {
            Crowd.requireTheAnswersOfOne(questions(model), Crowd.size(3, 334));
        }
    }

    @Test
    void theWeightsAreInNativeMemoryOnce() {
        try (LanguageModel model = model(new LanguageModelConfig("lstm", 200, 1, Dtype.FLOAT))) {
            long before = Backend.held();
            text(model);
            long one = Backend.held() - before;
            CountDownLatch inside = new CountDownLatch(4);
            Crowd.run(
                    4,
                    thread ->
                            () -> model.generate(Generation.of("a", 2, SamplingPolicy.greedy()), Rng.seeded(1), id -> {
                                inside.countDown();
                                Crowd.await(inside); // so that all four are at it at once
                            }));
            long weights = 4L * (200 * 800 + 200 * ABC.size());
            assertThat(one).isGreaterThan(weights);
            assertThat(Backend.held() - before).isLessThan(2 * weights);
        }
    }

    @Test
    void aModelThatIsNotTrainedHasNoGradients() {
        try (LanguageModel model = lstm()) {
            text(model);
            model.parameters().zeroGradients();
            assertThat(model.parameters()).extracting("gradients").isNull();
        }
    }

    @Test
    void readersSeeTheWeightsBeforeOrAfterAChangeNeverBetween() {
        try (LanguageModel model = lstm()) {
            double[] first = model.parameters().values().toDoubles();
            double[] second = Arrays.stream(first).map(w -> -2 * w).toArray();
            Object before = model.score(TEXT).logProbabilities()[50];
            model.parameters().write(values -> fill(values, second));
            Object after = model.score(TEXT).logProbabilities()[50];
            Set<Object> found = ConcurrentHashMap.newKeySet();
            int readers = 6;
            CountDownLatch reading = new CountDownLatch(readers);
            Crowd.run(readers + 1, thread -> () -> {
                if (thread < readers) {
                    for (int i = 0; i < Crowd.size(60, 1000); i++) {
                        found.add(model.score(TEXT).logProbabilities()[50]);
                    }
                    reading.countDown();
                    return;
                }
                for (int i = 0; reading.getCount() > 0; i++) {
                    double[] next = i % 2 == 0 ? first : second;
                    model.parameters().write(values -> fill(values, next));
                }
            });
            assertThat(found).containsExactlyInAnyOrder(before, after);
        }
    }

    private static void fill(Vec values, double... numbers) {
        for (int i = 0; i < numbers.length; i++) {
            values.set(i, numbers[i]);
        }
    }

    @Test
    void othersReadAndSaveWhileOneTrains() {
        try (LanguageModel model = lstm()) {
            Trainer trainer = trainer(model, Crowd.size(40, 2000), () -> {});
            Crowd.run(8, thread -> () -> {
                if (thread == 0) {
                    trainer.run();
                    return;
                }
                for (int i = 0; i < Crowd.size(20, 1000); i++) {
                    assertThat(text(model)).hasSize(12);
                    assertThat(model.evaluate(windows()).nats()).isFinite();
                    assertThat(model.parameters().toString()).contains("head.W");
                }
            });
            try (LanguageModel alone = lstm()) {
                trainer(alone, Crowd.size(40, 2000), () -> {}).run();
                assertThat(model.parameters().values().toDoubles())
                        .as("nobody disturbed the training")
                        .containsExactly(alone.parameters().values().toDoubles());
            }
        }
    }

    private static Trainer trainer(LanguageModel model, long iterations, Runnable each) {
        var objective = new LanguageModelObjective(model, windows(), Reduction.MEAN);
        return new Trainer(
                        objective, new TrainerConfig(new Sgd(model.parameters()), Schedule.constant(0.1), iterations))
                .listen(TrainListener.every(1, step -> each.run()));
    }

    @Test
    void aSecondThreadThatTrainsIsToldOfBoth() throws InterruptedException {
        try (LanguageModel model = lstm()) {
            CountDownLatch inside = new CountDownLatch(1);
            CountDownLatch leave = new CountDownLatch(1);
            Thread first = new Thread(
                    () -> trainer(model, 1, () -> {
                                inside.countDown();
                                Crowd.await(leave);
                            })
                            .run(),
                    "the first");
            first.start();
            Crowd.await(inside);
            String me = Thread.currentThread().getName();
            Sgd step = new Sgd(model.parameters());
            for (Runnable training : List.<Runnable>of(
                    () -> trainer(model, 1, () -> {}).run(),
                    () -> model.learn(windows().at(0), model.zeroState(3), mean()),
                    () -> step.step(0.1),
                    () -> model.parameters()
                            .list()
                            .get(0)
                            .set(model.parameters().list().get(0).valuesCopy()),
                    () -> model.parameters().initialise(Rng.seeded(1)))) {
                assertThatIllegalStateException()
                        .isThrownBy(training::run)
                        .withMessageContaining("'" + me + "'")
                        .withMessageContaining("'the first'")
                        .withMessageContaining("Trainer.run");
            }
            assertThat(step.steps()).isZero();
            assertThat(text(model)).hasSize(12);
            leave.countDown();
            first.join();
            model.learn(windows().at(0), model.zeroState(3), mean()); // in turn is allowed
        }
    }

    @Test
    void manyThreadsThatLearnGetASentenceOrTheRightAnswer() {
        try (LanguageModel model = lstm()) {
            double expected = model.learn(windows().at(0), model.zeroState(3), mean())
                    .loss()
                    .nats();
            Crowd.run(Crowd.THREADS, thread -> () -> {
                for (int i = 0; i < Crowd.size(20, 1000); i++) {
                    try {
                        assertThat(model.learn(windows().at(0), model.zeroState(3), mean())
                                        .loss()
                                        .nats())
                                .isEqualTo(expected);
                    } catch (IllegalStateException e) {
                        assertThat(e).hasMessageContaining("expected one thread that trains");
                    }
                }
            });
        }
    }

    @Test
    void trainingInsideACallIsRefusedAndReadingIsNot() {
        try (LanguageModel model = lstm()) {
            String expected = text(model);
            Sgd step = new Sgd(model.parameters());
            int[] calls = new int[1];
            model.generate(Generation.of("a", 2, SamplingPolicy.greedy()), Rng.seeded(1), id -> {
                calls[0]++;
                assertThat(text(model)).isEqualTo(expected);
                for (Runnable training : List.<Runnable>of(
                        () -> model.learn(windows().at(0), model.zeroState(3), mean()), () -> step.step(0.1))) {
                    assertThatIllegalStateException()
                            .isThrownBy(training::run)
                            .withMessageContaining("reads the same weights");
                }
            });
            assertThat(calls[0]).isEqualTo(2);
            step.step(0.1);
        }
    }

    @Test
    @Timeout(60)
    void soItIsOnEveryThreadOfACall() throws InterruptedException {
        int before = Workers.threads();
        Workers.setThreads(2);
        try (LanguageModel model = lstm()) {
            String expected = text(model);
            Sgd step = new Sgd(model.parameters());
            CountDownLatch two = new CountDownLatch(2);
            Set<Thread> asked = ConcurrentHashMap.newKeySet();
            Thread writer = new Thread(() -> model.parameters().write(values -> {}));
            AtomicBoolean started = new AtomicBoolean();
            SamplingPolicy policy = (logits, rng) -> {
                if (asked.add(Thread.currentThread())) {
                    two.countDown();
                    Crowd.await(two); // until another thread is asked too
                    for (Runnable training : List.<Runnable>of(
                            () -> model.learn(windows().at(0), model.zeroState(3), mean()), () -> step.step(0.1))) {
                        assertThatIllegalStateException()
                                .isThrownBy(training::run)
                                .withMessageContaining("reads the same weights");
                    }
                    if (started.compareAndSet(false, true)) {
                        writer.start();
                    }
                    while (writer.getState() != Thread.State.WAITING) {
                        Thread.onSpinWait();
                    }
                    assertThat(text(model)).isEqualTo(expected); // a reader need not wait for the writer that waits
                }
                return 1;
            };
            model.generate(
                    Collections.nCopies(64, Generation.of("a", 2, policy)),
                    Stream.generate(() -> Rng.seeded(1)).limit(64).toList());
            assertThat(asked).hasSize(2);
            writer.join();
        } finally {
            Workers.setThreads(before);
        }
    }

    @Test
    void soItIsInsideACallOfAThreadThatTrains() {
        try (LanguageModel model = lstm()) {
            Sgd step = new Sgd(model.parameters());
            trainer(
                            model,
                            1,
                            () -> model.generate(
                                    Generation.of("a", 1, SamplingPolicy.greedy()),
                                    Rng.seeded(1),
                                    id -> assertThatIllegalStateException().isThrownBy(() -> step.step(0.1))))
                    .run();
        }
    }

    @Test
    void closingLetsCallsUnderWayFinishAndRefusesLaterOnes() throws InterruptedException {
        long before = Backend.held();
        LanguageModel model = lstm();
        String expected = text(model);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        List<String> found = new ArrayList<>();
        Thread writer = new Thread(() -> found.add(
                ABC.decode(model.generate(Generation.of("ab", 12, SamplingPolicy.temperature(1)), Rng.seeded(3), id -> {
                    inside.countDown();
                    Crowd.await(leave);
                }))));
        writer.start();
        Crowd.await(inside);
        model.close();
        assertClosed(model);
        assertThat(Backend.held()).as("what is in use stays").isGreaterThan(before);
        leave.countDown();
        writer.join();
        assertThat(found).containsExactly(expected);
        assertThat(Backend.held()).isEqualTo(before);
        model.close();
        assertClosed(model);
        assertThat(Backend.held()).isEqualTo(before);
    }

    private static void assertClosed(LanguageModel model) {
        for (Runnable call : List.<Runnable>of(
                () -> text(model),
                () -> model.score(TEXT),
                () -> model.evaluate(TEXT),
                () -> model.learn(windows().at(0), model.zeroState(3), mean()),
                model::layers,
                model::head,
                () -> model.zeroState(3),
                () -> new LanguageModelObjective(model, windows(), Reduction.MEAN))) {
            assertThatIllegalStateException().isThrownBy(call::run).withMessageContaining("the model is closed");
        }
    }

    /** One rule: what computes is refused, what needs no native memory goes on. */
    @Test
    void aClosedModelStillSaysWhatItIsAndCanBeSaved(@TempDir Path folder) {
        LanguageModel model = lstm();
        String expected = text(model);
        String weights = model.parameters().toString();
        model.close();
        long before = Backend.held();
        model.save(folder.resolve("model.safetensors"));
        try (LanguageModel loaded = LanguageModel.load(folder.resolve("model.safetensors"));
                LanguageModel plain = model.inPlainLoop()) {
            assertThat(text(loaded)).isEqualTo(expected);
            assertThat(plain.parameters().values().toDoubles())
                    .isEqualTo(model.parameters().values().toDoubles());
        }
        assertThat(model.vocabulary()).isSameAs(ABC);
        assertThat(model.config().cell()).isEqualTo("lstm");
        assertThat(model.parameters()).hasToString(weights);
        assertThat(Backend.held()).isEqualTo(before);
    }

    @Test
    void closingInsideACallIsClosingWhileItIsUnderWay() {
        long before = Backend.held();
        LanguageModel model = lstm();
        int[] written =
                model.generate(Generation.of("a", 3, SamplingPolicy.greedy()), Rng.seeded(1), id -> model.close());
        assertThat(written).hasSize(3);
        assertClosed(model);
        assertThat(Backend.held()).isEqualTo(before);
    }

    @Test
    void closingWhileOneTrainsEndsTheRunWithASentence() {
        long before = Backend.held();
        LanguageModel model = lstm();
        assertThatIllegalStateException()
                .isThrownBy(() -> trainer(model, 3, model::close).run())
                .withMessageContaining("LanguageModel.learn: the model is closed");
        assertThat(Backend.held()).isEqualTo(before);
    }

    @Test
    void manyThreadsCloseAtOnceBesideManyThatCall() {
        for (int round = 0; round < Crowd.size(10, 500); round++) {
            long before = Backend.held();
            LanguageModel model = lstm();
            String expected = text(model);
            Crowd.run(Crowd.THREADS, thread -> () -> {
                if (thread % 4 == 0) {
                    model.close();
                    return;
                }
                for (int i = 0; i < 20; i++) {
                    try {
                        assertThat(text(model)).isEqualTo(expected);
                    } catch (IllegalStateException e) {
                        assertThat(e).hasMessageContaining("the model is closed");
                    }
                }
            });
            assertThat(Backend.held()).isEqualTo(before);
        }
    }

    /** A cell that runs out of memory when it is told to. */
    private static final class ScarceCell implements Cell {
        private final Cell inside;
        private final AtomicBoolean scarce;

        ScarceCell(int hidden, AtomicBoolean scarce) {
            inside = new LstmCell(hidden);
            this.scarce = scarce;
        }

        @Override
        public Layout layout() {
            return inside.layout();
        }

        @Override
        public void forward(Step s) {
            inside.forward(s);
            if (scarce.get()) {
                throw new OutOfMemoryError("on purpose");
            }
        }

        @Override
        public void backward(Step s) {
            inside.backward(s);
        }
    }

    @Test
    void afterACallThatRanOutOfMemoryTheModelWorks() {
        long before = Backend.held();
        AtomicBoolean scarce = new AtomicBoolean();
        LanguageModelConfig config = new LanguageModelConfig("scarce", 8, 2, Dtype.FLOAT);
        LanguageModel model =
                LanguageModel.create(ABC, config, hidden -> new ScarceCell(hidden, scarce), Rng.seeded(1));
        String expected = text(model);
        double nats =
                model.learn(windows().at(0), model.zeroState(3), mean()).loss().nats();
        scarce.set(true);
        assertThatThrownBy(() -> text(model)).isInstanceOf(OutOfMemoryError.class);
        assertThatThrownBy(() -> model.score(TEXT)).isInstanceOf(OutOfMemoryError.class);
        assertThatThrownBy(() -> model.learn(windows().at(0), model.zeroState(3), mean()))
                .isInstanceOf(OutOfMemoryError.class);
        scarce.set(false);
        assertThat(Backend.held()).as("what failed holds nothing").isEqualTo(before);
        assertThat(text(model)).isEqualTo(expected);
        assertThat(model.learn(windows().at(0), model.zeroState(3), mean())
                        .loss()
                        .nats())
                .isEqualTo(nats);
        model.close();
        assertThat(Backend.held()).isEqualTo(before);
    }

    @Test
    void afterACallbackThatThrewTheModelWorks() {
        try (LanguageModel model = lstm()) {
            String expected = text(model);
            assertThatThrownBy(
                            () -> model.generate(Generation.of("a", 3, SamplingPolicy.greedy()), Rng.seeded(1), id -> {
                                throw new UnsupportedOperationException("on purpose");
                            }))
                    .isInstanceOf(UnsupportedOperationException.class);
            assertThat(text(model)).isEqualTo(expected);
        }
    }

    @Test
    void aFactoryThatDeclaresSomethingElseEachTimeIsTold() {
        int[] made = new int[1];
        LanguageModelConfig config = new LanguageModelConfig("changing", 4);
        IntFunction<Cell> changing = hidden -> made[0]++ == 0 ? new LstmCell(hidden) : new RnnCell(hidden);
        try (LanguageModel model = LanguageModel.create(ABC, config, changing, Rng.seeded(1))) {
            assertThatThrownBy(() -> text(model))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("a factory of layers that does not declare the same at each call");
        }
    }
}
