// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.recorded;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.cell.Trace;
import io.github.unroll4j.models.engine.CellLayers;
import io.github.unroll4j.models.recorded.Recorded.Block;
import io.github.unroll4j.models.sequence.Bidirectional;
import io.github.unroll4j.models.sequence.LayerFactory;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Our layer of a case, one direction or two, and what it gives, in the layout of the case.
 *
 * <p>A row's real steps are put together at its start, in the order in which they are read: a layer carries its state
 * over the steps that a mask leaves out, wherever they are, so that it does not matter that they stand at the end.
 */
final class RecordedLayer implements AutoCloseable {
    private static final List<String> DIRECTIONS = List.of("fwd", "bwd");

    private final Recorded one;
    private final boolean both;
    private final boolean backwards;
    private final Recurrent layer;
    private final Parameters parameters;
    private final int H;
    private final int T;
    private final int B;
    private final Tensor x;
    /** Times of the real steps of each row, in the order in which they are read. */
    private final List<List<Integer>> read = new ArrayList<>();

    RecordedLayer(Recorded one, boolean inPlainLoop) {
        this.one = one;
        both = directions(one) == 2;
        backwards = one.text("direction", "forward").equals("reverse") || one.on("go_backwards");
        Block input = timeFirst(one.in(inputName()), isBatchFirst(one));
        T = input.shape()[0];
        B = input.shape()[1];
        int D = input.shape()[2];
        H = Integer.parseInt(one.text("hidden_size", one.text("units", "0")));
        Parameters.Builder p = Parameters.builder();
        if (both) {
            Bidirectional.Merge merge =
                    one.on("return_sequences") && one.text("merge_mode", "").equals("sum")
                            ? Bidirectional.Merge.SUM
                            : Bidirectional.Merge.CONCAT;
            Recurrent fwd = direction(0, inPlainLoop).create(D, H, p.scope("fwd"));
            layer = new Bidirectional(fwd, direction(1, inPlainLoop).create(D, H, p.scope("bwd")), merge);
        } else {
            layer = direction(0, inPlainLoop).create(D, H, p);
        }
        parameters = p.build(Dtype.DOUBLE, Rng.seeded(1));
        for (int i = 0; i < directions(one); i++) {
            load(i);
        }
        for (int b = 0; b < B; b++) {
            read.add(real(b));
        }
        x = gather(input, D);
    }

    private String inputName() {
        return switch (one.layout()) {
            case "onnx" -> "X";
            case "keras" -> "x";
            default -> "input";
        };
    }

    static int directions(Recorded one) {
        return one.on("bidirectional") || one.text("direction", "").equals("bidirectional") ? 2 : 1;
    }

    private static boolean isBatchFirst(Recorded one) {
        return one.layout().equals("keras") || one.text("layout", "0").equals("1");
    }

    private static Block timeFirst(Block block, boolean batchFirst) {
        return batchFirst ? block.turned() : block;
    }

    private LayerFactory direction(int i, boolean inPlainLoop) {
        LayerFactory factory = CellLayers.of(Weights.of(one, i).cell());
        return inPlainLoop ? factory.plain() : factory;
    }

    private void load(int direction) {
        Weights weights = Weights.of(one, direction);
        for (Parameter p : parameters.list()) {
            if (!both || p.name().startsWith(DIRECTIONS.get(direction))) {
                p.set(weights.get(shortName(p)));
            }
        }
    }

    private static String shortName(Parameter p) {
        return p.name().substring(p.name().lastIndexOf('.') + 1);
    }

    private List<Integer> real(int b) {
        List<Integer> times = new ArrayList<>();
        for (int t = 0; t < T; t++) {
            boolean skipped = one.has("mask")
                    ? one.in("mask").data()[b * T + t] == 0
                    : one.has("sequence_lens") && t >= one.in("sequence_lens").data()[b];
            if (!skipped) {
                times.add(backwards ? 0 : times.size(), t);
            }
        }
        return times;
    }

    private Tensor gather(Block input, int D) {
        Tensor gathered = Tensor.zeros(Dtype.DOUBLE, T, B, D);
        for (int b = 0; b < B; b++) {
            for (int k = 0; k < read.get(b).size(); k++) {
                int from = (read.get(b).get(k) * B + b) * D;
                gathered.data().copy((k * B + b) * D, Vec.of(Dtype.DOUBLE, input.data()), from, D);
            }
        }
        return gathered;
    }

