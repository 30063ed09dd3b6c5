// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Backend;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.decoding.SamplingPolicy;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.text.CharVocabulary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A program whose threads write and measure with loaded models for a while; each answer equals that of one thread, and
 * native memory is what it was. In a JVM of its own, so that its death would be seen.
 */
public final class Soak {
    private static final int THREADS = 8;

    private Soak() {}

    /** Seconds, and {@code shared} for one model that all threads use, or {@code own} for one each. */
    public static void main(String... args) throws Exception {
        long until =
                System.nanoTime() + Duration.ofSeconds(Long.parseLong(args[0])).toNanos();
        boolean shared = args[1].equals("shared");
        CharVocabulary letters = CharVocabulary.of("abcdefghijklmnopqrstuvwxyz ");
        Path file = Files.createTempFile("soak", ".safetensors");
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        long held = Backend.held();
        long calls = 0;
        try (LanguageModel one =
                LanguageModel.create(letters, new LanguageModelConfig("lstm", 24, 2, Dtype.FLOAT), Rng.seeded(1))) {
            one.save(file);
            int[] text = letters.encode("the quick brown fox jumps over the lazy dog");
            String written = write(one);
            double measured = one.evaluate(text).nats();
            List<Future<Long>> running = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                running.add(threads.submit(() -> {
                    long done = 0;
                    try (LanguageModel own = LanguageModel.load(file)) {
                        LanguageModel model = shared ? one : own;
                        do {
                            require(write(model).equals(written), "the same text");
                            require(model.evaluate(text).nats() == measured, "the same measurement");
                            done += 2;
                        } while (System.nanoTime() < until);
                    }
                    return done;
                }));
            }
            for (Future<Long> each : running) {
                calls += each.get();
            }
        } finally {
            threads.shutdown();
            Files.delete(file);
        }
        require(Backend.held() == held, "as much native memory as before");
        System.out.println(calls + " calls were right");
    }

    private static String write(LanguageModel model) {
        return model.generate("the ", 30, SamplingPolicy.temperature(1), Rng.seeded(2));
    }

    private static void require(boolean sound, String what) {
        if (!sound) {
            throw new AssertionError("expected " + what);
        }
    }
}
