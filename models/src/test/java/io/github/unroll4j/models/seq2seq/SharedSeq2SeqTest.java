// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Backend;
import io.github.unroll4j.models.decoding.Decoding;
import io.github.unroll4j.models.decoding.SamplingPolicy;
import io.github.unroll4j.models.sequence.Noise;
import io.github.unroll4j.models.testing.Crowd;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.text.Pair;
import io.github.unroll4j.text.PairBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One sequence-to-sequence model and many threads. */
class SharedSeq2SeqTest {
    private static final List<Pair> PAIRS = Tiny.pairs(5, 6);

    private static Seq2Seq model(Seq2SeqConfig config) {
        return Seq2Seq.create(Tiny.SOURCE, Tiny.TARGET, config, Rng.seeded(3));
    }

    private static List<Supplier<?>> questions(Seq2Seq model) {
        List<Supplier<?>> all = new ArrayList<>();
        Translator shared = new Translator(model, false);
        List<String> one = List.of("one two three four");
        List<String> some = List.of("two", "eight one five three two", "", "four four");
        for (List<String> sources : List.of(one, some)) {
            all.add(() -> texts(shared.nBest(sources, Decoding.greedy().upTo(6)).toString()));
            all.add(() -> texts(
                    shared.nBest(sources, Decoding.beam(3).nBest(2).upTo(5)).toString()));
            all.add(() -> shared.sample(sources, SamplingPolicy.temperature(1), Rng.seeded(7), 5).stream()
                    .map(t -> t.text() + t.logProbability())
                    .toList());
        }
        PairBatch batch = PairBatch.of(PAIRS);
        all.add(() -> Arrays.toString(model.score(batch)));
        all.add(() -> model.evaluate(PAIRS));
        all.add(() -> model.evaluateFreeRunning(PAIRS));
        return all;
    }

    /** Without what has no text of its own. */
    private static String texts(String of) {
        return of.replaceAll("@[0-9a-f]+", "");
    }

    static Stream<Named<Seq2SeqConfig>> configs() {
        return Stream.concat(
                Tiny.configsAndPresets().stream(),
                Stream.of(
                        Named.of("bahdanau2014, float", Seq2SeqConfig.bahdanau2014(3, 4)),
                        Named.of("luong2015, float", Seq2SeqConfig.luong2015(4, 2)),
                        Named.of("cho2014, float", Seq2SeqConfig.cho2014(3, 4)),
                        Named.of("sutskever2014, float", Seq2SeqConfig.sutskever2014(4, 2))));
    }

    @ParameterizedTest
    @MethodSource("configs")
    void everyAnswerIsThatOfOneThread(Seq2SeqConfig config) {
        try (Seq2Seq model = model(config)) {
            Crowd.requireTheAnswersOfOne(questions(model), Crowd.size(1, 167));
        }
    }

    @Test
    void oneTrainsAndOneClosesBesideThoseWhoTranslate() {
        for (int round = 0; round < Crowd.size(5, 200); round++) {
            long before = Backend.held();
            Seq2Seq model = model(Seq2SeqConfig.bahdanau2014(3, 4));
            Crowd.run(Crowd.THREADS, thread -> () -> {
                try {
                    for (int i = 0; i < 20; i++) {
                        if (thread == 0) {
                            model.learn(
                                    PairBatch.of(PAIRS),
                                    new SoftmaxCrossEntropy(Tiny.TARGET.size(), Reduction.MEAN),
                                    Noise.off());
                            model.parameters().write(values -> values.scale(0, values.length(), 0.99));
                        } else if (thread == 1 && i == 19) {
                            model.close();
                        } else {
                            assertThat(model.translate("one two three")).isNotNull();
                        }
                    }
                } catch (IllegalStateException e) {
                    assertThat(e).hasMessageContaining("the model is closed");
                }
            });
            assertThat(Backend.held()).isEqualTo(before);
        }
    }

    @Test
    void aClosedModelSaysSo() {
        Seq2Seq model = model(Seq2SeqConfig.luong2015(4, 1));
        model.close();
        assertThat(model.toString()).contains(model.parameters().count() + " weights");
        Checkpoint.Builder saved = Checkpoint.builder();
        model.writeTo(saved);
        Seq2Seq.read(saved.build()).close();
        model.inPlainLoop().close();
        for (Runnable call : List.<Runnable>of(
                () -> model.translate("one"),
                () -> new Translator(model, false).align("one", "a"),
                () -> model.score(PairBatch.of(PAIRS)),
                () -> model.evaluate(PAIRS),
                () -> model.evaluateFreeRunning(PAIRS),
                model::decoder)) {
            assertThatIllegalStateException().isThrownBy(call::run).withMessageContaining("the model is closed");
        }
    }
}
