// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.cell.Trace;
import io.github.unroll4j.models.cells.GruCell;
import io.github.unroll4j.models.cells.LstmCell;
import io.github.unroll4j.models.sequence.LayerFactory;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.testing.Built;
import io.github.unroll4j.models.testing.LayerCase;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What zoneout leaves of a state; its gradients are in {@link NoiseInBothRunnersTest}. */
class ZoneoutTest {
    private static final int D = 3;
    private static final int H = 4;
    private static final long SEED = 3;
    private static final Lengths UNEQUAL = Lengths.of(5, 4, 0, 3);
    private static final RecurrentNoise ZONEOUT = new RecurrentNoise(0, 0, 0.3, 0.5);

    /** What runs the cell. */
    enum Runner {
        ENGINE,
        PLAIN_LOOP;

        Built<Recurrent> layer(Cell cell, RecurrentNoise noise) {
            LayerFactory engine = CellLayers.of(hidden -> cell).with(noise);
            LayerFactory layers = this == ENGINE ? engine : engine.plain();
            return Built.of(Dtype.DOUBLE, 1, p -> layers.create(D, H, p));
        }
    }

    private static LayerCase random(Recurrent layer, Lengths lengths) {
        return LayerCase.random(layer, Dtype.DOUBLE, lengths, Rng.seeded(2));
    }

    @ParameterizedTest
    @EnumSource
    void aUnitKeepsItsValueOrTakesTheNewOneAtTheRateAskedFor(Runner runner) {
        int B = 500;
        try (Built<Recurrent> layer = runner.layer(new LstmCell(H), ZONEOUT);
                Built<Recurrent> bare = runner.layer(new LstmCell(H), RecurrentNoise.NONE)) {
            LayerCase pass = random(layer.layer(), Lengths.full(1, B));
            State zoned = layer.layer()
                    .forward(pass.x(), pass.s0(), pass.withNoise(SEED).pass())
                    .last();
            State fresh = bare.layer().forward(pass.x(), pass.s0()).last();

            for (String part : List.of("h", "c")) {
                double rate = part.equals("h") ? ZONEOUT.zoneout() : ZONEOUT.zoneoutMemory();
                int kept = 0;
                for (int k = 0; k < B * H; k++) {
                    double value = zoned.part(part).data().get(k);
                    double before = pass.s0().part(part).data().get(k);
                    assertThat(value).isIn(before, fresh.part(part).data().get(k));
                    kept += value == before ? 1 : 0;
                }
                // four standard deviations of the share of 2000 draws
                assertThat(kept / (double) (B * H)).isCloseTo(rate, within(4 * Math.sqrt(rate * (1 - rate) / (B * H))));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void withoutNoiseZoneoutTakesTheMean(Runner runner) {
        try (Built<Recurrent> layer = runner.layer(new GruCell(H), ZONEOUT);
                Built<Recurrent> bare = runner.layer(new GruCell(H), RecurrentNoise.NONE)) {
            LayerCase pass = random(layer.layer(), Lengths.full(1, 2));
            Tensor before = pass.s0().h();
            Tensor fresh = bare.layer().forward(pass.x(), pass.s0()).last().h();
            Tensor zoned = layer.layer().forward(pass.x(), pass.s0()).last().h();

            for (int k = 0; k < 2 * H; k++) {
                double mean = 0.3 * before.data().get(k) + 0.7 * fresh.data().get(k);
                assertThat(zoned.data().get(k)).isCloseTo(mean, within(1e-15));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsRecordedOfTheStateIsWhatZoneoutLeft(Runner runner) {
        try (Built<Recurrent> layer = runner.layer(new LstmCell(H), ZONEOUT)) {
            LayerCase pass = random(layer.layer(), UNEQUAL).withNoise(SEED);
            Trace trace = Trace.on();
            Run run = layer.layer().forward(pass.x(), pass.s0(), pass.pass().with(trace));
            layer.layer().backward(run, Sequence.of(pass.dH()), pass.dLast());

            for (int t = 0; t < UNEQUAL.steps(); t++) {
                assertThat(step(trace.get("h"), t))
                        .isEqualTo(run.state(t + 1).h().data().toDoubles());
                assertThat(step(trace.get("c"), t))
                        .isEqualTo(run.state(t + 1).part("c").data().toDoubles());
            }
            double[] dhOfTheLastStep = step(trace.get("dh"), UNEQUAL.steps() - 1);
            for (int k = 0; k < dhOfTheLastStep.length; k++) {
                double fromTheLoss = pass.dH().data().get((UNEQUAL.steps() - 1) * dhOfTheLastStep.length + k);
                assertThat(dhOfTheLastStep[k]).isEqualTo(pass.dLast().h().data().get(k) + fromTheLoss);
            }
        }
    }

    private static double[] step(Tensor array, int t) {
        int n = array.size(1) * array.size(2);
        return Arrays.copyOfRange(array.data().toDoubles(), t * n, (t + 1) * n);
    }
}
