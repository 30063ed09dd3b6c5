// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.testing;

import static io.github.unroll4j.models.testing.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.unroll4j.core.tensor.Backend;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.NativeMatrix;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.cell.Trace;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;
import io.github.unroll4j.models.sequence.Stepwise;
import io.github.unroll4j.models.testing.LayerCatalog.Entry;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a layer promises that runs one step at a time too. */
public final class StepwiseContract {
    private StepwiseContract() {}

    /** A {@link Stepwise} layer gives step by step what it gives as a whole, whatever stands in the padding. */
    public static void stepByStepIsTheWhole(Entry entry) {
        stepByStepIsTheWhole(entry, 0);
    }

    /** So it does where the first columns of the input, however many, are known beforehand. */
    public static void knownColumnsGiveTheWhole(Entry entry) {
        try (Built<Recurrent> built = entry.build(Dtype.DOUBLE, 1)) {
            for (int known = 1; known <= built.layer().inputSize(); known++) {
                stepByStepIsTheWhole(entry, known);
            }
        }
    }

    private static void stepByStepIsTheWhole(Entry entry, int known) {
        for (Lengths lengths : LayerContract.SIZES) {
            try (Built<Recurrent> built = entry.build(Dtype.DOUBLE, 1)) {
                LayerCase pass = entry.random(built.layer(), Dtype.DOUBLE, lengths);
                int real = lengths.longest(); // where every row is padding there is no step to take
                int n = pass.dH().data().length() / lengths.steps();
                pass.dH().data().fill(real * n, (lengths.steps() - real) * n, 0);
                Map<String, double[]> whole = built.outcome(pass);
                LayerCase soiled = PaddingContract.soiled(pass, lengths, entry);
                for (String name : List.of("H", "dX")) {
                    whole.computeIfPresent(name, (key, all) -> Arrays.copyOf(all, all.length * real / lengths.steps()));
                }
                for (int t = real + 1; t <= lengths.steps(); t++) {
                    String later = "state after " + t;
                    whole.keySet().removeIf(name -> name.startsWith(later));
                }
                assertClose(stepByStep(built, soiled, Trace.off(), known), whole, CellCheck.EQUAL_TOLERANCE);
            }
        }
    }

    /** A trace of the steps holds what a trace of the whole holds. */
    public static void stepByStepTracesWhatTheWholeTraces(Entry entry) {
        try (Built<Recurrent> built = entry.build(Dtype.DOUBLE, 1)) {
            LayerCase pass = entry.random(built.layer(), Dtype.DOUBLE, LayerContract.UNEQUAL);
            Trace whole = Trace.on();
            Run run = built.layer().forward(pass.x(), pass.s0(), pass.pass().with(whole));
            built.layer().backward(run, Sequence.of(pass.dH()), pass.dLast());
            Trace steps = Trace.on();
            stepByStep(built, pass, steps, 0);
            assertClose(numbers(steps), numbers(whole), CellCheck.EQUAL_TOLERANCE);
        }
    }

    private static Map<String, double[]> numbers(Trace trace) {
        Map<String, double[]> numbers = new LinkedHashMap<>();
        trace.arrays().forEach((name, array) -> numbers.put(name, array.data().toDoubles()));
        return numbers;
    }

    /**
     * Passes of one step, each going on from the state that the one before left, as in decoding, give what one pass
     * gives.
     */
    public static void passesOfOneStepAreOnePass(Entry entry) {
        try (Built<Recurrent> built = entry.build(Dtype.DOUBLE, 1)) {
            Stepwise layer = (Stepwise) built.layer();
            int T = 4;
            int B = 3;
            LayerCase pass =
                    entry.random(layer, Dtype.DOUBLE, Lengths.full(T, B)).withoutNoise();
            double[] whole = layer.forward(pass.x(), pass.s0(), pass.pass())
                    .H()
                    .toTensor()
                    .data()
                    .toDoubles();
            Vec H = Vec.zeros(Dtype.DOUBLE, whole.length);
            State state = pass.s0();
            for (int t = 0; t < T; t++) {
                layer.begin(state, Pass.full(1, B));
                H.copy(t * B * layer.outputSize(), layer.step(0, input(pass, t)), 0, B * layer.outputSize());
                state = layer.state(1);
            }
            assertClose("H", H.toDoubles(), whole, CellCheck.EQUAL_TOLERANCE);
        }
    }

