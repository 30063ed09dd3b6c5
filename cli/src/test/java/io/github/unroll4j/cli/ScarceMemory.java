// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.decoding.SamplingPolicy;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.models.lm.LanguageModelObjective;
import io.github.unroll4j.models.train.Trainer;
import io.github.unroll4j.models.train.TrainerConfig;
import io.github.unroll4j.optim.Adam;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.Schedule;
import io.github.unroll4j.text.CharVocabulary;
import io.github.unroll4j.text.Windows;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A program that takes nearly all memory away before each call on one model, a little more every time, so that calls
 * run out of it at whichever of their allocations comes then; gives it back, and requires that the model answers as
 * before. To be run with a small heap, in a JVM of its own.
 */
public final class ScarceMemory {
    private static final int PIECE = 16 << 10;

    private ScarceMemory() {}

    /** The number of calls is the argument. Prints how many of them ran out of memory. */
    public static void main(String... args) {
        CharVocabulary letters = CharVocabulary.of("abcdefghijklmnopqrstuvwxyz ");
        int[] text = letters.encode("the quick brown fox jumps over the lazy dog ".repeat(200));
        SplittableRandom random = new SplittableRandom(1);
        int failed = 0;
        try (LanguageModel model =
                LanguageModel.create(letters, new LanguageModelConfig("lstm", 16, 2, Dtype.FLOAT), Rng.seeded(1))) {
            String written = write(model);
            double measured = model.evaluate(text).nats();
            for (int call = 0; call < Integer.parseInt(args[0]); call++) {
                List<byte[]> taken = new ArrayList<>();
                int kind = call % 3;
                int size = 1 + random.nextInt(3000);
                try {
                    take(taken, random.nextInt(6 << 20));
                    switch (kind) {
                        case 0 -> model.generate("the ", size / 10, SamplingPolicy.temperature(1), Rng.seeded(call));
                        case 1 -> model.evaluate(text);
                        default -> learn(model, size);
                    }
                } catch (OutOfMemoryError e) {
                    failed++;
                }
                taken.clear();
                require(write(model).equals(written), "the same text after call " + call);
                require(model.evaluate(text).nats() == measured, "the same measurement after call " + call);
            }
        }
        System.out.println(failed + " calls ran out of memory");
    }

    private static String write(LanguageModel model) {
        return model.generate("the ", 20, SamplingPolicy.greedy(), Rng.seeded(2));
    }

    /** Trains with a rate of zero, so that the weights stay. */
    private static void learn(LanguageModel model, int size) {
        Windows windows = Windows.of(new int[20 * size + 1], 20, size);
        LanguageModelObjective objective = new LanguageModelObjective(model, windows, Reduction.MEAN);
        TrainerConfig how = new TrainerConfig(new Adam(model.parameters()), Schedule.constant(0), 1);
        new Trainer(objective, how).run();
    }

    /** Takes memory until about so much is left. */
    private static void take(List<byte[]> taken, int left) {
        Runtime runtime = Runtime.getRuntime();
        System.gc();
        long free = runtime.maxMemory() - (runtime.totalMemory() - runtime.freeMemory());
        for (long rest = free - left; rest > 0; rest -= PIECE) {
            taken.add(new byte[PIECE]);
        }
    }

    private static void require(boolean sound, String what) {
        if (!sound) {
            throw new AssertionError("expected " + what);
        }
    }
}
