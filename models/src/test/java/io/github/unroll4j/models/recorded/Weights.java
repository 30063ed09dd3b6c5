// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.recorded;

import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cells.CoupledLstmCell;
import io.github.unroll4j.models.cells.GruCell;
import io.github.unroll4j.models.cells.GruFormulation;
import io.github.unroll4j.models.cells.GruResetBeforeCell;
import io.github.unroll4j.models.cells.LstmCell;
import io.github.unroll4j.models.cells.PeepholeLstmCell;
import io.github.unroll4j.models.cells.RnnCell;
import io.github.unroll4j.models.recorded.Recorded.Block;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntFunction;

/**
 * The weights of one direction of a case in our layout, by our short names, and the cell that they are for. The orders
 * of gates are those of docs/NOTATION.md, "Gate order".
 *
 * @param cell makes the cell for H units
 * @param numbers {@code W_x}, {@code W_h} and so on
 */
record Weights(IntFunction<Cell> cell, Map<String, double[]> numbers) {
    private static final GruFormulation ONNX_RESET_BEFORE =
            new GruFormulation(GruFormulation.Update.KEEPS, GruFormulation.Reset.BEFORE, Layout.Biases.TWO);

    /**
     * What the other side has, with matrices as columns [in,G·H] and one bias a side, zeros where it has none.
     *
     * @param peepholes of i, o and f, [3H], or none
     */
    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    private record Theirs(double[] W, double[] R, double[] b, double[] b_h, double[] peepholes) {}

    /** One of them, by its short name. */
    double[] get(String name) {
        return Objects.requireNonNull(numbers.get(name), name);
    }

    /** The weights of a direction, 0 or 1. */
    static Weights of(Recorded one, int direction) {
        return of(one, direction, "");
    }

    /** The gradients of the weights, recorded under the same names after a d, as such weights. */
    static Weights gradients(Recorded one) {
        return of(one, 0, "d");
    }

    private static Weights of(Recorded one, int direction, String prefix) {
        return switch (one.layout()) {
            case "onnx" -> onnx(one, direction, prefix);
            case "keras" -> keras(one, direction == 0 ? "" : "backward_");
            default -> pytorch(one, direction == 0 ? "" : "_reverse");
        };
    }

    private static Weights onnx(Recorded one, int direction, String prefix) {
        Map<String, Block> from = prefix.isEmpty() ? one.inputs() : one.outputs();
        double[] W = block(from, prefix + "W").part(direction).turned().data();
        double[] R = block(from, prefix + "R").part(direction).turned().data();
        int columns = block(from, prefix + "R").shape()[1];
        double[] both = from.containsKey(prefix + "B")
                ? block(from, prefix + "B").part(direction).data()
                : new double[2 * columns];
        double[] peepholes = one.has("P") ? one.in("P").part(direction).data() : new double[0];
        Theirs theirs = new Theirs(
                W, R, Arrays.copyOf(both, columns), Arrays.copyOfRange(both, columns, 2 * columns), peepholes);
        return switch (one.op()) {
            case "RNN" -> rnn(theirs, activation(one, direction));
            case "GRU" ->
                one.text("linear_before_reset", "0").equals("1")
                        ? gru(theirs, 1, 0, 2)
                        : resetBefore(theirs, new int[] {1, 0, 2}, ONNX_RESET_BEFORE);
            default -> lstm(one, theirs);
        };
    }

    private static Block block(Map<String, Block> from, String name) {
        return from.getOrDefault(name, new Block(new int[0], new double[0]));
    }

    private static RnnCell.Activation activation(Recorded one, int direction) {
        Object all = one.attributes().getOrDefault("activations", List.of("Tanh", "Tanh"));
        return relu(((List<?>) all).get(direction).equals("Relu"));
    }

    private static RnnCell.Activation relu(boolean relu) {
        return relu ? RnnCell.Activation.RELU : RnnCell.Activation.TANH;
    }