    /** Puts what stands at the k-th step that is read to its time; zero at other times. */
    private double[] scatter(Tensor gathered) {
        int width = gathered.size(2);
        double[] all = new double[T * B * width];
        for (int b = 0; b < B; b++) {
            for (int k = 0; k < read.get(b).size(); k++) {
                for (int j = 0; j < width; j++) {
                    all[(read.get(b).get(k) * B + b) * width + j] = gathered.at(k, b, j);
                }
            }
        }
        return all;
    }

    private Run forward(State s0, Trace trace) {
        int[] lengths = read.stream().mapToInt(List::size).toArray();
        return layer.forward(Sequence.of(x), s0, Pass.of(Lengths.of(T, lengths)).with(trace));
    }

    /** Requires every output that was recorded. */
    void check() {
        switch (one.layout()) {
            case "onnx" -> checkOnnx();
            case "keras" -> checkKeras();
            default -> checkPytorch();
        }
    }

    private void checkOnnx() {
        Trace trace = one.outputs().containsKey("zrh") || one.outputs().containsKey("iofc") ? Trace.on() : Trace.off();
        State s0 = start("initial_h", "initial_c");
        Run run = forward(s0, trace);
        for (String output : one.outputs().keySet()) {
            switch (output) {
                case "Y" -> one.check(output, Y(run.H().toTensor()));
                case "Y_h" -> one.check(output, last(run, "h"));
                case "Y_c" -> one.check(output, last(run, "c"));
                case "zrh" -> one.check(output, join(trace, "z", "r", "n"));
                case "iofc" -> one.check(output, join(trace, "i", "o", "f", "g"));
                case "C" -> one.check(output, cells(run));
                default -> {} // gradients, below
            }
        }
        if (one.has("grad_Y")) {
            checkGradients(run);
        }
    }

    /** The initial state [directions,B,H] of a case, zeros where it has none. */
    private State start(String h, String c) {
        State s0 = layer.zeroState(B);
        for (int i = 0; i < directions(one); i++) {
            for (String part : List.of("h", "c")) {
                String name = part.equals("h") ? h : c;
                if (one.has(name)) {
                    double[] theirs = one.in(name).part(i).data();
                    s0.part(part(i, part)).data().copy(0, Vec.of(Dtype.DOUBLE, theirs), 0, theirs.length);
                }
            }
        }
        return s0;
    }

    private String part(int direction, String part) {
        return both ? DIRECTIONS.get(direction) + "." + part : part;
    }

    /** [T,B,directions·H] as [T,directions,B,H], or [B,T,directions,H] in the layout with the batch first. */
    private double[] Y(Tensor gathered) {
        double[] all = scatter(gathered);
        int N = directions(one);
        double[] theirs = new double[all.length];
        for (int t = 0; t < T; t++) {
            for (int b = 0; b < B; b++) {
                for (int n = 0; n < N; n++) {
                    int to = isBatchFirst(one) ? (b * T + t) * N + n : (t * N + n) * B + b;
                    System.arraycopy(all, (t * B + b) * N * H + n * H, theirs, to * H, H);
                }
            }
        }
        return theirs;
    }

    /** A part of the last state, [directions,B,H]; [B,directions,H] with the batch first, and one direction. */
    private double[] last(Run run, String part) {
        State last = run.last();
        double[] all = new double[directions(one) * B * H];
        for (int i = 0; i < directions(one); i++) {
            System.arraycopy(last.part(part(i, part)).data().toDoubles(), 0, all, i * B * H, B * H);
        }
        return all;
    }

    /** Gates of a trace, [T,B,G·H]; the cases with gates have one direction and no padding. */
    private double[] join(Trace trace, String... gates) {
        double[] all = new double[T * B * gates.length * H];
        for (int g = 0; g < gates.length; g++) {
            double[] gate = trace.get(gates[g]).data().toDoubles();
            for (int row = 0; row < T * B; row++) {
                System.arraycopy(gate, row * H, all, (row * gates.length + g) * H, H);
            }
        }
        return all;
    }

