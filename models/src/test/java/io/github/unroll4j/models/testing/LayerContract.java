// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.testing;

import static io.github.unroll4j.models.testing.Numbers.array;
import static io.github.unroll4j.models.testing.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.core.check.GradientCheck;
import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.checkpoint.ParameterTensors;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Backend;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.RunGrad;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;
import io.github.unroll4j.models.testing.LayerCatalog.Entry;
import io.github.unroll4j.models.testing.LayerCatalog.Trait;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;

/**
 * What every layer promises beside {@link PaddingContract} and {@link StepwiseContract}; each method throws where one
 * does not keep it.
 */
public final class LayerContract {
    /**
     * Along a direction of n numbers the step is √n times as long, so differences are cut off at 1e-10·n, not 1e-10.
     */
    private static final double ALONG_DIRECTIONS = 1e-5;

    /**
     * The same where third derivatives are ten times those of other layers; a lost path is off by a hundredth or more.
     */
    private static final double ALONG_STEEP_DIRECTIONS = 1e-4;

    static final Lengths UNEQUAL = Lengths.of(5, 5, 0, 3);

    static final List<Lengths> SIZES = List.of(
            Lengths.full(1, 1),
            Lengths.full(1, 3),
            Lengths.full(2, 1),
            Lengths.full(2, 3),
            Lengths.full(5, 1),
            Lengths.full(5, 3),
            UNEQUAL,
            Lengths.of(5, 1, 2),
            Lengths.of(1, 0, 1),
            Lengths.of(2, 0, 0));

    private LayerContract() {}

    /** Every derivative, or random directions over all of them, agrees with central differences. */
    public static void gradientsAreRight(Entry entry) {
        for (Lengths lengths : SIZES) {
            try (Built<Recurrent> built = entry.build(Dtype.DOUBLE, 1)) {
                LayerCase pass = entry.random(built.layer(), Dtype.DOUBLE, lengths);
                GradientCheck check = RecurrentCheck.of(built.layer(), built.parameters(), pass);
                if (entry.has(Trait.IN_FULL)) {
                    check.full().require(CellCheck.GRADIENT_TOLERANCE);
                } else {
                    check.directional(2, Rng.seeded(4))
                            .require(entry.has(Trait.STEEP) ? ALONG_STEEP_DIRECTIONS : ALONG_DIRECTIONS);
                }
            }
        }
    }

    /** Six steps equal three and three with the state carried forward and its gradient carried back. */
    public static void sixStepsAreThreeAndThree(Entry entry) {
        try (Built<Recurrent> built = entry.build(Dtype.DOUBLE, 1)) {
            // masks are drawn for a pass, so two passes draw others
            LayerCase pass = entry.random(built.layer(), Dtype.DOUBLE, Lengths.full(6, 2))
                    .withoutNoise();
            Map<String, double[]> whole = built.outcome(pass);
            whole.keySet().removeIf(name -> name.startsWith("state after") && !name.startsWith("state after 6"));

            assertClose(halves(built, pass), whole, CellCheck.EQUAL_TOLERANCE);
        }
    }

    private static Map<String, double[]> halves(Built<Recurrent> built, LayerCase pass) {
        Sequence one = steps(pass.x(), 0, 3);
        Sequence two = steps(pass.x(), 3, 3);
        Run first = built.layer().forward(one, pass.s0());
        State middle = first.last();
        double[] H = numbers(first.H().toTensor());
        Run second = built.layer().forward(two, middle);
        Map<String, double[]> all = new LinkedHashMap<>();
        all.put("H", concat(H, numbers(second.H().toTensor())));
        LayerCase.put(all, "state after 6: ", second.last());
        built.parameters().zeroGradients();
        Sequence dH = Sequence.of(pass.dH());
        RunGrad ofSecond = built.layer().backward(second, steps(dH, 3, 3), pass.dLast());
        boolean numbers = !(pass.x() instanceof Sequence.Ids);
        double[] dX = numbers ? numbers(ofSecond.dX().toTensor()) : new double[0];
        Run again = built.layer().forward(one, pass.s0());
        RunGrad ofFirst = built.layer().backward(again, steps(dH, 0, 3), ofSecond.dS0());
        if (numbers) {
            all.put("dX", concat(numbers(ofFirst.dX().toTensor()), dX));
        }
        LayerCase.put(all, "gradient of s0: ", ofFirst.dS0());
        built.parameters().list().forEach(p -> all.put("gradient of " + p.name(), p.gradientCopy()));
        return all;
    }

