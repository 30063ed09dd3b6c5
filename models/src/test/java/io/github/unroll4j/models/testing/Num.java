// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.testing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * A number that remembers what it was made of, so that the gradient of a result follows from the forward equations
 * alone: automatic differentiation, for the tests only, as a judge that knows none of the library's derivations.
 */
public final class Num {
    /** The number. */
    public final double value;

    private final Num[] parts;
    private final double[] partials;
    private double gradient;

    private Num(double value, Num[] parts, double[] partials) {
        this.value = value;
        this.parts = parts;
        this.partials = partials;
    }

    /** A number made of nothing. */
    public static Num of(double value) {
        return new Num(value, new Num[0], new double[0]);
    }

    /** The sum of products, Σ a_i b_i. */
    public static Num dot(Num[] a, Num[] b) {
        Num[] parts = new Num[2 * a.length];
        double[] partials = new double[2 * a.length];
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i].value * b[i].value;
            parts[2 * i] = a[i];
            partials[2 * i] = b[i].value;
            parts[2 * i + 1] = b[i];
            partials[2 * i + 1] = a[i].value;
        }
        return new Num(sum, parts, partials);
    }

    /** a + b. */
    public Num plus(Num b) {
        return new Num(value + b.value, new Num[] {this, b}, new double[] {1, 1});
    }

    /** a - b. */
    public Num minus(Num b) {
        return new Num(value - b.value, new Num[] {this, b}, new double[] {1, -1});
    }

    /** a · b. */
    public Num times(Num b) {
        return new Num(value * b.value, new Num[] {this, b}, new double[] {b.value, value});
    }

    /** a / b. */
    public Num over(Num b) {
        return new Num(value / b.value, new Num[] {this, b}, new double[] {1 / b.value, -value / (b.value * b.value)});
    }

    /** √a. */
    public Num sqrt() {
        return of(Math.sqrt(value), 0.5 / Math.sqrt(value));
    }

    /** tanh(a). */
    public Num tanh() {
        return of(Math.tanh(value), 1 / (Math.cosh(value) * Math.cosh(value)));
    }

    /** σ(a). */
    public Num sigmoid() {
        double e = Math.exp(-value);
        return of(1 / (1 + e), e / ((1 + e) * (1 + e)));
    }

    private Num of(double result, double partial) {
        return new Num(result, new Num[] {this}, new double[] {partial});
    }

    /** The derivative, with respect to this, of what {@link #backward} was last called on. */
    public double gradient() {
        return gradient;
    }

    /** Sets the gradient of everything that this was made of. */
    public void backward() {
        List<Num> order = new ArrayList<>();
        visit(order, Collections.newSetFromMap(new IdentityHashMap<>()));
        order.forEach(num -> num.gradient = 0);
        gradient = 1;
        for (int i = order.size() - 1; i >= 0; i--) {
            Num made = order.get(i);
            for (int j = 0; j < made.parts.length; j++) {
                made.parts[j].gradient += made.gradient * made.partials[j];
            }
        }
    }

    private void visit(List<Num> order, Set<Num> seen) {
        if (seen.add(this)) {
            for (Num part : parts) {
                part.visit(order, seen);
            }
            order.add(this);
        }
    }
}
