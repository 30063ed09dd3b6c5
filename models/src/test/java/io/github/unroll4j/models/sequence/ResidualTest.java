// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import static io.github.unroll4j.models.testing.Numbers.array;
import static io.github.unroll4j.models.testing.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Backend;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.cells.LstmCell;
import io.github.unroll4j.models.cells.RnnCell;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.testing.Built;
import io.github.unroll4j.models.testing.LayerCase;
import io.github.unroll4j.models.testing.Numbers;
import io.github.unroll4j.models.testing.RecurrentCheck;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResidualTest {
    private static final int D = 3;
    private static final Lengths UNEQUAL = Lengths.of(4, 4, 0, 2);

    private static Built<Residual> built() {
        return Built.of(Dtype.DOUBLE, 1, p -> new Residual(new HoistedLayer(new LstmCell(D), D, p)));
    }

    private static LayerCase random(Recurrent layer, Lengths lengths) {
        return LayerCase.random(layer, Dtype.DOUBLE, lengths, Rng.seeded(2));
    }

    @Test
    void gradientsAreRight() {
        try (Built<Residual> layer = built()) {
            for (Lengths lengths : new Lengths[] {Lengths.full(1, 1), Lengths.full(3, 2), UNEQUAL}) {
                RecurrentCheck.of(layer.layer(), layer.parameters(), lengths, 3)
                        .full()
                        .require(CellCheck.GRADIENT_TOLERANCE);
            }
        }
    }

    @Test
    void theInputIsAddedToTheOutputAndTheGradientGoesBothWays() {
        try (Built<Residual> residual = built();
                Built<HoistedLayer> bare = Built.engine(new LstmCell(D), D)) {
            LayerCase pass = random(residual.layer(), UNEQUAL);
            double[] X = Numbers.of(pass.x()).data().toDoubles();
            Map<String, double[]> expected = bare.outcome(pass);
            for (int k = 0; k < X.length; k++) {
                if (!UNEQUAL.padded(k / D / 3, k / D % 3)) {
                    array(expected, "H")[k] += X[k];
                    array(expected, "dX")[k] += pass.dH().data().get(k);
                }
            }

            assertClose(residual.outcome(pass), expected, 0);
        }
    }

    @Test
    void nothingInThePaddingIsRead() {
        try (Built<Residual> layer = built()) {
            LayerCase pass = random(layer.layer(), UNEQUAL);
            Map<String, double[]> clean = layer.outcome(pass);
            for (int row = 0; row < 12; row++) {
                if (UNEQUAL.padded(row / 3, row % 3)) {
                    Numbers.of(pass.x()).data().fill(row * D, D, Double.NaN);
                }
            }

            assertClose(layer.outcome(pass), clean, 0);
        }
    }

    @Test
    void memoryIsKeptWhenTheStepsGrowFewerAndFreedByClose() {
        long before = Backend.held();
        Built<Residual> layer = built();
        layer.outcome(random(layer.layer(), Lengths.full(6, 2)));
        long held = Backend.held();
        for (int T = 1; T <= 6; T++) {
            layer.outcome(random(layer.layer(), Lengths.full(T, 2)));
            assertThat(Backend.held()).isEqualTo(held);
        }

        layer.close();
        layer.close();

        assertThat(Backend.held()).isEqualTo(before).isLessThan(held);
    }

    @Test
    void namesAndStatesAreThoseOfTheLayer() {
        try (Built<Residual> layer = built()) {
            assertThat(layer.layer().name()).isEqualTo("Residual(HoistedLayer(lstm))");
            assertThat(layer.layer().inputSize()).isEqualTo(D);
            assertThat(layer.layer().outputSize()).isEqualTo(D);
            assertThat(layer.layer().zeroState(2).names()).containsExactly("h", "c");
        }
    }

    @Test
    void whatCannotBeAddedIsRefused() {
        HoistedLayer wider = new HoistedLayer(new RnnCell(4), 3, Parameters.builder());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Residual(wider))
                .withMessage(
                        "Residual: HoistedLayer(rnn) takes rows of 3 and gives rows of 4, expected equal sizes, since"
                                + " the two are added.");
        try (Built<Residual> layer = built()) {
            Sequence ids = Sequence.ids(new int[] {0}, 1, 1);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> layer.layer().forward(ids, layer.layer().zeroState(1)))
                    .withMessage(
                            "Residual(HoistedLayer(lstm)).forward: the input is token ids, expected numbers [T,B,D],"
                                    + " since it is added to the outputs; put an Embedding below.");
        }
    }

    @Test
    void aRunIsVoidAfterTheNext() {
        try (Built<Residual> layer = built()) {
            LayerCase pass = random(layer.layer(), UNEQUAL);
            Run first = layer.layer().forward(pass.x(), pass.s0(), pass.pass());
            layer.layer().forward(pass.x(), pass.s0(), pass.pass());

            assertThatIllegalStateException()
                    .isThrownBy(() -> layer.layer().backward(first, Sequence.of(pass.dH()), pass.dLast()))
                    .withMessageStartingWith("Residual(HoistedLayer(lstm)): a run was used after");
            Tensor narrow = Tensor.zeros(Dtype.DOUBLE, 4, 3, 2);
            Run second = layer.layer().forward(pass.x(), pass.s0(), pass.pass());
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> layer.layer().backward(second, Sequence.of(narrow), pass.dLast()))
                    .withMessageContaining("dH is [4, 3, 2]");
        }
    }

    @Test
    void whatNeedsTheWholeSequenceIsNotRunStepByStep() {
        try (Built<Residual> layer = Built.of(
                Dtype.DOUBLE,
                1,
                p -> new Residual(new Bidirectional(
                        new HoistedLayer(new RnnCell(D), D, p.scope("a")),
                        new HoistedLayer(new RnnCell(D), D, p.scope("b")),
                        Bidirectional.Merge.SUM)))) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> layer.layer().begin(layer.layer().zeroState(1), Pass.full(2, 1)))
                    .withMessage(
                            "Bidirectional(HoistedLayer(rnn), HoistedLayer(rnn)) cannot be run step by step; it needs"
                                    + " the whole sequence.");
        }
    }
}