    private static Weights lstm(Recorded one, Theirs theirs) {
        if (one.attributes().containsKey("coupled")) {
            return peephole(withInputGateFromForgetGate(theirs), new int[] {0, 2, 1, 3});
        }
        if (one.text("input_forget", "0").equals("1")) {
            return theirs.peepholes.length > 0
                    ? peephole(withForgetGateFromInputGate(theirs), new int[] {0, 2, 1, 3})
                    : oneBias(CoupledLstmCell::new, theirs, 0, 1, 3);
        }
        return theirs.peepholes.length > 0 ? peephole(theirs, new int[] {0, 2, 1, 3}) : twoBiases(theirs, 0, 2, 1, 3);
    }

    /** Blocks o f c become i o f c with i = 1 - f, since 1 - σ(a) = σ(-a). */
    private static Theirs withInputGateFromForgetGate(Theirs t) {
        return new Theirs(
                gate(t.W, t.b.length / 3, 3, -2, 0, 1, 2),
                gate(t.R, t.b.length / 3, 3, -2, 0, 1, 2),
                gate(t.b, t.b.length / 3, 3, -2, 0, 1, 2),
                gate(t.b_h, t.b.length / 3, 3, -2, 0, 1, 2),
                gate(t.peepholes, t.b.length / 3, 2, -2, 0, 1));
    }

    /** Blocks i o f c with f = 1 - i in place of the f that is not read. */
    private static Theirs withForgetGateFromInputGate(Theirs t) {
        return new Theirs(
                gate(t.W, t.b.length / 4, 4, 0, 1, -1, 3),
                gate(t.R, t.b.length / 4, 4, 0, 1, -1, 3),
                gate(t.b, t.b.length / 4, 4, 0, 1, -1, 3),
                gate(t.b_h, t.b.length / 4, 4, 0, 1, -1, 3),
                gate(t.peepholes, t.b.length / 4, 3, 0, 1, -1));
    }

    private static Weights keras(Recorded one, String prefix) {
        double[] W = one.in(prefix + "kernel").data();
        double[] R = one.in(prefix + "recurrent_kernel").data();
        int columns = one.in(prefix + "kernel").shape()[1];
        double[] both =
                one.has(prefix + "bias") ? one.in(prefix + "bias").data() : new double[2 * columns]; // one or two
        double[] second = both.length > columns ? Arrays.copyOfRange(both, columns, 2 * columns) : new double[columns];
        Theirs theirs = new Theirs(W, R, Arrays.copyOf(both, columns), second, peepholes(one));
        return switch (one.op()) {
            case "RNN" -> rnn(theirs, relu(one.text("activation", "tanh").equals("relu")));
            case "GRU" ->
                one.text("reset_after", "true").equals("true")
                        ? gru(theirs, 1, 0, 2)
                        : resetBefore(theirs, new int[] {1, 0, 2}, GruFormulation.KERAS_RESET_BEFORE);
            default ->
                theirs.peepholes.length > 0 ? peephole(theirs, new int[] {0, 1, 3, 2}) : twoBiases(theirs, 0, 1, 3, 2);
        };
    }

    /** In the order i o f. */
    private static double[] peepholes(Recorded one) {
        if (!one.has("peephole_i")) {
            return new double[0];
        }
        int H = one.in("peephole_i").data().length;
        double[] all = new double[3 * H];
        List<String> names = List.of("peephole_i", "peephole_o", "peephole_f");
        for (int k = 0; k < 3; k++) {
            System.arraycopy(one.in(names.get(k)).data(), 0, all, k * H, H);
        }
        return all;
    }

    private static Weights pytorch(Recorded one, String suffix) {
        Theirs theirs = new Theirs(
                one.in("weight_ih" + suffix).turned().data(),
                one.in("weight_hh" + suffix).turned().data(),
                one.in("bias_ih" + suffix).data(),
                one.in("bias_hh" + suffix).data(),
                new double[0]);
        return switch (one.op()) {
            case "RNN" -> rnn(theirs, relu(one.text("nonlinearity", "tanh").equals("relu")));
            case "GRU" -> gru(theirs, 0, 1, 2);
            default -> twoBiases(theirs, 0, 1, 3, 2);
        };
    }