    /** Known columns in float agree with those in double. */
    public static void knownColumnsInFloatAgreeWithDouble(Entry entry) {
        try (Built<Recurrent> exact = entry.build(Dtype.DOUBLE, 1);
                Built<Recurrent> single = entry.build(Dtype.FLOAT, 1)) {
            for (int known = 1; known <= exact.layer().inputSize(); known++) {
                LayerCase inDouble = entry.random(exact.layer(), Dtype.DOUBLE, LayerContract.UNEQUAL);
                LayerCase inFloat = entry.random(single.layer(), Dtype.FLOAT, LayerContract.UNEQUAL);
                assertClose(
                        stepByStep(single, inFloat, Trace.off(), known),
                        stepByStep(exact, inDouble, Trace.off(), known),
                        CellCheck.FLOAT_TOLERANCE);
            }
        }
    }

    private record Size(Lengths lengths, int known) {}

    /** Other numbers of steps, rows, real steps and known columns, one or two of them at a time. */
    private static final List<Size> SIZES_IN_TURN = List.of(
            new Size(LayerContract.UNEQUAL, 2),
            new Size(Lengths.of(5, 2, 0, 1), 2),
            new Size(Lengths.of(3, 1, 3, 2), 2),
            new Size(Lengths.full(6, 3), 2),
            new Size(Lengths.full(6, 1), 2),
            new Size(Lengths.full(4, 1), 0),
            new Size(Lengths.of(4, 3), 1),
            new Size(LayerContract.UNEQUAL, 0),
            new Size(LayerContract.UNEQUAL, LayerCatalog.D),
            new Size(Lengths.full(2, 3), LayerCatalog.D),
            new Size(LayerContract.UNEQUAL, 2));

    /**
     * Memory that is kept from pass to pass, by steps or as a whole, gives what fresh memory gives; close frees all of
     * it.
     */
    public static void memoryServesEverySizeAndIsFreed(Entry entry) {
        long before = Backend.held();
        Built<Recurrent> kept = entry.build(Dtype.DOUBLE, 1);
        boolean knows = ((Stepwise) kept.layer()).knownColumns().isPresent();
        for (boolean wholeBetween : new boolean[] {false, true}) {
            for (Size size : SIZES_IN_TURN) {
                int known = knows ? size.known : 0;
                try (Built<Recurrent> fresh = entry.build(Dtype.DOUBLE, 1)) {
                    LayerCase pass = entry.random(fresh.layer(), Dtype.DOUBLE, size.lengths);
                    assertClose(
                            stepByStep(kept, pass, Trace.off(), known), stepByStep(fresh, pass, Trace.off(), known), 0);
                    if (wholeBetween) {
                        assertClose(kept.outcome(pass), fresh.outcome(pass), 0);
                    }
                }
            }
        }
        kept.close();
        assertThat(Backend.held()).as("bytes held after close").isEqualTo(before);
    }

    /** After a pass over the whole sequence there is no step to take, until another begins. */
    public static void aWholePassEndsTheSteps(Entry entry) {
        try (Built<Recurrent> built = entry.build(Dtype.DOUBLE, 1)) {
            Stepwise layer = (Stepwise) built.layer();
            LayerCase pass = entry.random(layer, Dtype.DOUBLE, LayerContract.UNEQUAL);
            layer.begin(pass.s0(), pass.pass());
            layer.step(0, input(pass, 0));
            layer.forward(pass.x(), pass.s0(), pass.pass());
            assertThatIllegalStateException()
                    .isThrownBy(() -> layer.step(0, input(pass, 0)))
                    .withMessageContaining(".step: called before begin;");
        }
    }

