// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.benchmarks;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.optim.Adam;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Where the time of an iteration goes: the gradient alone, and the optimiser alone. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class IterationBenchmark {
    /** Name of the case. */
    @Param({"rnn-seed", "lstm-small", "bahdanau-mid"})
    public String name;

    private Problem.Training training;
    private Adam adam;
    private long iteration;

    /** Builds the model of the case. */
    @Setup
    public void setUp() {
        Problem problem = Problem.all().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
        training = problem.open(Dtype.FLOAT);
        adam = new Adam(training.objective().parameters());
    }

    /** Frees native memory. */
    @TearDown
    public void tearDown() {
        training.close();
    }

    /**
     * Forward and backward.
     *
     * @return the loss, so that nothing is optimised away
     */
    @Benchmark
    public double gradients() {
        training.objective().parameters().zeroGradients();
        return training.objective().gradients(iteration++).value();
    }

    /** One Adam step. */
    @Benchmark
    public void adamStep() {
        adam.step(1e-3);
    }
}
