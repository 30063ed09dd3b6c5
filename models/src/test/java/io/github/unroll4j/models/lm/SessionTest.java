// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.checkpoint.CheckpointException;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.core.tensor.Workers;
import io.github.unroll4j.models.decoding.SamplingPolicy;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.testing.LayerCase;
import io.github.unroll4j.text.CharVocabulary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SessionTest {
    private static final CharVocabulary LETTERS = CharVocabulary.of("abcdefgh");
    private static final int V = 8;

    private final LanguageModel model = model("lstm", 2, 5, Dtype.DOUBLE);

    private static LanguageModel model(String cell, int layers, int embedding, Dtype dtype) {
        LanguageModelConfig config = new LanguageModelConfig(cell, 7, layers, dtype).embedding(embedding);
        LanguageModel model = LanguageModel.create(LETTERS, config, Rng.seeded(1));
        LayerCase.shake(model.parameters(), Rng.seeded(2));
        return model;
    }

    @AfterEach
    void close() {
        model.close();
    }

    private static int[] text(int length, long seed) {
        Rng rng = Rng.seeded(seed);
        return IntStream.generate(() -> rng.nextInt(V)).limit(length).toArray();
    }

    @Test
    void aSessionGivesWhatScoringGives() {
        int[] text = text(1100, 3); // longer than a piece
        double[] expected = model.score(text).logProbabilities();
        Session session = model.session();
        for (int t = 0; t + 1 < text.length; t++) {
            double[] logP = session.next(text[t]);
            assertThat(Arrays.stream(logP).map(Math::exp).sum()).isCloseTo(1, within(1e-12));
            assertThat(logP[text[t + 1]]).isCloseTo(expected[t + 1], within(1e-12));
        }
    }

    /** Calls that read have layers of their own making: no dropout, and the input maps of all tokens as a table. */
    @ParameterizedTest
    @CsvSource({"false, false", "true, true"})
    void whatReadsHasTheWeightsOfWhatTrains(boolean tied, boolean noisy) {
        LanguageModelConfig config = new LanguageModelConfig("lstm", 6, 3, Dtype.DOUBLE)
                .embedding(6)
                .tied(tied)
                .residual(noisy)
                .with(
                        noisy
                                ? new Regularisation(0.5, true, 0.5, new RecurrentNoise(0.5, 0.5, 0.3, 0.2))
                                : Regularisation.NONE);
        try (LanguageModel own = LanguageModel.create(LETTERS, config, Rng.seeded(1))) {
            int[] text = text(20, 3);
            for (int version = 0; version < 2; version++) {
                LayerCase.shake(own.parameters(), Rng.seeded(version)); // the table is made anew
                Session session = own.session();
                Run run = own.layers().forward(Sequence.ids(text, 20, 1), own.zeroState(1));
                double[] logits = own.head().forward(run.H()).toDoubles();
                for (int t = 0; t < 20; t++) {
                    double[] logP = session.next(text[t]);
                    double shift = logits[t * V] - logP[0];
                    double[] shifted = Arrays.stream(logits, t * V, t * V + V)
                            .map(z -> z - shift)
                            .toArray();
                    assertThat(logP).containsExactly(shifted, within(1e-12));
                }
            }
        }
    }

    @Test
    void severalTokensAreTheSameAsOneAfterAnother() {
        int[] text = text(1100, 4);
        Session one = model.session();
        double[] logP = {};
        for (int id : text) {
            logP = one.next(id);
        }
        assertThat(model.session().next(text)).containsExactly(logP, within(1e-12));
    }

    @Test
    void aCopyGoesItsOwnWay() {
        Session session = model.session();
        session.next(1, 2, 3);
        Session copy = session.copy();
        double[] after4 = session.next(4).clone();
        double[] after5 = copy.next(5).clone();

        assertThat(model.session().next(1, 2, 3, 4)).containsExactly(after4, within(1e-12));
        assertThat(model.session().next(1, 2, 3, 5)).containsExactly(after5, within(1e-12));
        assertThat(after4).isNotEqualTo(after5);
    }

    @Test
    void aStateIsHandedOnAndSaved(@TempDir Path folder) {
        Session session = model.session();
        session.next(1, 2, 3);
        Path file = folder.resolve("session.safetensors");
        session.save(file);
        Session handedOn = model.session(session.state());
        Session loaded = model.session(file);
        double[] expected = session.next(4).clone();

        assertThat(handedOn.next(4)).isEqualTo(expected);
        assertThat(loaded.next(4)).isEqualTo(expected);
    }

    @Test
    void aStateOfAnotherModelIsRefused(@TempDir Path folder) {
        Path file = folder.resolve("session.safetensors");
        try (LanguageModel other = model("gru", 1, 0, Dtype.DOUBLE)) {
            other.session().save(file);
            assertThatExceptionOfType(ShapeException.class)
                    .isThrownBy(() -> model.session(other.zeroState(1)))
                    .withMessageContaining("LanguageModel.session");
            assertThatExceptionOfType(CheckpointException.class)
                    .isThrownBy(() -> model.session(file))
                    .withMessageContaining("there is no tensor session.l0.c");
        }
        assertThatExceptionOfType(ShapeException.class)
                .isThrownBy(() -> model.session(model.zeroState(2)))
                .withMessageContaining("B=1");
    }

    /** Sums over 7 numbers in another order, 40 times over: a few units in the last place. */
    @ParameterizedTest
    @CsvSource({"lstm, 2, 5, DOUBLE, 1e-13", "gru, 1, 0, DOUBLE, 1e-13", "lstm, 1, 3, FLOAT, 1e-5"})
    void aThousandStreamsStepAsTheyWouldAlone(String cell, int layers, int embedding, Dtype dtype, double tolerance) {
        try (LanguageModel own = model(cell, layers, embedding, dtype)) {
            int streams = 1000;
            List<Session> together =
                    Stream.generate(own::session).limit(streams).toList();
            List<Session> alone = Stream.generate(own::session).limit(streams).toList();
            Rng rng = Rng.seeded(5);
            for (int t = 0; t < 40; t++) {
                int each = 1 + rng.nextInt(9); // a subset of another size each time, down to none
                List<Integer> some = IntStream.range(0, streams)
                        .boxed()
                        .filter(i -> rng.nextInt(each) == 0 && (i < 3 || each < 9))
                        .toList();
                int[] ids = text(some.size(), t);
                List<Integer> told = new ArrayList<>();
                own.next(some.stream().map(together::get).toList(), ids, (i, logP) -> {
                    told.add(i);
                    assertThat(alone.get(some.get(i)).next(ids[i])).containsExactly(logP, within(tolerance));
                });
                assertThat(told)
                        .isEqualTo(IntStream.range(0, some.size()).boxed().toList());
            }
        }
    }

    /**
     * Batches go to several threads; what is told, when and by whom does not show it. Of few tokens all batches go at
     * once, of 500 two for each thread, of 3,000 one.
     */
    @ParameterizedTest
    @ValueSource(ints = {8, 500, 3000})
    void manySessionsGiveTheSameBitsForAnyNumberOfThreads(int tokens) {
        int machine = Workers.threads();
        CharVocabulary vocabulary = CharVocabulary.of(IntStream.range(0x4e00, 0x4e00 + tokens)
                .mapToObj(Character::toString)
                .collect(Collectors.joining()));
        List<double[]> ofOne = new ArrayList<>();
        try (LanguageModel of = LanguageModel.create(vocabulary, new LanguageModelConfig("lstm", 7), Rng.seeded(1))) {
            for (int threads = 1; threads <= 3; threads++) {
                Workers.setThreads(threads);
                List<double[]> answers = new ArrayList<>();
                List<Integer> order = new ArrayList<>();
                List<Session> sessions =
                        Stream.generate(of::session).limit(333).toList(); // six batches of 56 and fewer
                Thread caller = Thread.currentThread();
                for (int t = 0; t < 3; t++) {
                    of.next(sessions, text(333, t), (i, logP) -> {
                        assertThat(Thread.currentThread()).isSameAs(caller);
                        order.add(i);
                        answers.add(logP.clone());
                    });
                }
                assertThat(order.subList(333, 666))
                        .isEqualTo(IntStream.range(0, 333).boxed().toList());
                if (threads == 1) {
                    ofOne.addAll(answers);
                }
                assertThat(answers).hasSameSizeAs(ofOne);
                for (int k = 0; k < answers.size(); k++) {
                    assertThat(answers.get(k)).isEqualTo(ofOne.get(k));
                }
            }
        } finally {
            Workers.setThreads(machine);
        }
    }

    @Test
    void aReaderMayChangeWhatWasPassed() {
        Session first = model.session();
        List<Session> sessions = new ArrayList<>(List.of(first, model.session()));
        int[] ids = {1, 2};
        List<double[]> answers = new ArrayList<>();
        model.next(sessions, ids, (i, logP) -> {
            answers.add(logP.clone());
            sessions.clear();
            Arrays.fill(ids, -1);
        });
        assertThat(answers).hasSize(2);
        assertThat(CompletableFuture.supplyAsync(() -> first.next(3)).join()).hasSize(V); // not left locked
    }

    /** It is one call, in however many rounds of threads. */
    @Test
    void aReaderMayCloseTheModel() {
        int[] ids = IntStream.range(0, 5 * Steps.ROWS).map(i -> i % V).toArray();
        for (int threads : new int[] {1, 3}) {
            LanguageModel closed = model("lstm", 2, 5, Dtype.DOUBLE);
            List<Session> sessions =
                    Stream.generate(closed::session).limit(ids.length).toList();
            int before = Workers.threads();
            Workers.setThreads(threads);
            try {
                List<Integer> told = new ArrayList<>();
                closed.next(sessions, ids, (i, logP) -> {
                    told.add(i);
                    closed.close();
                });
                assertThat(told).hasSize(ids.length);
            } finally {
                Workers.setThreads(before);
            }
            assertThatIllegalStateException()
                    .isThrownBy(() -> closed.next(sessions, ids, (i, logP) -> {}))
                    .withMessageContaining("LanguageModel.next: the model is closed");
        }
    }

    @Test
    void aSessionThatIsInUseIsNamed() {
        Session a = model.session();
        Session b = model.session();
        List<Throwable> found = new ArrayList<>();
        model.next(
                List.of(b),
                new int[] {1},
                (i, logP) -> found.add(CompletableFuture.supplyAsync(() ->
                                catchThrowable(() -> model.next(List.of(a, b), new int[] {1, 2}, (k, answer) -> {})))
                        .join()));
        assertThat(found.get(0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("LanguageModel.next: session 1 is in use. Session.next: called by thread");
        assertThat(a.next(1)).hasSize(V); // not left locked
    }

    @Test
    void aCallThatIsRefusedReadsNothing() {
        Session a = model.session();
        Session b = model.session();
        Session.Reader nobody = (i, logP) -> assertThat(i).isNegative();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> model.next(List.of(a, b), new int[] {1, V}, nobody))
                .withMessage("LanguageModel.next: id 1 is 8, expected 0 to V-1=7; likely cause: the text was encoded"
                        + " with another vocabulary.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> model.next(List.of(a, b), new int[] {1}, nobody))
                .withMessage("LanguageModel.next: there are 1 ids, expected one a session, 2.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> model.next(List.of(a, b, a), new int[] {1, 2, 3}, nobody))
                .withMessage("LanguageModel.next: session 0 is also session 2, expected each once; a session reads one"
                        + " token after another.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> a.next(1, -1))
                .withMessageContaining("Session.next: id 1 is -1");
        assertThatIllegalArgumentException().isThrownBy(a::next).withMessageContaining("there is no id");
        assertThatNullPointerException()
                .isThrownBy(() -> model.next(Arrays.asList(a, null), new int[] {1, 2}, nobody))
                .withMessage("LanguageModel.next: session 1 is null, expected a session.");
        try (LanguageModel other = model("lstm", 2, 5, Dtype.DOUBLE)) {
            Session foreign = other.session();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> model.next(List.of(a, foreign), new int[] {1, 2}, nobody))
                    .withMessageContaining("session 1 is of another model");
        }
        assertThat(a.state().h().data().toDoubles()).containsOnly(0);
        assertThat(b.state().h().data().toDoubles()).containsOnly(0);
        model.next(List.of(), new int[0], nobody);
    }

    @Test
    void aSecondThreadInASessionIsRefused() throws InterruptedException {
        Session a = model.session();
        Session b = model.session();
        AtomicReference<Throwable> found = new AtomicReference<>();
        model.next(List.of(a, b), new int[] {1, 2}, (i, logP) -> {
            Thread second = new Thread(() -> b.next(1), "second");
            second.setUncaughtExceptionHandler((thread, e) -> found.set(e));
            second.start();
            join(second);
        });
        assertThat(found.get())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Session.next: called by thread 'second'");
        assertThat(b.next(1)).hasSize(V); // it is free again
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aSessionOfAClosedModelSaysSo() {
        Session session = model.session();
        model.close();
        assertThatIllegalStateException().isThrownBy(() -> session.next(1)).withMessageContaining("model is closed");
    }

    @ParameterizedTest
    @CsvSource({"lstm, 2, 5, DOUBLE", "gru, 1, 0, DOUBLE", "lstm, 1, 3, FLOAT"})
    void eachOfManyTextsIsWhatItWouldBeAlone(String cell, int layers, int embedding, Dtype dtype) {
        try (LanguageModel own = model(cell, layers, embedding, dtype)) {
            List<Generation> requests = new ArrayList<>();
            List<String> alone = new ArrayList<>();
            Rng rng = Rng.seeded(6);
            for (int i = 0; i < 150; i++) { // more than a batch, of lengths of their own, some ended by a text
                String prime = LETTERS.decode(text(rng.nextInt(i % 10 == 0 ? 300 : 12), i));
                Generation request = Generation.of(prime, rng.nextInt(40), SamplingPolicy.temperature(1));
                requests.add(i % 3 == 0 ? request.stopAt("a", "bc") : request);
                alone.add(own.generate(requests.get(i), Rng.seeded(i)));
            }
            List<Rng> rngs = IntStream.range(0, 150).mapToObj(Rng::seeded).toList();
            assertThat(own.generate(requests, rngs)).isEqualTo(alone);
            assertThat(own.generate(List.of(), List.of())).isEmpty();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> own.generate(requests, List.of()))
                    .withMessageContaining("there are 0 sources of randomness, expected one a request, 150.");
        }
    }
}