    /** New numbers in one row change nothing in the others, bit for bit. */
    public static void rowsDoNotSeeEachOther(Entry entry) {
        for (Lengths lengths : List.of(Lengths.full(4, 3), UNEQUAL)) {
            try (Built<Recurrent> built = entry.build(Dtype.DOUBLE, 1)) {
                LayerCase random = entry.random(built.layer(), Dtype.DOUBLE, lengths);
                LayerCase pass = noisyRows(entry) ? random : random.withoutNoise();
                for (int row = 0; row < 3; row++) {
                    Map<String, double[]> before = built.outcome(pass);
                    Map<String, double[]> after = built.outcome(withNewRow(pass, row, entry));
                    before.keySet().removeIf(name -> !ofRows(name));
                    for (String name : before.keySet()) {
                        int steps = name.equals("H") || name.equals("dX") ? lengths.steps() : 1;
                        double[] others = withoutRow(array(after, name), row, steps);
                        assertThat(others).as(name).isEqualTo(withoutRow(array(before, name), row, steps));
                    }
                }
            }
        }
    }

    private static boolean ofRows(String name) {
        return name.equals("H") || name.equals("dX") || name.startsWith("state") || name.startsWith("gradient of s0");
    }

    private static double[] withoutRow(double[] numbers, int row, int steps) {
        int width = numbers.length / 3 / steps;
        double[] others = numbers.clone();
        for (int k = 0; k < others.length; k++) {
            others[k] = k / width % 3 == row ? 0 : others[k];
        }
        return others;
    }

    private static LayerCase withNewRow(LayerCase pass, int row, Entry entry) {
        Rng rng = Rng.seeded(5);
        Sequence x;
        if (pass.x() instanceof Sequence.Ids tokens) {
            int[] ids = tokens.ids().clone();
            for (int i = row; i < ids.length; i += 3) {
                ids[i] = (ids[i] + 1) % LayerCatalog.D;
            }
            x = Sequence.ids(ids, tokens.steps(), 3);
        } else {
            x = Sequence.of(withNewRow(Numbers.of(pass.x()), row, rng));
        }
        LayerCase quiet = new LayerCase(
                x,
                withNewRow(pass.s0(), row, rng),
                pass.lengths(),
                withNewRow(pass.dH(), row, rng),
                withNewRow(pass.dLast(), row, rng));
        return noisyRows(entry) ? quiet.withNoise(3) : quiet;
    }

    // An embedding draws for the tokens that occur, in their order: other tokens in one row, other masks in all.
    private static boolean noisyRows(Entry entry) {
        return entry.has(Trait.NOISE) && !entry.has(Trait.IDS);
    }

    private static State withNewRow(State state, int row, Rng rng) {
        return new State(
                state.names(),
                state.parts().stream().map(part -> withNewRow(part, row, rng)).toList());
    }

    private static Tensor withNewRow(Tensor numbers, int row, Rng rng) {
        Tensor changed = numbers.copy();
        int width = numbers.size(numbers.shape().length - 1);
        for (int k = 0; k < changed.data().length(); k++) {
            if (k / width % 3 == row) {
                changed.data().set(k, rng.nextGaussian());
            }
        }
        return changed;
    }

    /** Backward after backward over one forward gives the same bits, and changes nothing that was passed in. */
    public static void backwardLeavesEverythingAsItWas(Entry entry) {
        try (Built<Recurrent> built = entry.build(Dtype.DOUBLE, 1)) {
            LayerCase pass = entry.random(built.layer(), Dtype.DOUBLE, UNEQUAL);
            List<double[]> before = passedIn(pass);
            Run run = built.layer().forward(pass.x(), pass.s0(), pass.pass());
            double[] H = numbers(run.H().toTensor());
            List<double[]> once = gradients(built, run, pass);
            List<double[]> twice = gradients(built, run, pass);

            for (int i = 0; i < once.size(); i++) {
                assertThat(twice.get(i)).isEqualTo(once.get(i));
            }
            assertThat(numbers(run.H().toTensor())).as("H after backward").isEqualTo(H);
            List<double[]> after = passedIn(pass);
            for (int i = 0; i < before.size(); i++) {
                assertThat(after.get(i)).as("what was passed in").isEqualTo(before.get(i));
            }
        }
    }

    private static List<double[]> gradients(Built<Recurrent> built, Run run, LayerCase pass) {
        built.parameters().zeroGradients();
        RunGrad grad = built.layer().backward(run, Sequence.of(pass.dH()), pass.dLast());
        List<double[]> all = new ArrayList<>();
        all.add(built.parameters().gradients().toDoubles());
        grad.dS0().parts().forEach(part -> all.add(numbers(part)));
        if (pass.x() instanceof Slab) {
            all.add(numbers(grad.dX().toTensor()));
        }
        return all;
    }

