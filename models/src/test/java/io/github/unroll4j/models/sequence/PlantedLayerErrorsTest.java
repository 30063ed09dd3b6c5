// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.cells.LstmCell;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.sequence.Bidirectional.Merge;
import io.github.unroll4j.models.sequence.Dropout.Mask;
import io.github.unroll4j.models.testing.Built;
import io.github.unroll4j.models.testing.LayerCase;
import io.github.unroll4j.models.testing.LayerCatalog.Entry;
import io.github.unroll4j.models.testing.LayerCatalog.Trait;
import io.github.unroll4j.models.testing.LayerContract;
import io.github.unroll4j.models.testing.Numbers;
import io.github.unroll4j.models.testing.PaddingContract;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** The plain forms equal the layers and keep their contract; every fault planted in them breaks it. */
class PlantedLayerErrorsTest {
    private static Recurrent lstm(Parameters.Builder p) {
        return new HoistedLayer(new LstmCell(3), 3, p);
    }

    private static Entry both(Merge merge, PlainBidirectional.Fault fault) {
        return new Entry(
                "both ways",
                Set.of(Trait.SEES_THE_END),
                p -> new PlainBidirectional(lstm(p.scope("fwd")), lstm(p.scope("bwd")), merge, fault));
    }

    private static Entry residual(PlainResidual.Fault fault) {
        return new Entry("residual", Set.of(), p -> new PlainResidual(lstm(p), fault));
    }

    private static Entry dropout(Mask mask, PlainDropout.Fault fault) {
        return new Entry("dropout", Set.of(Trait.NOISE), p -> new PlainDropout(lstm(p), mask, fault));
    }

    private static void keepsTheContract(Entry entry) {
        LayerContract.gradientsAreRight(entry);
        LayerContract.rowsDoNotSeeEachOther(entry);
        LayerContract.backwardLeavesEverythingAsItWas(entry);
        PaddingContract.contentOfPaddingDoesNotMatter(entry);
        PaddingContract.amountOfPaddingDoesNotMatter(entry);
    }

    private static void equal(Entry entry, Function<Parameters.Builder, Recurrent> fast) {
        for (Lengths lengths : new Lengths[] {Lengths.full(1, 1), Lengths.full(4, 2), Lengths.of(5, 4, 0, 3, 1)}) {
            try (Built<Recurrent> plain = entry.build(Dtype.DOUBLE, 1);
                    Built<Recurrent> layer = Built.of(Dtype.DOUBLE, 1, fast)) {
                LayerCase pass = LayerCase.random(layer.layer(), Dtype.DOUBLE, lengths, Rng.seeded(2))
                        .withNoise(3);
                Numbers.assertClose(layer.outcome(pass), plain.outcome(pass), 0);
                // a layer behind it goes on with the same masks: they do not depend on how far a batch is padded
                assertThat(drawnNext(layer.layer(), pass, lengths))
                        .containsExactly(drawnNext(plain.layer(), pass, lengths));
            }
        }
    }

    private static double[] drawnNext(Recurrent layer, LayerCase pass, Lengths lengths) {
        Noise noise = Noise.of(Rng.seeded(3));
        layer.forward(pass.x(), pass.s0(), Pass.of(lengths).with(noise));
        return IntStream.range(0, lengths.batch()).mapToDouble(noise::uniform).toArray();
    }

    private static void broken(Consumer<Entry> property, Entry entry) {
        assertThatThrownBy(() -> property.accept(entry)).isInstanceOf(AssertionError.class);
    }

    @ParameterizedTest
    @EnumSource
    void theRightBothWays(Merge merge) {
        Entry right = both(merge, PlainBidirectional.Fault.NONE);
        keepsTheContract(right);
        equal(right, p -> new Bidirectional(lstm(p.scope("fwd")), lstm(p.scope("bwd")), merge));
    }

    @ParameterizedTest
    @EnumSource
    void theRightDropout(Mask mask) {
        Entry right = dropout(mask, PlainDropout.Fault.NONE);
        keepsTheContract(right);
        equal(right, p -> Dropout.before(lstm(p), 0.4, mask));
    }

    @ParameterizedTest
    @EnumSource(names = "NONE")
    void theRightResidual(PlainResidual.Fault none) {
        keepsTheContract(residual(none));
        equal(residual(none), p -> new Residual(lstm(p)));
    }

    // reversing padding to the front is a layer with right gradients, only over what is no input
    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void everyFaultOfBothWaysIsCaught(PlainBidirectional.Fault fault) {
        Entry wrong = both(Merge.MEAN, fault);
        if (fault == PlainBidirectional.Fault.LENGTHS_IGNORED) {
            broken(PaddingContract::contentOfPaddingDoesNotMatter, wrong);
            broken(PaddingContract::amountOfPaddingDoesNotMatter, wrong);
        } else {
            broken(LayerContract::gradientsAreRight, wrong);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void everyFaultOfAResidualConnectionIsCaught(PlainResidual.Fault fault) {
        broken(
                fault == PlainResidual.Fault.PADDING_ADDED
                        ? PaddingContract::contentOfPaddingDoesNotMatter
                        : LayerContract::gradientsAreRight,
                residual(fault));
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void everyFaultOfDropoutIsCaught(PlainDropout.Fault fault) {
        for (Mask mask : Mask.values()) {
            Entry wrong = dropout(mask, fault);
            switch (fault) {
                case DRAWN_FOR_PADDING, NOT_SCALED ->
                    broken(entry -> equal(entry, p -> Dropout.before(lstm(p), 0.4, mask)), wrong);
                case DRAWN_ANEW -> {
                    broken(LayerContract::gradientsAreRight, wrong);
                    broken(LayerContract::backwardLeavesEverythingAsItWas, wrong);
                }
                default -> broken(LayerContract::gradientsAreRight, wrong);
            }
        }
    }
}
