// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Backend;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.cells.Cells;
import io.github.unroll4j.models.decoding.Decoding;
import io.github.unroll4j.models.decoding.SamplingPolicy;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.models.lm.LanguageModelObjective;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.models.seq2seq.Seq2SeqConfig;
import io.github.unroll4j.models.seq2seq.Translator;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.testing.Crowd;
import io.github.unroll4j.models.train.Trainer;
import io.github.unroll4j.models.train.TrainerConfig;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.Schedule;
import io.github.unroll4j.optim.Sgd;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.text.CharVocabulary;
import io.github.unroll4j.text.Tokenizers;
import io.github.unroll4j.text.Window;
import io.github.unroll4j.text.Windows;
import io.github.unroll4j.text.WordVocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** A program in which many threads share models, or memory runs out; to be run in a JVM of its own, which must live. */
public final class SharedModels {
    private static final CharVocabulary ABC = CharVocabulary.of("abcdefgh");
    private static final int[] TEXT = new int[300];

    static {
        Arrays.setAll(TEXT, i -> (i * i + i / 7) % ABC.size());
    }

    private SharedModels() {}

    /** The first argument is what to do, the second how often. */
    public static void main(String... args) {
        int times = Integer.parseInt(args[1]);
        if (args[0].equals("memory")) {
            memory();
        } else {
            for (String cell : Cells.names()) {
                answers(cell, times);
                closing(cell);
            }
        }
        if (Backend.held() != 0) {
            throw new AssertionError(Backend.held() + " native bytes are left");
        }
        System.out.println("alive");
    }

    /** Twenty threads ask, one trains another model beside them, one closes a third. */
    private static void answers(String cell, int times) {
        WordVocabulary words = WordVocabulary.of(Tokenizers.WHITESPACE, "one two three four five six");
        try (LanguageModel model = lm(cell);
                LanguageModel trained = lm(cell);
                Seq2Seq pairs = Seq2Seq.create(words, words, Seq2SeqConfig.bahdanau2014(5, 6), Rng.seeded(2))) {
            List<Supplier<?>> questions = new ArrayList<>();
            for (int i = 1; i < 4; i++) {
                int size = 5 * i;
                questions.add(() -> model.generate("ab", size, SamplingPolicy.temperature(1), Rng.seeded(size)));
                questions.add(() -> Arrays.toString(
                        model.score(Arrays.copyOf(TEXT, 3 * size)).logProbabilities()));
                questions.add(() -> model.evaluate(Windows.of(TEXT, size, size / 5)));
                questions.add(() -> new Translator(pairs, false)
                        .translate(
                                List.of("one two", "three four five six"),
                                Decoding.beam(2).upTo(size))
                        .get(1)
                        .text());
            }
            Thread trainer = new Thread(() -> train(trained, 20 * times));
            trainer.start();
            Thread reader = new Thread(() -> {
                for (int i = 0; i < 20 * times; i++) {
                    trained.generate("a", 5, SamplingPolicy.temperature(1), Rng.seeded(i));
                }
            });
            reader.start();
            Crowd.requireTheAnswersOfOne(questions, times);
            join(trainer);
            join(reader);
        }
    }

    private static void closing(String cell) {
        LanguageModel model = lm(cell);
        Crowd.run(Crowd.THREADS, thread -> () -> {
            try {
                if (thread == 0) {
                    train(model, 5);
                } else if (thread == 1) {
                    model.generate("a", 5, SamplingPolicy.greedy(), Rng.seeded(1));
                    model.close();
                }
                for (int i = 0; i < 10; i++) {
                    model.generate("ab", 10, SamplingPolicy.temperature(1), Rng.seeded(i));
                }
            } catch (IllegalStateException e) {
                if (!e.getMessage().contains("the model is closed")) {
                    throw e;
                }
            }
        });
    }

    /** A window that does not fit, and then ones that do. */
    private static void memory() {
        try (LanguageModel model = lm("lstm")) {
            String text = model.generate("ab", 30, SamplingPolicy.temperature(1), Rng.seeded(1));
            double nats = learn(model, 5, 3);
            int failed = 0;
            for (int B = 1000; B <= 20_000; B += 19_000 / 4) {
                try {
                    learn(model, 200, B);
                } catch (OutOfMemoryError e) {
                    failed++;
                }
                require(learn(model, 5, 3) == nats);
                require(model.generate("ab", 30, SamplingPolicy.temperature(1), Rng.seeded(1))
                        .equals(text));
                try {
                    model.evaluate(Windows.of(new int[200 * B + 1], 200, B));
                } catch (OutOfMemoryError e) {
                    failed++;
                }
                require(model.generate("ab", 30, SamplingPolicy.temperature(1), Rng.seeded(1))
                        .equals(text));
            }
            require(failed > 0);
        }
    }

    private static void require(boolean right) {
        if (!right) {
            throw new AssertionError("another answer than before");
        }
    }

    private static double learn(LanguageModel model, int T, int B) {
        int[] ids = new int[T * B];
        int[] lengths = new int[B];
        Arrays.fill(lengths, T);
        Window window = new Window(T, B, ids, ids, lengths, new boolean[B]);
        Pass pass = LanguageModel.pass(window);
        return model.learn(window, model.zeroState(B), new SoftmaxCrossEntropy(ABC.size(), Reduction.MEAN), pass)
                .loss()
                .nats();
    }

    private static void train(LanguageModel model, int iterations) {
        var objective = new LanguageModelObjective(model, Windows.of(TEXT, 7, 3), Reduction.MEAN);
        new Trainer(objective, new TrainerConfig(new Sgd(model.parameters()), Schedule.constant(0.1), iterations))
                .run();
    }

    private static LanguageModel lm(String cell) {
        return LanguageModel.create(ABC, new LanguageModelConfig(cell, 12, 2, Dtype.FLOAT), Rng.seeded(1));
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
