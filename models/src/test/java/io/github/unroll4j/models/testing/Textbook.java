// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.testing;

import static io.github.unroll4j.models.testing.Numbers.assertClose;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Recurrent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.DoubleStream;

/**
 * The twin of a layer: the equations of a paper for one row of one step, each gate with matrices of its own, unrolled
 * by a plain loop and differentiated by {@link Num}.
 */
public final class Textbook {
    /** Sums of some twenty products in another order, five steps deep. */
    private static final double TOLERANCE = 1e-12;

    private final Map<String, Row> weights = new LinkedHashMap<>();
    private final Map<String, int[]> shapes = new LinkedHashMap<>();

    private Textbook(Parameters parameters) {
        for (Parameter p : parameters.list()) {
            weights.put(p.name(), Row.of(p.valuesCopy()));
            shapes.put(p.name(), p.shape());
        }
    }

    /** One row of one step: from x_t and the state before, by name, to the state after. */
    @FunctionalInterface
    public interface Step {
        /** The equations. */
        Rows next(Textbook w, Row x, Rows prev);
    }

    /** A vector of weights, e.g. {@code p_i}; block g of H columns of it where it has several. */
    public Row vector(String name, int g, int H) {
        return row(name).columns(g * H, H);
    }

    /** A whole vector of weights. */
    public Row vector(String name) {
        return row(name);
    }

    /** Block g of H columns of a matrix of weights: W_xi is block i of {@code W_x}. */
    public Num[][] matrix(String name, int g, int H) {
        int[] shape = Objects.requireNonNull(shapes.get(name), name);
        Num[][] block = new Num[shape[0]][];
        for (int i = 0; i < block.length; i++) {
            block[i] = row(name).columns(i * shape[1] + g * H, H).nums();
        }
        return block;
    }

    private Row row(String name) {
        return Objects.requireNonNull(weights.get(name), name);
    }

    /**
     * Requires that a layer with random weights, inputs and states equals its twin in outputs, states and every
     * gradient.
     */
    public static void assertTwin(Built<? extends Recurrent> built, Step cell) {
        LayerCase pass = LayerCase.random(built.layer(), Dtype.DOUBLE, Lengths.full(4, 2), Rng.seeded(3));
        assertClose(built.outcome(pass), outcome(built, cell, pass), TOLERANCE);
    }

    /** What {@link LayerCase#outcome} gives for the layer, by the textbook; for full lengths. */
    public static Map<String, double[]> outcome(Built<? extends Recurrent> built, Step cell, LayerCase pass) {
        return new Textbook(built.parameters()).outcome(cell, pass);
    }

    private Map<String, double[]> outcome(Step cell, LayerCase pass) {
        int T = pass.x().steps();
        int B = pass.x().batch();
        Tensor X = Numbers.of(pass.x());
        Row[][] x = new Row[T][B];
        List<List<Rows>> states = new ArrayList<>();
        states.add(initial(pass.s0(), B));
        Num loss = Num.of(0);
        for (int t = 0; t < T; t++) {
            List<Rows> next = new ArrayList<>();
            for (int b = 0; b < B; b++) {
                x[t][b] = Row.of(slice(X, t * B + b, X.size(2)));
                next.add(cell.next(this, x[t][b], states.get(t).get(b)));
                Row dh = Row.of(slice(pass.dH(), t * B + b, pass.dH().size(2)));
                loss = loss.plus(Num.dot(next.get(b).h().nums(), dh.nums()));
            }
            states.add(next);
        }
        for (int b = 0; b < B; b++) {
            for (String name : pass.dLast().names()) {
                Tensor d = pass.dLast().part(name);
                Row dLast = Row.of(slice(d, b, d.size(1)));
                loss = loss.plus(Num.dot(states.get(T).get(b).get(name).nums(), dLast.nums()));
            }
        }
        loss.backward();
        return named(pass.s0().names(), x, states);
    }

    private Map<String, double[]> named(List<String> parts, Row[][] x, List<List<Rows>> states) {
        Map<String, double[]> all = new LinkedHashMap<>();
        DoubleStream H = DoubleStream.empty();
        for (List<Rows> state : states.subList(1, states.size())) {
            H = DoubleStream.concat(H, DoubleStream.of(values(state, "h")));
        }
        all.put("H", H.toArray());
        for (int t = 0; t < states.size(); t++) {
            for (String name : parts) {
                all.put("state after " + t + ": " + name, values(states.get(t), name));
            }
        }
        Row dX = Row.join(Arrays.stream(x).map(Row::join).toArray(Row[]::new));
        all.put("dX", dX.gradients());
        for (String name : parts) {
            Row[] rows = states.get(0).stream().map(s -> s.get(name)).toArray(Row[]::new);
            all.put("gradient of s0: " + name, Row.join(rows).gradients());
        }
        weights.forEach((name, row) -> all.put("gradient of " + name, row.gradients()));
        return all;
    }

    private static List<Rows> initial(State s0, int B) {
        List<Rows> rows = new ArrayList<>();
        for (int b = 0; b < B; b++) {
            Map<String, Row> row = new LinkedHashMap<>();
            for (String name : s0.names()) {
                row.put(name, Row.of(slice(s0.part(name), b, s0.part(name).size(1))));
            }
            rows.add(new Rows(row));
        }
        return rows;
    }

    private static double[] values(List<Rows> rows, String name) {
        return Row.join(rows.stream().map(r -> r.get(name)).toArray(Row[]::new)).values();
    }

    private static double[] slice(Tensor tensor, int row, int width) {
        return Arrays.copyOfRange(tensor.data().toDoubles(), row * width, (row + 1) * width);
    }
}