    private double[] cells(Run run) {
        double[] all = new double[T * B * H];
        for (int t = 0; t < T; t++) {
            System.arraycopy(run.state(t + 1).part("c").data().toDoubles(), 0, all, t * B * H, B * H);
        }
        return all;
    }

    private void checkGradients(Run run) {
        parameters.zeroGradients();
        Tensor dH = Tensor.of(Vec.of(Dtype.DOUBLE, one.in("grad_Y").data()), T, B, H);
        Run.Grad grad = layer.backward(run, Sequence.of(dH), run.last().zerosLike());
        one.check("dX", grad.dX().toTensor().data().toDoubles());
        Weights theirs = Weights.gradients(one);
        for (Parameter p : parameters.list()) {
            double[] expected = theirs.get(shortName(p));
            double[] found = p.gradientCopy();
            for (int i = 0; i < expected.length; i++) {
                if (!(Math.abs(found[i] - expected[i]) <= one.tolerance() * (1 + Math.abs(expected[i])))) {
                    throw new AssertionError(
                            one + ".d" + p.describe(i) + ": found " + found[i] + ", expected " + expected[i]);
                }
            }
        }
    }

    private void checkKeras() {
        State s0 = layer.zeroState(B);
        int k = 0;
        for (String name : s0.names()) { // fwd.h, fwd.c, bwd.h, bwd.c, as Keras counts them
            if (one.has("initial_state_" + k)) {
                double[] theirs = one.in("initial_state_" + k).data();
                s0.part(name).data().copy(0, Vec.of(Dtype.DOUBLE, theirs), 0, theirs.length);
            }
            k++;
        }
        Run run = forward(s0, Trace.off());
        if (one.text("calls", "1").equals("2")) {
            run = forward(run.last(), Trace.off());
        }
        List<double[]> outputs = new ArrayList<>(main(run));
        run.last().parts().forEach(part -> outputs.add(part.data().toDoubles()));
        for (int i = 0; i < one.outputs().size(); i++) {
            one.check("output_" + i, outputs.get(i));
        }
    }

    /** What Keras returns before the states. */
    private List<double[]> main(Run run) {
        if (one.on("return_sequences")) {
            return List.of(sequences(run));
        }
        if (!both) {
            return List.of(run.last().h().data().toDoubles());
        }
        double[] fwd = run.last().part("fwd.h").data().toDoubles();
        double[] bwd = run.last().part("bwd.h").data().toDoubles();
        return switch (one.text("merge_mode", "concat")) {
            case "none" -> List.of(fwd, bwd);
            case "ave" -> List.of(means(fwd, bwd));
            default -> List.of(besides(fwd, bwd));
        };
    }

    private static double[] means(double[] a, double[] b) {
        double[] means = new double[a.length];
        Arrays.setAll(means, i -> (a[i] + b[i]) / 2);
        return means;
    }

    private double[] besides(double[] a, double[] b) {
        double[] rows = new double[2 * a.length];
        for (int row = 0; row < B; row++) {
            System.arraycopy(a, row * H, rows, 2 * row * H, H);
            System.arraycopy(b, row * H, rows, (2 * row + 1) * H, H);
        }
        return rows;
    }

    /**
     * [B,T,·], in the order in which the steps are read; at a step that the mask leaves out the output before it, or
     * zero.
     */
    private double[] sequences(Run run) {
        double[] all = scatter(run.H().toTensor());
        int width = all.length / (T * B);
        double[] theirs = new double[all.length];
        for (int b = 0; b < B; b++) {
            for (int k = 0; k < T; k++) {
                int t = backwards ? T - 1 - k : k;
                int to = (b * T + k) * width;
                if (read.get(b).contains(t)) {
                    System.arraycopy(all, (t * B + b) * width, theirs, to, width);
                } else if (k > 0 && !one.on("zero_output_for_mask")) {
                    System.arraycopy(theirs, to - width, theirs, to, width);
                }
            }
        }
        return theirs;
    }

    private void checkPytorch() {
        Run run = forward(start("h_0", "c_0"), Trace.off());
        for (String output : one.outputs().keySet()) {
            one.check(
                    output,
                    output.equals("output")
                            ? run.H().toTensor().data().toDoubles()
                            : last(run, output.substring(0, 1)));
        }
    }

    @Override
    public void close() {
        layer.close();
    }
}
