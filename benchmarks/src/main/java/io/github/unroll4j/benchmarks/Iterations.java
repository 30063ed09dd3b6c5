// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.benchmarks;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Workers;
import io.github.unroll4j.models.train.Objective;
import io.github.unroll4j.models.train.TrainListener;
import io.github.unroll4j.models.train.TrainStep;
import io.github.unroll4j.models.train.Trainer;
import io.github.unroll4j.models.train.TrainerConfig;
import io.github.unroll4j.optim.Adam;
import io.github.unroll4j.optim.GradientClip;
import io.github.unroll4j.optim.Schedule;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Times whole training iterations and prints one line a case, in the form that the programs for other libraries print;
 * {@code gemm_share} is the part of the time that its matrix products would take at this machine's best speed.
 *
 * <p>Arguments: threads, seconds a case, then names of cases (all if none). Threads are workers with one BLAS thread
 * each. An iteration is forward, backward, clipping of the global norm and an Adam step, through the public interface.
 * Half of the time warms up, as it does for the others.
 */
public final class Iterations {
    /**
     * So low that the one batch is not learned by heart: its gradients would become subnormal numbers, for which
     * processors take many times as long.
     */
    private static final double LEARNING_RATE = 1e-12;

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
        Workers.setThreads(threads);
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
            return median(training, seconds);
        }
    }

    /** Seconds of an iteration, the median of so many seconds, after half as long to warm up. */
    static double median(Problem.Training training, double seconds) {
        Objective objective = training.objective();
        var how = new TrainerConfig(new Adam(objective.parameters()), Schedule.constant(LEARNING_RATE), Long.MAX_VALUE);
        Trainer trainer = new Trainer(objective, how.with(GradientClip.byGlobalNorm(5)));
        Times times = new Times(trainer, seconds);
        trainer.listen(times);
        trainer.run();
        return times.median();
    }

    /** The times from the end of one iteration to that of the next, after half as long to warm up. */
    private static final class Times implements TrainListener {
        private final Trainer trainer;
        private final List<Double> seconds = new ArrayList<>();
        private final long begin;
        private final long end;
        private long latest;

        Times(Trainer trainer, double seconds) {
            this.trainer = trainer;
            begin = System.nanoTime() + (long) (seconds / 2 * 1e9);
            end = begin + (long) (seconds * 1e9);
        }

        @Override
        public void onStep(TrainStep step) {
            long now = System.nanoTime();
            if (latest >= begin) {
                seconds.add((now - latest) / 1e9);
            }
            latest = now;
            if (now >= end && seconds.size() >= 5) {
                trainer.requestStop();
            }
        }

        double median() {
            Collections.sort(seconds);
            return seconds.get(seconds.size() / 2);
        }
    }
}
