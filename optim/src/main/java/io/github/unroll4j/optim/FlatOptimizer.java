// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.optim;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What all optimisers share: the step counter, and state arrays of the length of the flat parameters. */
abstract class FlatOptimizer implements Optimizer {
    /** The grain of what decays, for double and float, and that of squares; see {@link #kept(double)}. */
    private static final double GRAIN = 1e-200;

    private static final float FLOAT_GRAIN = 1e-20f;
    private static final double SQUARE_GRAIN = 1e-290;
    private static final float FLOAT_SQUARE_GRAIN = 1e-30f;

    /** Beyond it a double does not hold every whole number. */
    private static final double MOST_STEPS = 1L << 53;

    final Parameters parameters;
    private final String name;
    private final Map<String, Vec> arrays = new LinkedHashMap<>();
    private final Set<String> squares = new HashSet<>();
    private long steps;

    FlatOptimizer(String name, Parameters parameters) {
        this.name = name;
        this.parameters = parameters;
    }

    /** Adds a state array of zeros under {@code name.key}. */
    final Vec array(String key) {
        Vec zeros = Vec.zeros(parameters.dtype(), parameters.count());
        arrays.put(name + "." + key, zeros);
        return zeros;
    }

    /** Adds a state array of zeros whose numbers are sums of squares, never below 0. */
    final Vec squares(String key) {
        squares.add(name + "." + key);
        return array(key);
    }

    /**
     * Writes the new values of elements {@code from} to {@code to - 1}; several threads do so at once, each for its
     * own. {@link #steps()} already includes this step.
     */
    abstract void update(double learningRate, int from, int to);

    /** Updates all elements, or those that a step is for. */
    void update(double learningRate) {
        parameters.forEachPiece((at, n) -> update(learningRate, at, at + n));
    }

    @Override
    public final void step(double learningRate) {
        requireNotNegative("learningRate", learningRate);
        parameters.write(values -> {
            steps++;
            parameters.gradients(); // asked for by one thread first, as it may have to set some to zero
            update(learningRate);
        });
    }

    /**
     * A number that decays from step to step where its gradient is zero, rounded to a multiple of the last place of a
     * grain. Without that it would shrink to the smallest subnormal numbers and stay there, because 0.9 times the
     * smallest number is rounded to the number itself; and processors take ten to a hundred times as long for those.
     * Numbers above 10⁸ grains, in double 10¹⁶, are not changed. Smaller ones are rounded once more, or by 4·10⁻²⁸ in
     * float, which moves no weight.
     */
    static double kept(double x) {
        return (x + GRAIN) - GRAIN;
    }

    /** The same of a float. */
    static float kept(float x) {
        return (x + FLOAT_GRAIN) - FLOAT_GRAIN;
    }

    /** The same of a mean of squares, whose root counts. */
    static double keptSquare(double x) {
        return (x + SQUARE_GRAIN) - SQUARE_GRAIN;
    }

    /** The same of a float. */
    static float keptSquare(float x) {
        return (x + FLOAT_SQUARE_GRAIN) - FLOAT_SQUARE_GRAIN;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final long steps() {
        return steps;
    }

    @Override
    public final Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        state.put(stepKey(), Tensor.of(Vec.of(Dtype.DOUBLE, (double) steps), 1));
        arrays.forEach((key, vec) -> state.put(key, Tensor.of(vec, vec.length())));
        return state;
    }

    @Override
    public final void restore(Map<String, Tensor> state) {
        Map<String, Tensor> expected = state();
        if (!state.keySet().equals(expected.keySet())) {
            throw new IllegalArgumentException(name + ".restore: the state holds " + state.keySet() + ", expected "
                    + expected.keySet() + "; likely cause: it was saved by another optimiser.");
        }
        expected.forEach((key, tensor) -> requireLike(key, get(state, key), tensor));
        double taken = get(state, stepKey()).at(0);
        requirePossible(stepKey(), taken, taken >= 0 && taken <= MOST_STEPS && taken == Math.rint(taken), "a count");
        arrays.keySet().forEach(key -> requirePossible(key, get(state, key).data(), taken));
        steps = (long) taken;
        arrays.forEach((key, vec) -> vec.copy(0, get(state, key).data(), 0, vec.length()));
    }

    private void requirePossible(String key, Vec numbers, double taken) {
        for (int i = 0; i < numbers.length(); i++) {
            double number = numbers.get(i);
            requirePossible(key, number, !squares.contains(key) || number >= 0, "squares, which are 0 or more");
            requirePossible(key, number, taken > 0 || number == 0, "0 before the first step");
        }
    }

    private void requirePossible(String key, double number, boolean possible, String expected) {
        if (!possible) {
            throw new IllegalArgumentException(name + ".restore: " + key + " has " + number + ", expected " + expected
                    + "; likely cause: the state was edited or damaged.");
        }
    }

    private static Tensor get(Map<String, Tensor> state, String key) {
        return Objects.requireNonNull(state.get(key), key);
    }

    private String stepKey() {
        return name + ".step";
    }

    private void requireLike(String key, Tensor found, Tensor expected) {
        if (found.dtype() != expected.dtype() || !Arrays.equals(found.shape(), expected.shape())) {
            throw ShapeException.of(
                    name + ".restore", key, found.toString(), expected.toString(), "it was saved for another model");
        }
    }

    /** Refuses a number with the message that all optimisers use. */
    final void require(String what, double found, boolean ok, String expected) {
        if (!ok) {
            throw new IllegalArgumentException(
                    getClass().getSimpleName() + ": " + what + " is " + found + ", expected " + expected + ".");
        }
    }

    final void requireFraction(String what, double found) {
        require(what, found, found >= 0 && found < 1, "0 or more and below 1");
    }

    final void requireNotNegative(String what, double found) {
        require(what, found, found >= 0 && Double.isFinite(found), "finite, 0 or more");
    }

    /** Checks an ε. The root is 0 until the first gradient arrives; without ε the step would be 0/0, which is NaN. */
    final void requirePositive(String what, double found) {
        require(what, found, found > 0 && Double.isFinite(found), "finite and above 0");
    }
}
