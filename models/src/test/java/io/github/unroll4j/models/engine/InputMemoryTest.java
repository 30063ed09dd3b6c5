// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.core.tensor.Backend;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.cells.RnnCell;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;
import io.github.unroll4j.models.testing.Built;
import org.junit.jupiter.api.Test;

/** A layer of D=3 and H=4 keeps native memory for an input only where it is used. */
class InputMemoryTest {
    private static final int T = 5;
    private static final int B = 2;
    private static final int D = 3;
    private static final int H = 4;
    private static final Sequence X = Sequence.of(Tensor.zeros(Dtype.DOUBLE, T, B, D));
    private static final Sequence DH = Sequence.of(Tensor.zeros(Dtype.DOUBLE, T, B, H));

    @Test
    void onlyTheWayBackNeedsRoomForGradients() {
        try (Built<HoistedLayer> built = Built.engine(new RnnCell(H), D)) {
            HoistedLayer layer = built.layer();
            Run run = layer.forward(X, layer.zeroState(B));
            long forward = Backend.held();
            layer.backward(run, DH, layer.zeroState(B));

            long weights = D * H + H * H;
            long dX = T * B * D;
            long dZh = T * B * H;
            long dh = B * H; // of the step at hand
            assertThat(Backend.held() - forward).isEqualTo((weights + dX + dZh + dh) * Double.BYTES);
        }
    }

    @Test
    void anInputThatIsNativeIsNotCopied() {
        try (NativeArray memory = NativeArray.allocate(Dtype.DOUBLE, T * B * D);
                Built<HoistedLayer> one = Built.engine(new RnnCell(H), D);
                Built<HoistedLayer> other = Built.engine(new RnnCell(H), D)) {
            long start = Backend.held();
            one.layer().forward(X, one.layer().zeroState(B));
            long fromTheHeap = Backend.held() - start;
            Slab slab = new Slab(memory.matrix(0, T * B, D), T, B);
            other.layer().forward(slab, other.layer().zeroState(B));
            long ofSlab = Backend.held() - start - fromTheHeap;

            assertThat(fromTheHeap - ofSlab).isEqualTo(T * B * D * Double.BYTES);
        }
    }
}
