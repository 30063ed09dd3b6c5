// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import static io.github.unroll4j.models.testing.Numbers.array;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.cells.LstmCell;
import io.github.unroll4j.models.cells.ProjectedLstmCell;
import io.github.unroll4j.models.sequence.LayerFactory;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import io.github.unroll4j.models.testing.Built;
import io.github.unroll4j.models.testing.LayerCase;
import java.util.List;
import org.junit.jupiter.api.Test;

class CellLayersTest {
    private static final int D = 3;
    private static final int H = 4;
    private static final RecurrentNoise NOISE = new RecurrentNoise(0.4, 0.4, 0, 0);
    private static final LayerFactory ENGINE = CellLayers.of(LstmCell::new);
    /** Layers that are not said to be made of a cell. */
    private static final LayerFactory OTHER = (in, hidden, p) -> new HoistedLayer(new LstmCell(hidden), in, p);

    private static Built<Recurrent> built(LayerFactory layers) {
        return Built.of(Dtype.DOUBLE, 1, p -> layers.create(D, H, p));
    }

    /** Outputs of a pass with noise. */
    private static double[] outputs(LayerFactory layers) {
        try (Built<Recurrent> built = built(layers)) {
            LayerCase pass = LayerCase.random(built.layer(), Dtype.DOUBLE, Lengths.full(3, 2), Rng.seeded(2));
            return array(built.outcome(pass.withNoise(3)), "H");
        }
    }

    @Test
    void aCellRunsInTheEngineOrInThePlainLoopWithTheSameParameters() {
        try (Built<Recurrent> engine = built(ENGINE);
                Built<Recurrent> plain = built(ENGINE.plain())) {
            assertThat(engine.layer()).isInstanceOf(HoistedLayer.class);
            assertThat(plain.layer()).isInstanceOf(Unrolled.class);
            assertThat(plain.parameters().list())
                    .map(Parameter::toString)
                    .isEqualTo(engine.parameters().list().stream()
                            .map(Parameter::toString)
                            .toList());
            assertThat(plain.parameters().values().toDoubles())
                    .isEqualTo(engine.parameters().values().toDoubles());
        }
    }

    @Test
    void noiseAndRunnerAreChosenInEitherOrderAndTheLastNoiseCounts() {
        double[] quiet = outputs(ENGINE.plain());
        double[] noisy = outputs(ENGINE.plain().with(NOISE));

        assertThat(noisy).isNotEqualTo(quiet);
        assertThat(outputs(ENGINE.with(NOISE).plain())).isEqualTo(noisy);
        assertThat(outputs(ENGINE.with(NOISE).with(RecurrentNoise.NONE).plain()))
                .isEqualTo(quiet);
        assertThat(outputs(ENGINE.plain().plain().with(NOISE))).isEqualTo(noisy);
        try (Built<Recurrent> plain = built(ENGINE.plain().with(NOISE))) {
            assertThat(plain.layer()).isInstanceOf(Unrolled.class);
        }
    }

    @Test
    void theSizeOfAnOutputIsThatOfTheCell() {
        LayerFactory projected = CellLayers.of(hidden -> new ProjectedLstmCell(hidden, 3));
        for (LayerFactory each : List.of(projected, projected.plain(), projected.with(NOISE))) {
            assertThat(each.outputSize(H)).isEqualTo(3);
        }
        for (LayerFactory each : List.of(ENGINE, ENGINE.plain(), OTHER)) {
            assertThat(each.outputSize(7)).isEqualTo(7);
        }
    }

    @Test
    void aFactoryIsNotChangedByWhatIsMadeOfIt() {
        double[] before = outputs(ENGINE);
        for (LayerFactory made : List.of(ENGINE.with(NOISE), ENGINE.plain())) {
            assertThat(made).isNotSameAs(ENGINE);
        }
        assertThat(outputs(ENGINE)).isEqualTo(before);
    }

    @Test
    void layersOfAnotherKindTakeNoNoiseAndHaveNoPlainLoop() {
        assertThat(OTHER.with(RecurrentNoise.NONE)).isSameAs(OTHER);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OTHER.with(NOISE))
                .withMessageStartingWith("LayerFactory.with: RecurrentNoise[dropout=0.4, weightDrop=0.4, zoneout=0.0,"
                        + " zoneoutMemory=0.0] was asked for, expected none: these layers are not made of a Cell");
        assertThatIllegalArgumentException()
                .isThrownBy(OTHER::plain)
                .withMessageStartingWith("LayerFactory.plain: these layers are not made of a Cell, expected those of");
    }

    @Test
    void aCellOfAnotherSizeThanWasAskedForIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> built(CellLayers.of(hidden -> new LstmCell(7))))
                .withMessage("CellLayers: the cell lstm has 7 units, expected the 4 that were asked for; likely cause:"
                        + " what makes the cell does not use the number it is given.");
        built(CellLayers.of(hidden -> new ProjectedLstmCell(7, hidden))).close(); // H may be meant as the output
        built(CellLayers.of(hidden -> new ProjectedLstmCell(hidden, 7))).close();
    }
}