    private static Weights rnn(Theirs theirs, RnnCell.Activation activation) {
        return new Weights(
                H -> new RnnCell(H, activation, Layout.Biases.TWO),
                Map.of("W_x", theirs.W, "W_h", theirs.R, "b", theirs.b, "b_h", theirs.b_h));
    }

    private static Weights twoBiases(Theirs theirs, int... take) {
        return new Weights(H -> new LstmCell(H, LstmCell.FORGET_BIAS, Layout.Biases.TWO), maps(theirs, take));
    }

    private static Weights gru(Theirs theirs, int... take) {
        return new Weights(H -> new GruCell(H, GruFormulation.PYTORCH), maps(theirs, take));
    }

    private static Weights resetBefore(Theirs theirs, int[] take, GruFormulation formulation) {
        int H = theirs.b.length / 3;
        Map<String, double[]> ours = maps(theirs, take);
        ours.put("W_h", gate(theirs.R, H, 3, take[0], take[1]));
        ours.put("U_n", gate(theirs.R, H, 3, take[2]));
        return new Weights(hidden -> new GruResetBeforeCell(hidden, formulation), ours);
    }

    private static Weights peephole(Theirs theirs, int[] take) {
        Weights ours = oneBias(PeepholeLstmCell::new, theirs, take);
        int H = theirs.b.length / take.length;
        ours.numbers.put("p_i", gate(theirs.peepholes, H, 3, 0));
        ours.numbers.put("p_o", gate(theirs.peepholes, H, 3, 1));
        ours.numbers.put("p_f", gate(theirs.peepholes, H, 3, 2));
        return ours;
    }

    /** For cells with one bias, which is the sum. */
    private static Weights oneBias(IntFunction<Cell> cell, Theirs theirs, int... take) {
        double[] sum = new double[theirs.b.length];
        Arrays.setAll(sum, j -> theirs.b[j] + theirs.b_h[j]);
        Theirs one = new Theirs(theirs.W, theirs.R, sum, new double[sum.length], theirs.peepholes);
        int blocks = theirs.b.length / (theirs.R.length / theirs.b.length);
        Map<String, double[]> ours = new LinkedHashMap<>();
        int H = theirs.R.length / theirs.b.length;
        ours.put("W_x", gate(one.W, H, blocks, take));
        ours.put("W_h", gate(one.R, H, blocks, take));
        ours.put("b", gate(one.b, H, blocks, take));
        return new Weights(cell, ours);
    }

    private static Map<String, double[]> maps(Theirs theirs, int... take) {
        int H = theirs.b.length / take.length;
        Map<String, double[]> ours = new LinkedHashMap<>();
        ours.put("W_x", gate(theirs.W, H, take.length, take));
        ours.put("W_h", gate(theirs.R, H, take.length, take));
        ours.put("b", gate(theirs.b, H, take.length, take));
        ours.put("b_h", gate(theirs.b_h, H, take.length, take));
        return ours;
    }

    /**
     * Rows of blocks in another order.
     *
     * @param numbers rows of {@code blocks} blocks of H
     * @param take number of each block to take, or minus one minus it for one to be negated
     */
    private static double[] gate(double[] numbers, int H, int blocks, int... take) {
        int rows = numbers.length / (blocks * H);
        double[] taken = new double[rows * take.length * H];
        for (int row = 0; row < rows; row++) {
            for (int k = 0; k < take.length; k++) {
                int from = take[k] < 0 ? -1 - take[k] : take[k];
                for (int j = 0; j < H; j++) {
                    double number = numbers[(row * blocks + from) * H + j];
                    taken[(row * take.length + k) * H + j] = take[k] < 0 ? -number : number;
                }
            }
        }
        return taken;
    }
}