    private static List<double[]> passedIn(LayerCase pass) {
        List<double[]> all = new ArrayList<>();
        if (pass.x() instanceof Sequence.Ids tokens) {
            all.add(Arrays.stream(tokens.ids()).asDoubleStream().toArray());
        } else {
            all.add(numbers(Numbers.of(pass.x())));
        }
        all.add(numbers(pass.dH()));
        pass.s0().parts().forEach(part -> all.add(numbers(part)));
        pass.dLast().parts().forEach(part -> all.add(numbers(part)));
        return all;
    }

    /** Weights that are saved and loaded into a layer with others give equal bits. */
    public static void savedAndLoadedIsEqual(Entry entry, Path folder) {
        try (Built<Recurrent> saved = entry.build(Dtype.FLOAT, 1);
                Built<Recurrent> loaded = entry.build(Dtype.FLOAT, 9)) {
            LayerCase pass = entry.random(saved.layer(), Dtype.FLOAT, UNEQUAL);
            Map<String, double[]> expected = saved.outcome(pass);
            assertThat(array(loaded.outcome(pass), "H")).isNotEqualTo(array(expected, "H"));
            Path file = folder.resolve("layer.safetensors");
            Checkpoint.Builder checkpoint = Checkpoint.builder();
            ParameterTensors.toTensors("", saved.parameters()).forEach(checkpoint::put);
            checkpoint.build().save(file);

            ParameterTensors.load(Checkpoint.load(file), "", loaded.parameters());

            assertClose(loaded.outcome(pass), expected, 0);
        }
    }

    /** The float run agrees with the double one. */
    public static void floatAgreesWithDouble(Entry entry) {
        try (Built<Recurrent> exact = entry.build(Dtype.DOUBLE, 1);
                Built<Recurrent> single = entry.build(Dtype.FLOAT, 1)) {
            Map<String, double[]> expected = exact.outcome(entry.random(exact.layer(), Dtype.DOUBLE, UNEQUAL));
            Map<String, double[]> found = single.outcome(entry.random(single.layer(), Dtype.FLOAT, UNEQUAL));
            assertClose(found, expected, CellCheck.FLOAT_TOLERANCE);
        }
    }

    /** Equal seeds give equal bits. */
    public static void equalSeedsGiveEqualBits(Entry entry) {
        try (Built<Recurrent> one = entry.build(Dtype.FLOAT, 1);
                Built<Recurrent> two = entry.build(Dtype.FLOAT, 1)) {
            LayerCase pass = entry.random(one.layer(), Dtype.FLOAT, UNEQUAL);
            assertClose(two.outcome(pass), one.outcome(pass), 0);
        }
    }

    /** Memory that is kept from pass to pass, of any size, gives what fresh memory gives; close frees all of it. */
    public static void memoryServesEverySizeAndIsFreed(Entry entry) {
        long before = Backend.held();
        Built<Recurrent> kept = entry.build(Dtype.DOUBLE, 1);
        for (Lengths lengths : List.of(UNEQUAL, Lengths.full(2, 3), Lengths.of(3, 1, 3), Lengths.full(6, 1), UNEQUAL)) {
            try (Built<Recurrent> fresh = entry.build(Dtype.DOUBLE, 1)) {
                LayerCase pass = entry.random(fresh.layer(), Dtype.DOUBLE, lengths);
                assertClose(kept.outcome(pass), fresh.outcome(pass), 0);
            }
        }
        LayerCase pass = entry.random(kept.layer(), Dtype.DOUBLE, UNEQUAL);
        Slab H = kept.layer().forward(pass.x(), pass.s0(), pass.pass()).H();
        assertThat(H.rows().cols()).isEqualTo(kept.layer().outputSize()); // the plain loop's lie on the heap until then
        assertThat(Backend.held()).isGreaterThan(before);
        for (int i = 0; i < 2; i++) {
            kept.close();
            assertThat(Backend.held()).as("bytes held after close").isEqualTo(before);
        }
    }

    private static Sequence steps(Sequence x, int from, int count) {
        int B = x.batch();
        if (x instanceof Sequence.Ids tokens) {
            int[] ids = Arrays.copyOfRange(tokens.ids(), from * B, (from + count) * B);
            return Sequence.ids(ids, count, B);
        }
        Tensor X = Numbers.of(x);
        Tensor part = Tensor.zeros(X.dtype(), count, B, X.size(2));
        part.data().copy(0, X.data(), from * B * X.size(2), part.data().length());
        return Sequence.of(part);
    }

    private static double[] numbers(Tensor tensor) {
        return tensor.data().toDoubles();
    }

    private static double[] concat(double[] a, double[] b) {
        return DoubleStream.concat(DoubleStream.of(a), DoubleStream.of(b)).toArray();
    }
}
