// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.check;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.DoubleConsumer;
import java.util.function.DoubleSupplier;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * Compares a hand-written backward pass with central differences of the forward pass. It works in double only.
 *
 * <p>For each number x of each checked array, the numeric derivative is (L(x+h) - L(x-h)) / 2h with h = 1e-5. Its error
 * is some 1e-10 if the loss is about 1: h² by truncation and ulp(L)/h by rounding. The relative error of a derivative a
 * from backward and the numeric derivative n is |a - n| / max(|a|, |n|, M/1000, 4e6·ulp(L)/h). M is the largest |n| of
 * the array. With the third term, entries that are tiny beside others of the array do not decide; it is left out along
 * directions. The fourth term allows for rounding: at the tolerance 1e-6 it hides only differences below four units in
 * the last place of L, which is the rounding error of a chain of some hundred operations.
 *
 * <p>Where that error is above 5e-7, the loss may only be steep: truncation is h² L'''/6. There the differences are
 * taken with h/2 too. Richardson's extrapolation (4 n_{h/2} - n_h)/3 has an error of order h⁴, and of the two the
 * derivative that is nearer to a counts. A wrong a is near neither.
 *
 * <p>It also checks four other rules. Two runs of backward from zero gradients must give bit-identical results. Two
 * runs without clearing must give twice the gradient, because gradients accumulate. A zero upstream gradient must give
 * zero everywhere. And the checked values must not change.
 *
 * @since 0.1.0
 */
public final class GradientCheck {
    /** The step h. */
    public static final double STEP = 1e-5;

    private static final double STEEP = 5e-7;

    private final DoubleSupplier loss;
    private final DoubleConsumer backward;
    private final List<Slot> slots = new ArrayList<>();
    private final List<Parameters> registries = new ArrayList<>();

    private GradientCheck(DoubleSupplier loss, DoubleConsumer backward) {
        this.loss = loss;
        this.backward = backward;
    }

    /**
     * Starts a check.
     *
     * @param loss runs forward and returns the loss
     * @param backward runs forward and backward with the given upstream gradient dL/dL. It adds to the gradients of the
     *     parameters and overwrites the gradients of the inputs
     * @return the check; add parameters and inputs to it
     */
    public static GradientCheck of(DoubleSupplier loss, DoubleConsumer backward) {
        Objects.requireNonNull(loss, "loss");
        Objects.requireNonNull(backward, "backward");
        return new GradientCheck(loss, backward);
    }

    /**
     * Checks all parameters of a registry.
     *
     * @param parameters a DOUBLE registry
     * @return this check
     * @throws IllegalArgumentException if the registry is FLOAT: its rounding errors hide wrong gradients
     */
    public GradientCheck parameters(Parameters parameters) {
        requireDouble(parameters.dtype(), "the parameters");
        registries.add(parameters);
        for (Parameter p : parameters.list()) {
            slots.add(new Slot(
                    p.name(),
                    p.values(),
                    p.offset(),
                    p.size(),
                    parameters::changed,
                    p::gradientCopy,
                    p::describe,
                    true));
        }
        return this;
    }

    /**
     * Checks an input, such as x or an initial state.
     *
     * @param name a name for the report
     * @param values a DOUBLE tensor that the loss depends on
     * @param gradient returns its gradient from the latest backward pass
     * @return this check
     * @throws IllegalArgumentException if the tensor is FLOAT
     */
    public GradientCheck input(String name, Tensor values, Supplier<Tensor> gradient) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(gradient, "gradient");
        requireDouble(values.dtype(), name);
        Supplier<double[]> read = () -> gradient.get().data().toDoubles();
        slots.add(new Slot(
                name, values.data(), 0, values.data().length(), () -> {}, read, i -> name + "[" + i + "]", false));
        return this;
    }

    /**
     * Compares every derivative.
     *
     * @return the report
     */
    public GradientReport full() {
        List<double[]> before = slots.stream().map(Slot::current).toList();
        List<double[]> analytic = analytic();
        List<String> complaints = complaints(analytic, before);
        List<GradientReport.Entry> entries = new ArrayList<>();
        if (!comparable(analytic)) {
            return new GradientReport(entries, complaints, 0);
        }
        long compared = 0;
        double floor = noise();
        for (int i = 0; i < slots.size(); i++) {
            entries.add(compare(slots.get(i), analytic.get(i), floor));
            compared += slots.get(i).size;
        }
        return new GradientReport(entries, complaints, compared);
    }

    /**
     * Compares derivatives along random directions through all arrays. Each direction costs two forward passes.
     *
     * @param directions number of directions
     * @param rng source of the directions
     * @return the report, with one entry for each direction
     */
    public GradientReport directional(int directions, Rng rng) {
        Objects.requireNonNull(rng, "rng");
        List<double[]> before = slots.stream().map(Slot::current).toList();
        List<double[]> analytic = analytic();
        List<String> complaints = complaints(analytic, before);
        List<GradientReport.Entry> entries = new ArrayList<>();
        if (!comparable(analytic)) {
            return new GradientReport(entries, complaints, 0);
        }
        double floor = noise();
        for (int d = 0; d < directions; d++) {
            List<double[]> direction = new ArrayList<>();
            double a = 0;
            for (int i = 0; i < slots.size(); i++) {
                double[] v = new double[slots.get(i).size];
                for (int k = 0; k < v.length; k++) {
                    v[k] = rng.nextGaussian();
                    a += v[k] * analytic.get(i)[k];
                }
                direction.add(v);
            }
            double n = difference(h -> along(direction, h), STEP);
            n = steep(h -> along(direction, h), a, n, floor);
            String name = "direction " + d;
            entries.add(new GradientReport.Entry(
                    name, List.of(new GradientReport.Element(name, a, n, error(a, n, floor)))));
        }
        return new GradientReport(entries, complaints, directions);
    }

    /** Whether there is something to compare, and each gradient has the size of its values. */
    private boolean comparable(List<double[]> analytic) {
        boolean comparable = !slots.isEmpty();
        for (int i = 0; i < slots.size(); i++) {
            comparable &= analytic.get(i).length == slots.get(i).size;
        }
        return comparable;
    }

    private GradientReport.Entry compare(Slot slot, double[] analytic, double floor) {
        double[] numeric = new double[slot.size];
        double largest = 0;
        for (int k = 0; k < slot.size; k++) {
            numeric[k] = difference(along(slot, k), STEP);
            largest = Math.max(largest, Math.abs(numeric[k]));
        }
        List<GradientReport.Element> elements = new ArrayList<>();
        for (int k = 0; k < slot.size; k++) {
            double least = Math.max(floor, largest / 1000);
            double n = steep(along(slot, k), analytic[k], numeric[k], least);
            double e = error(analytic[k], n, least);
            elements.add(new GradientReport.Element(slot.describe.apply(k), analytic[k], n, e));
        }
        return new GradientReport.Entry(slot.name, elements);
    }

    /** The loss as a function of what is added to one element. */
    private DoubleUnaryOperator along(Slot slot, int k) {
        double x = slot.values.get(slot.offset + k);
        return h -> {
            slot.set(k, x + h);
            double value = loss.getAsDouble();
            slot.set(k, x);
            return value;
        };
    }

    private static double difference(DoubleUnaryOperator lossAt, double h) {
        return (lossAt.applyAsDouble(h) - lossAt.applyAsDouble(-h)) / (2 * h);
    }

    /** The numeric derivative n, or a more exact one if n is far from a and the other is not. */
    private static double steep(DoubleUnaryOperator lossAt, double a, double n, double floor) {
        if (error(a, n, floor) <= STEEP) {
            return n;
        }
        double better = (4 * difference(lossAt, STEP / 2) - n) / 3;
        return Math.abs(better - a) < Math.abs(n - a) ? better : n;
    }

    private double along(List<double[]> direction, double step) {
        List<double[]> before = new ArrayList<>();
        for (int i = 0; i < slots.size(); i++) {
            Slot slot = slots.get(i);
            double[] x = slot.current();
            before.add(x);
            for (int k = 0; k < x.length; k++) {
                slot.set(k, x[k] + step * direction.get(i)[k]);
            }
        }
        double value = loss.getAsDouble();
        for (int i = 0; i < slots.size(); i++) {
            for (int k = 0; k < before.get(i).length; k++) {
                slots.get(i).set(k, before.get(i)[k]);
            }
        }
        return value;
    }

    private List<double[]> analytic() {
        registries.forEach(Parameters::zeroGradients);
        backward.accept(1);
        return read();
    }

    private List<double[]> read() {
        return slots.stream().map(s -> s.gradient.get()).toList();
    }

    private List<String> complaints(List<double[]> first, List<double[]> before) {
        List<String> complaints = new ArrayList<>();
        backward.accept(1);
        List<double[]> accumulated = read();
        List<double[]> again = analytic();
        registries.forEach(Parameters::zeroGradients);
        backward.accept(0);
        List<double[]> zero = read();
        for (int i = 0; i < slots.size(); i++) {
            Slot slot = slots.get(i);
            if (first.get(i).length != slot.size) {
                complaints.add(slot.name + ": the gradient has " + first.get(i).length + " elements, the values have "
                        + slot.size);
                continue;
            }
            if (!Arrays.equals(first.get(i), again.get(i))) {
                complaints.add(slot.name + ": backward run twice gives two results; a cache or an input is modified");
            }
            if (slot.accumulates && !doubled(first.get(i), accumulated.get(i))) {
                complaints.add(slot.name + ": backward does not add to the gradient that is there");
            }
            if (Arrays.stream(zero.get(i)).anyMatch(g -> g != 0)) {
                complaints.add(slot.name + ": a zero upstream gradient does not give zero");
            }
            if (!Arrays.equals(before.get(i), slot.current())) {
                complaints.add(slot.name + ": backward changed the values");
            }
        }
        registries.forEach(Parameters::zeroGradients);
        return complaints;
    }

    // Terms that are added one by one to g round differently from terms that are added to 0. The difference is of the
    // order of the rounding errors of the largest terms.
    private static boolean doubled(double[] once, double[] twice) {
        double largest = Arrays.stream(twice).map(Math::abs).max().orElse(0);
        for (int k = 0; k < once.length; k++) {
            if (Math.abs(2 * once[k] - twice[k]) > 1e-10 * largest + Double.MIN_NORMAL) {
                return false;
            }
        }
        return true;
    }

    private double noise() {
        return 4e6 * Math.ulp(loss.getAsDouble()) / STEP;
    }

    private static double error(double a, double n, double floor) {
        return Math.abs(a - n) / Math.max(Math.max(Math.abs(a), Math.abs(n)), floor);
    }

    private static void requireDouble(Dtype dtype, String what) {
        if (dtype != Dtype.DOUBLE) {
            throw new IllegalArgumentException("GradientCheck: " + what + " are " + dtype
                    + ", expected DOUBLE; finite differences in float cannot tell a right gradient from a wrong one.");
        }
    }

    /** A checked array. */
    private record Slot(
            String name,
            Vec values,
            int offset,
            int size,
            Runnable changed,
            Supplier<double[]> gradient,
            IntFunction<String> describe,
            boolean accumulates) {
        void set(int k, double value) {
            values.set(offset + k, value);
            changed.run();
        }

        double[] current() {
            double[] copy = new double[size];
            for (int k = 0; k < size; k++) {
                copy[k] = values.get(offset + k);
            }
            return copy;
        }
    }
}
