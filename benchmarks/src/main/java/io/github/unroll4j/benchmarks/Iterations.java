// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.benchmarks;

import io.github.unroll4j.core.tensor.Backend;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.train.Objective;
import io.github.unroll4j.optim.Adam;
import io.github.unroll4j.optim.GradientClip;
import io.github.unroll4j.optim.Optimizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Times whole training iterations and prints one line a case, in the form that the programs for other libraries print;
 * {@code gemm_share} is the part of the time that its matrix products would take at this machine's best speed.
 *
 * <p>Arguments: threads, seconds a case, then names of cases (all if none). An iteration is forward, backward, clipping
 * of the global norm and an Adam step, through the public interface. Half of the time warms up, as it does for the
 * others.
 */
public final class Iterations {
    private static final double LEARNING_RATE = 1e-3;

    private Iterations() {}

    /**
     * Runs the cases.
     *
     * @param args threads, seconds, cases
     */
    public static void main(String[] args) {
        int threads = Integer.parseInt(args[0]);
        double seconds = Double.parseDouble(args[1]);
        List<String> names = List.of(args).subList(2, args.length);
        Backend.setThreads(threads);
        for (Problem c : Problem.all()) {
            if (names.isEmpty() || names.contains(c.name())) {
                double median = median(c, seconds);
                System.out.printf(
                        Locale.ROOT,
                        "peer=unroll4j case=%s threads=%d ms_per_iteration=%.4f tokens_per_s=%.0f gemm_share=%.2f%n",
                        c.name(),
                        threads,
                        median * 1e3,
                        c.tokens() / median,
                        c.productFlops() / Roofline.flops() / median);
            }
        }
    }

    private static double median(Problem c, double seconds) {
        try (Problem.Training training = c.open(Dtype.FLOAT)) {
            Objective objective = training.objective();
            Optimizer adam = new Adam(objective.parameters());
            GradientClip clip = GradientClip.byGlobalNorm(5);
            long iteration = 0;
            long end = System.nanoTime() + (long) (seconds / 2 * 1e9);
            while (System.nanoTime() < end) {
                iterate(objective, adam, clip, iteration++);
            }
            List<Double> times = new ArrayList<>();
            end = System.nanoTime() + (long) (seconds * 1e9);
            while (System.nanoTime() < end || times.size() < 5) {
                long start = System.nanoTime();
                iterate(objective, adam, clip, iteration++);
                times.add((System.nanoTime() - start) / 1e9);
            }
            Collections.sort(times);
            return times.get(times.size() / 2);
        }
    }

    private static void iterate(Objective objective, Optimizer optimizer, GradientClip clip, long iteration) {
        objective.parameters().zeroGradients();
        objective.gradients(iteration);
        clip.apply(objective.parameters());
        optimizer.step(LEARNING_RATE);
    }
}
