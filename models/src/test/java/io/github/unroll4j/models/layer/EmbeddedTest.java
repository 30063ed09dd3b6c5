// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.layer;

import static io.github.unroll4j.models.testing.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Backend;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.cell.Trace;
import io.github.unroll4j.models.cells.GruCell;
import io.github.unroll4j.models.cells.LstmCell;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Noise;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.RunGrad;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;
import io.github.unroll4j.models.sequence.Stack;
import io.github.unroll4j.models.testing.Built;
import io.github.unroll4j.models.testing.LayerCase;
import io.github.unroll4j.models.testing.Numbers;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EmbeddedTest {
    private static final int V = 7;
    private static final int E = 3;

    private static Embedded words(double rowDropout, Parameters.Builder p) {
        return new Embedded(
                new Embedding("embedding", V, E, rowDropout, p),
                new Stack(List.of(
                        new HoistedLayer(new LstmCell(4), E, p.scope("l0")),
                        new HoistedLayer(new GruCell(2), 4, p.scope("l1")))));
    }

    private static Built<Embedded> built(Dtype dtype, double rowDropout) {
        return Built.of(dtype, 1, p -> words(rowDropout, p));
    }

    private static LayerCase random(Embedded layer, Dtype dtype, Lengths lengths) {
        Rng rng = Rng.seeded(2);
        return LayerCase.random(layer, dtype, LayerCase.randomIds(layer, lengths, rng), lengths, rng);
    }

    @ParameterizedTest
    @EnumSource
    void equalsTheLayerOverTheVectorsLookedUpByHand(Dtype dtype) {
        Lengths lengths = Lengths.of(5, 5, 2, 0);
        try (Built<Embedded> words = built(dtype, 0);
                Built<Embedded> same = built(dtype, 0)) {
            LayerCase pass = random(words.layer(), dtype, lengths);
            Embedding table = same.layer().embedding();
            Slab looked = table.forward((Sequence.Ids) pass.x(), Pass.of(lengths));
            LayerCase below =
                    new LayerCase(Sequence.of(looked.toTensor()), pass.s0(), lengths, pass.dH(), pass.dLast());

            Map<String, double[]> found = words.outcome(pass);
            Map<String, double[]> expected = below.outcome(same.layer().layer(), same.parameters());

            int[] shape = {5, 3, E};
            double[] dX = Objects.requireNonNull(expected.remove("dX"));
            table.backward(Sequence.of(Tensor.of(Vec.of(dtype, dX), shape)));
            expected.put("gradient of embedding.W", table.W().gradientCopy());
            assertThat(found.keySet()).containsExactlyElementsOf(expected.keySet());
            found.forEach((name, numbers) -> assertThat(numbers).as(name).containsExactly(expected.get(name)));
        }
    }

    @Test
    void withAnIdentityForATableItIsTheLayerOverTheIds() {
        try (Built<Embedded> words = Built.of(
                        Dtype.DOUBLE,
                        1,
                        p -> new Embedded(
                                new Embedding("embedding", V, V, 0, p), new HoistedLayer(new LstmCell(4), V, p)));
                Built<HoistedLayer> ids = Built.of(Dtype.DOUBLE, 2, p -> new HoistedLayer(new LstmCell(4), V, p))) {
            double[] identity = new double[V * V];
            for (int v = 0; v < V; v++) {
                identity[v * V + v] = 1;
            }
            words.layer().embedding().W().set(identity);
            ids.parameters()
                    .list()
                    .forEach(p -> p.set(words.parameters().get(p.name()).valuesCopy()));
            LayerCase pass = random(words.layer(), Dtype.DOUBLE, Lengths.of(4, 4, 3));

            Map<String, double[]> found = words.outcome(pass);
            found.remove("gradient of embedding.W");

            assertClose(found, ids.outcome(pass), CellCheck.EQUAL_TOLERANCE);
        }
    }

    @Test
    void whatPaddingHoldsChangesNothingAtAll() {
        Lengths lengths = Lengths.of(4, 4, 1, 0);
        try (Built<Embedded> words = built(Dtype.DOUBLE, 0.4)) {
            LayerCase pass = random(words.layer(), Dtype.DOUBLE, lengths);
            int[] ids = ((Sequence.Ids) pass.x()).ids().clone();
            for (int i = 0; i < ids.length; i++) {
                ids[i] = lengths.padded(i / 3, i % 3) ? Integer.MIN_VALUE + i : ids[i];
            }
            LayerCase other = new LayerCase(Sequence.ids(ids, 4, 3), pass.s0(), lengths, pass.dH(), pass.dLast());

            Map<String, double[]> expected = words.outcome(pass);
            Map<String, double[]> found = words.outcome(other);

            found.forEach((name, numbers) -> assertThat(numbers).as(name).containsExactly(expected.get(name)));
        }
    }

    @Test
    void moreOfItChangesNothingEither() {
        try (Built<Embedded> words = built(Dtype.DOUBLE, 0)) {
            Embedded layer = words.layer();
            LayerCase pass = random(layer, Dtype.DOUBLE, Lengths.of(3, 3, 1));
            double[][] table = new double[2][];
            for (int more : new int[] {0, 5}) {
                int T = 3 + more;
                int[] ids = Arrays.copyOf(((Sequence.Ids) pass.x()).ids(), T * 2);
                Tensor dH = Tensor.zeros(Dtype.DOUBLE, T, 2, 2);
                dH.data().copy(0, pass.dH().data(), 0, 3 * 2 * 2);
                words.parameters().zeroGradients();
                Run run = layer.forward(Sequence.ids(ids, T, 2), pass.s0(), Pass.of(Lengths.of(T, 3, 1)));
                layer.backward(run, Sequence.of(dH), pass.dLast());
                table[more == 0 ? 0 : 1] = layer.embedding().W().gradientCopy();
            }

            assertThat(table[1]).containsExactly(table[0]);
        }
    }

    @Test
    void sixStepsAreThreeAndThree() {
        try (Built<Embedded> words = built(Dtype.DOUBLE, 0)) {
            Embedded layer = words.layer();
            LayerCase pass = random(layer, Dtype.DOUBLE, Lengths.full(6, 2));
            int[] ids = ((Sequence.Ids) pass.x()).ids();
            State whole = layer.forward(pass.x(), pass.s0()).last();

            State half = layer.forward(Sequence.ids(Arrays.copyOf(ids, 6), 3, 2), pass.s0())
                    .last();
            State found = layer.forward(Sequence.ids(Arrays.copyOfRange(ids, 6, 12), 3, 2), half)
                    .last();

            for (String part : whole.names()) {
                assertClose(
                        part,
                        found.part(part).data().toDoubles(),
                        whole.part(part).data().toDoubles(),
                        CellCheck.EQUAL_TOLERANCE);
            }
        }
    }

    @Test
    void noiseReachesTheTableAndTheSameSeedGivesTheSameNumbers() {
        try (Built<Embedded> words = built(Dtype.DOUBLE, 0.5)) {
            Embedded layer = words.layer();
            LayerCase pass = random(layer, Dtype.DOUBLE, Lengths.full(6, 3));
            Pass quiet = Pass.full(6, 3);
            double[] plain = H(layer, pass, quiet);
            double[] first = H(layer, pass, quiet.with(Noise.of(Rng.seeded(3))));
            double[] again = H(layer, pass, quiet.with(Noise.of(Rng.seeded(3))));
            double[] other = H(layer, pass, quiet.with(Noise.of(Rng.seeded(4))));

            assertThat(first).containsExactly(again).isNotEqualTo(plain).isNotEqualTo(other);
        }
    }

    private static double[] H(Embedded layer, LayerCase pass, Pass how) {
        return layer.forward(pass.x(), pass.s0(), how).H().toTensor().data().toDoubles();
    }

    @Test
    void namesStatesAndTracesAreThoseOfTheLayerInside() {
        try (Built<Embedded> words = built(Dtype.DOUBLE, 0)) {
            Embedded layer = words.layer();
            LayerCase pass = random(layer, Dtype.DOUBLE, Lengths.full(2, 2));
            Trace trace = Trace.on();
            Run run = layer.forward(pass.x(), pass.s0(), Pass.full(2, 2).with(trace));
            RunGrad grad = layer.backward(run, Sequence.of(pass.dH()), pass.dLast());

            assertThat(trace.names()).contains("l0.z.i", "l0.dz.f", "l1.dh");
            assertThat(layer.name()).isEqualTo("Embedded(Stack[HoistedLayer(lstm), HoistedLayer(gru)])");
            assertThat(layer.inputSize()).isEqualTo(V);
            assertThat(layer.outputSize()).isEqualTo(2);
            assertThat(layer.zeroState(3).names()).containsExactly("l0.h", "l0.c", "l1.h");
            assertThatIllegalStateException()
                    .isThrownBy(grad::dX)
                    .withMessageContaining("the input was token ids, which have no gradient");
        }
    }

    @Test
    void aRunIsGoodUntilTheNextOne() {
        try (Built<Embedded> words = built(Dtype.DOUBLE, 0)) {
            Embedded layer = words.layer();
            LayerCase pass = random(layer, Dtype.DOUBLE, Lengths.full(2, 2));
            Run old = layer.forward(pass.x(), pass.s0());
            Run inner = layer.layer().forward(Sequence.of(Tensor.zeros(Dtype.DOUBLE, 2, 2, E)), pass.s0());
            assertThatIllegalStateException()
                    .isThrownBy(() -> layer.backward(inner, Sequence.of(pass.dH()), pass.dLast()))
                    .withMessageContaining("the run comes from another layer");
            layer.forward(pass.x(), pass.s0());

            assertThatIllegalStateException().isThrownBy(old::H).withMessageContaining("ran forward again");
            assertThatIllegalStateException()
                    .isThrownBy(() -> layer.backward(old, Sequence.of(pass.dH()), pass.dLast()))
                    .withMessageContaining("ran forward again");
        }
    }

    @Test
    void numbersAreRefused() {
        try (Built<Embedded> words = built(Dtype.DOUBLE, 0)) {
            Embedded layer = words.layer();

            assertThatIllegalArgumentException()
                    .isThrownBy(
                            () -> layer.forward(Sequence.of(Tensor.zeros(Dtype.DOUBLE, 1, 1, V)), layer.zeroState(1)))
                    .withMessage(layer.name() + ".forward: X is numbers, expected token ids; give numbers to the layer"
                            + " without an embedding.");
        }
    }

    @Test
    void aLayerOfAnotherInputSizeIsRefused() {
        Parameters.Builder p = Parameters.builder();
        Embedding embedding = new Embedding("embedding", V, E, 0, p);
        HoistedLayer layer = new HoistedLayer(new LstmCell(4), V, p);

        assertThatThrownBy(() -> new Embedded(embedding, layer))
                .isInstanceOf(ShapeException.class)
                .hasMessage(
                        "Embedded(HoistedLayer(lstm)): the layer's input size is 7, expected E=3 of embedding.W[7, 3] (V,E);"
                                + " likely cause: the layer was declared for the size of the vocabulary.");
    }

    /** Forward and backward: what comes out, states and gradients of states, and nothing for a step of time. */
    @Test
    void theHeapGetsNothingForATimeStepAndNativeMemoryStaysFlat() {
        long before = Backend.held();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long[] bytes = new long[2];
        for (int i = 0; i < 2; i++) {
            int T = i == 0 ? 20 : 120;
            try (Built<Embedded> words = built(Dtype.FLOAT, 0.3)) {
                Embedded layer = words.layer();
                LayerCase pass = random(layer, Dtype.FLOAT, Lengths.full(T, 2));
                Sequence dH = Sequence.of(Numbers.random(Dtype.FLOAT, Rng.seeded(1), T, 2, 2));
                Pass noisy = Pass.full(T, 2).with(Noise.of(Rng.seeded(1)));
                Runnable step = () -> {
                    words.parameters().zeroGradients();
                    layer.backward(layer.forward(pass.x(), pass.s0(), noisy), dH, pass.dLast());
                };
                for (int k = 0; k < 400; k++) {
                    step.run();
                }
                long held = Backend.held();
                long start =
                        threads.getThreadAllocatedBytes(Thread.currentThread().getId());
                for (int k = 0; k < 200; k++) {
                    step.run();
                }
                bytes[i] =
                        (threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - start) / 200;
                assertThat(Backend.held()).isEqualTo(held);
            }
        }

        assertThat(Backend.held()).isEqualTo(before);
        assertThat(bytes[1] - bytes[0])
                .as("100 more steps: %d and %d bytes", bytes[0], bytes[1])
                .isLessThan(2000);
    }

    @Test
    void closingTwiceIsHarmless() {
        long before = Backend.held();
        Built<Embedded> words = built(Dtype.DOUBLE, 0);
        LayerCase pass = random(words.layer(), Dtype.DOUBLE, Lengths.full(2, 2));
        Run run = words.layer().forward(pass.x(), pass.s0());
        words.close();
        words.close();

        assertThat(Backend.held()).isEqualTo(before);
        assertThatIllegalStateException().isThrownBy(run::H);
    }
}
