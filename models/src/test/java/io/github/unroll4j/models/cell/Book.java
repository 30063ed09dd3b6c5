// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cell;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.testing.LayerCase;
import io.github.unroll4j.models.testing.Numbers;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A layer as a book has it: the equations of one step of one row, over all rows and steps, every quantity under its
 * name.
 *
 * <p>Whatever has a name can be nudged: one number of it is moved right after it was computed, and all that follows
 * from it follows. So a difference of two losses is the whole derivative with respect to that number, of a gate as of a
 * state.
 */
final class Book {
    /** The equations of one step of one row: from an input and a state to the state after it. */
    @FunctionalInterface
    interface Cell {
        Map<String, double[]> step(Book book, double[] x, Map<String, double[]> prev);
    }

    private final Cell cell;
    private final LayerCase pass;
    private final double[] zoneout;
    private final Map<String, double[]> weights = new LinkedHashMap<>();
    private final Map<String, double[]> values = new LinkedHashMap<>();
    private String nudged = "";
    private int where;
    private double move;
    private int t;
    private int b;

    /** Over the weights of a layer; with the mean of zoneout at a rate for each part of the state, or without. */
    Book(Cell cell, Parameters parameters, LayerCase pass, double... zoneout) {
        this.cell = cell;
        this.pass = pass;
        this.zoneout = zoneout;
        parameters.list().forEach(p -> weights.put(p.name().substring(p.name().lastIndexOf('.') + 1), p.valuesCopy()));
    }

    /** Every named quantity, [T,B,·]; what no step computes is 0. */
    Map<String, double[]> values() {
        loss("", 0, 0);
        return new LinkedHashMap<>(values);
    }

    /** dL/d(name) by central differences. */
    double derivative(String name, int index, double step) {
        return (loss(name, index, step) - loss(name, index, -step)) / (2 * step);
    }

    /** L = ⟨H, dH⟩ + ⟨s_T, dLast⟩, one number of one quantity moved. */
    private double loss(String name, int index, double by) {
        nudged = name;
        where = index;
        move = by;
        values.clear();
        double loss = 0;
        for (b = 0; b < pass.x().batch(); b++) {
            Map<String, double[]> state = rowOf(pass.s0());
            for (t = 0; t < pass.x().steps(); t++) {
                state = after(state);
                loss += dot(state.values().iterator().next(), rowOf(pass.dH(), t));
            }
            Map<String, double[]> dLast = rowOf(pass.dLast());
            for (Map.Entry<String, double[]> part : state.entrySet()) {
                loss += dot(part.getValue(), Objects.requireNonNull(dLast.get(part.getKey())));
            }
        }
        return loss;
    }

    private Map<String, double[]> after(Map<String, double[]> prev) {
        Map<String, double[]> next = new LinkedHashMap<>();
        if (pass.lengths().padded(t, b)) {
            prev.forEach((part, row) -> next.put(part, named(part, row)));
            return next;
        }
        Map<String, double[]> made = cell.step(this, rowOf(Numbers.of(pass.x()), t), prev);
        if (zoneout.length == 0) {
            return made;
        }
        made.forEach((part, row) -> {
            double rate = zoneout[next.size()];
            double[] old = Objects.requireNonNull(prev.get(part));
            next.put(part, named(part, each(row.length, k -> rate * old[k] + (1 - rate) * row[k])));
        });
        return next;
    }

    /** A quantity under its name. */
    double[] named(String name, double[] row) {
        double[] mine = row.clone();
        int n = row.length;
        int at = (t * pass.x().batch() + b) * n;
        if (name.equals(nudged) && where >= at && where < at + n) {
            mine[where - at] += move;
        }
        double[] all = values.computeIfAbsent(
                name, key -> new double[pass.x().steps() * pass.x().batch() * n]);
        System.arraycopy(mine, 0, all, at, n);
        return mine;
    }

    /** A part of the state that the cell makes. */
    double[] state(String part, double[] row) {
        return named(zoneout.length == 0 ? part : "made." + part, row);
    }

    /** Block g of G of x W_x, plus b where there is one. */
    double[] inputSide(double[] x, int g, int G) {
        return withBias("b", g, G, product(x, "W_x", g, G));
    }

    /** Block g of G of h_prev W_h, plus b_h where there is one. */
    double[] recurrentSide(double[] h, int g, int G) {
        return withBias("b_h", g, G, product(h, "W_h", g, G));
    }

    /** A row plus block g of G of a bias, where there is one. */
    double[] withBias(String name, int g, int G, double[] row) {
        return weights.containsKey(name) ? plus(row, bias(name, g, G)) : row;
    }

    /** Block g of G of row W. */
    double[] product(double[] row, String W, int g, int G) {
        double[] w = weight(W);
        int columns = w.length / row.length;
        int units = columns / G;
        return each(units, j -> {
            double sum = 0;
            for (int i = 0; i < row.length; i++) {
                sum += row[i] * w[i * columns + g * units + j];
            }
            return sum;
        });
    }

    private double[] bias(String name, int g, int G) {
        double[] all = weight(name);
        return Arrays.copyOfRange(all, g * all.length / G, (g + 1) * all.length / G);
    }

    /** A parameter by its short name. */
    double[] weight(String name) {
        return Objects.requireNonNull(weights.get(name), name);
    }

    private Map<String, double[]> rowOf(State state) {
        Map<String, double[]> row = new LinkedHashMap<>();
        for (int i = 0; i < state.names().size(); i++) {
            row.put(state.names().get(i), rowOf(state.parts().get(i), -1));
        }
        return row;
    }

    /** Row b of [T,B,n] at step, or of [B,n] where step is negative. */
    private double[] rowOf(Tensor tensor, int step) {
        int n = tensor.size(step < 0 ? 1 : 2);
        int at = (Math.max(step, 0) * pass.x().batch() + b) * n;
        return each(n, k -> tensor.data().get(at + k));
    }

    /** One number of a row. */
    @FunctionalInterface
    interface Element {
        double at(int k);
    }

    static double[] each(int n, Element element) {
        double[] row = new double[n];
        Arrays.setAll(row, element::at);
        return row;
    }

    static double[] plus(double[] a, double[] c) {
        return each(a.length, k -> a[k] + c[k]);
    }

    static double[] times(double[] a, double[] c) {
        return each(a.length, k -> a[k] * c[k]);
    }

    static double[] oneMinus(double[] a) {
        return each(a.length, k -> 1 - a[k]);
    }

    static double[] sigmoid(double[] z) {
        return each(z.length, k -> 1 / (1 + Math.exp(-z[k])));
    }

    static double[] tanh(double[] z) {
        return each(z.length, k -> Math.tanh(z[k]));
    }

    private static double dot(double[] a, double[] c) {
        return Arrays.stream(times(a, c)).sum();
    }
}