    private static Map<String, double[]> stepByStep(Built<Recurrent> built, LayerCase pass, Trace trace, int known) {
        Stepwise layer = (Stepwise) built.layer();
        int T = pass.lengths().longest();
        int B = pass.lengths().batch();
        int D = layer.inputSize();
        Dtype dtype = pass.dH().dtype();
        Vec H = Vec.zeros(dtype, T * B * layer.outputSize());
        Vec dX = Vec.zeros(dtype, T * B * D);
        Map<String, double[]> all = new LinkedHashMap<>();
        all.put("H", new double[0]);
        try (NativeArray memory =
                NativeArray.allocate(dtype, (long) pass.lengths().steps() * B * known)) {
            begin(layer, pass, trace, memory.matrix(0, pass.lengths().steps() * B, known));
            LayerCase.put(all, "state after 0: ", layer.state(0));
            for (int t = 0; t < T; t++) {
                Vec late = columns(input(pass, t), D, known, D);
                H.copy(t * B * layer.outputSize(), layer.step(t, late), 0, B * layer.outputSize());
                LayerCase.put(all, "state after " + (t + 1) + ": ", layer.state(t + 1));
            }
            all.put("H", H.toDoubles());
            built.parameters().zeroGradients();
            layer.beginBack(pass.dLast());
            for (int t = T - 1; t >= 0; t--) {
                Vec dh_t = slice(pass.dH().data(), t, B * layer.outputSize());
                putColumns(dX, t * B, known, layer.stepBack(t, dh_t), D - known, D);
            }
            State dS0 = layer.endBack();
            if (known > 0) {
                Slab gradient = layer.knownColumns().orElseThrow().gradient();
                assertThat(gradient.steps()).isEqualTo(pass.lengths().steps());
                Vec dKnown = gradient.toTensor().data();
                putColumns(dX, 0, 0, slice(dKnown, 0, T * B * known), known, D);
                assertThat(Arrays.stream(dKnown.toDoubles()).skip((long) T * B * known))
                        .as("gradient of steps that are padding in every row")
                        .allMatch(d -> d == 0);
            }
            all.put("dX", dX.toDoubles());
            LayerCase.put(all, "gradient of s0: ", dS0);
        }
        built.parameters().list().forEach(p -> all.put("gradient of " + p.name(), p.gradientCopy()));
        return all;
    }

    private static void begin(Stepwise layer, LayerCase pass, Trace trace, NativeMatrix rows) {
        int known = rows.cols();
        if (known == 0) {
            layer.begin(pass.s0(), pass.pass().with(trace));
            return;
        }
        Vec all = Numbers.of(pass.x()).data();
        rows.put(columns(all, layer.inputSize(), 0, known), 0);
        Slab slab = new Slab(rows, pass.lengths().steps(), pass.lengths().batch());
        layer.knownColumns().orElseThrow().begin(slab, pass.s0(), pass.pass().with(trace));
    }

    private static Vec columns(Vec rows, int width, int from, int to) {
        int n = to - from;
        Vec some = Vec.zeros(rows.dtype(), rows.length() / width * n);
        for (int row = 0; row < rows.length() / width; row++) {
            some.copy(row * n, rows, row * width + from, n);
        }
        return some;
    }

    private static void putColumns(Vec whole, int first, int at, Vec part, int n, int width) {
        for (int row = 0; n > 0 && row < part.length() / n; row++) {
            whole.copy((first + row) * width + at, part, row * n, n);
        }
    }

    private static Vec input(LayerCase pass, int t) {
        Slab numbers = (Slab) pass.x();
        return slice(numbers.read(), t, numbers.batch() * numbers.width());
    }

    private static Vec slice(Vec all, int t, int n) {
        Vec part = Vec.zeros(all.dtype(), n);
        part.copy(0, all, t * n, n);
        return part;
    }
}
