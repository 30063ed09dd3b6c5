// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.benchmarks;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Backend;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Workers;
import io.github.unroll4j.models.decoding.SamplingPolicy;
import io.github.unroll4j.models.lm.Generation;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.models.lm.Session;
import io.github.unroll4j.text.CharVocabulary;
import io.github.unroll4j.text.Windows;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Times what a trained LSTM language model is used for and prints one line a case, in the form that the program for
 * ONNX Runtime prints; {@code gemm_share} is the part of the time that the matrix products would take at this machine's
 * best speed, those of the input map included, which a model may have made beforehand.
 *
 * <p>Arguments: threads, seconds a case, then names of cases (all if none). Threads are workers with one BLAS thread
 * each.
 *
 * <ul>
 *   <li>{@code gen-…}: one text, token by token, drawn from the softmax
 *   <li>{@code prompts-…}: 64 texts side by side
 *   <li>{@code streams-…}: 1000 open sessions, each reading one token a step
 *   <li>{@code score-…}: the cross-entropy of 64 rows of 50 tokens
 * </ul>
 */
public final class Inference {
    private static final int ROWS = 64;
    private static final int STEPS = 50;
    private static final int STREAMS = 1000;

    /** Sizes as in the models of the program for ONNX Runtime: an embedding of H, LSTM layers, a linear head. */
    private record Size(String name, int vocabulary, int hidden, int layers) {
        static final List<Size> ALL =
                List.of(new Size("small", 65, 128, 1), new Size("mid", 65, 512, 2), new Size("word", 10000, 256, 1));

        LanguageModel open() {
            List<String> tokens = IntStream.range(0, vocabulary)
                    .mapToObj(i -> Character.toString(0x100 + i))
                    .toList();
            LanguageModelConfig config = new LanguageModelConfig("lstm", hidden, layers, Dtype.FLOAT).embedding(hidden);
            return LanguageModel.create(CharVocabulary.ofTokens(tokens), config, Rng.seeded(1));
        }

        double flops() {
            return 2.0 * hidden * (8.0 * hidden * layers + vocabulary);
        }
    }

    /** One round; returns how many tokens it took. */
    private interface Round {
        int run(LanguageModel model);
    }

    private record Use(String name, Round round) {}

    private static final List<Use> USES = List.of(
            new Use("gen", Inference::generate),
            new Use("prompts", Inference::prompts),
            new Use("streams", Inference::streams),
            new Use("score", Inference::score));

    private Inference() {}

    /**
     * Runs the cases.
     *
     * @param args threads, seconds, cases
     */
    public static void main(String[] args) {
        int threads = Integer.parseInt(args[0]);
        double seconds = Double.parseDouble(args[1]);
        List<String> names = List.of(args).subList(2, args.length);
        Backend.setThreads(1);
        Workers.setThreads(threads);
        for (Size size : Size.ALL) {
            for (Use use : USES) {
                String name = use.name() + "-" + size.name();
                if (names.isEmpty() || names.contains(name)) {
                    double rate = median(size, use, seconds);
                    System.out.printf(
                            Locale.ROOT,
                            "peer=unroll4j case=%s threads=%d tokens_per_s=%.0f gemm_share=%.2f%n",
                            name,
                            threads,
                            rate,
                            size.flops() * rate / Roofline.flops());
                }
            }
        }
    }

    private static double median(Size size, Use use, double seconds) {
        try (LanguageModel model = size.open()) {
            long end = System.nanoTime() + (long) (seconds / 2 * 1e9);
            while (System.nanoTime() < end) {
                use.round().run(model);
            }
            List<Double> rates = new ArrayList<>();
            end = System.nanoTime() + (long) (seconds * 1e9);
            while (System.nanoTime() < end || rates.size() < 5) {
                long start = System.nanoTime();
                int tokens = use.round().run(model);
                rates.add(tokens / ((System.nanoTime() - start) / 1e9));
            }
            Collections.sort(rates);
            return rates.get(rates.size() / 2);
        }
    }

    private static int generate(LanguageModel model) {
        int tokens = 500;
        model.generate("", tokens, SamplingPolicy.temperature(1), Rng.seeded(1));
        return tokens;
    }

    private static int prompts(LanguageModel model) {
        int tokens = 50;
        Generation request = Generation.of("", tokens, SamplingPolicy.temperature(1));
        model.generate(
                Collections.nCopies(ROWS, request),
                IntStream.range(0, ROWS).mapToObj(Rng::seeded).toList());
        return tokens * ROWS;
    }

    private static int streams(LanguageModel model) {
        int steps = 10; // so that opening the sessions hardly counts
        List<Session> sessions = Stream.generate(model::session).limit(STREAMS).toList();
        Rng rng = Rng.seeded(1);
        double[] sum = new double[1];
        for (int t = 0; t < steps; t++) {
            int[] ids = ids(rng, model, STREAMS);
            model.next(sessions, ids, (i, logP) -> sum[0] += logP[ids[i]]);
        }
        require(sum[0] < 0);
        return steps * STREAMS;
    }

    private static int score(LanguageModel model) {
        int[] ids = ids(Rng.seeded(1), model, 2 * ROWS * STEPS + 1);
        require(model.evaluate(Windows.of(ids, STEPS, ROWS)).nats() > 0);
        return ids.length - 1;
    }

    private static int[] ids(Rng rng, LanguageModel model, int count) {
        return IntStream.generate(() -> rng.nextInt(model.vocabulary().size()))
                .limit(count)
                .toArray();
    }

    private static void require(boolean sound) {
        if (!sound) {
            throw new IllegalStateException("Inference: probabilities are not below 1.");
        }
    }
}
