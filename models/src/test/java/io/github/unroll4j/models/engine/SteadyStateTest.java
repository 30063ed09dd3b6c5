// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Backend;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.cells.LstmCell;
import io.github.unroll4j.models.sequence.Bidirectional;
import io.github.unroll4j.models.sequence.Dropout;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Noise;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.Residual;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Stack;
import io.github.unroll4j.models.testing.Built;
import io.github.unroll4j.models.testing.Numbers;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Layers around layers: once they have run, a pass costs the heap nothing for a time step, and native memory nothing.
 */
class SteadyStateTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int H = 8;
    private static final int B = 3;

    private static Built<Stack> layers() {
        return Built.of(Dtype.FLOAT, 1, p -> {
            Recurrent forward = new HoistedLayer(new LstmCell(H), H, p.scope("fwd"));
            Recurrent backward = new HoistedLayer(new LstmCell(H), H, p.scope("bwd"));
            Recurrent above = new HoistedLayer(new LstmCell(H), H, p.scope("l1"));
            Recurrent top = new HoistedLayer(new LstmCell(H), H, p.scope("l2"));
            return new Stack(List.of(
                    Dropout.after(
                            new Bidirectional(forward, backward, Bidirectional.Merge.MEAN), 0.3, Dropout.Mask.PER_STEP),
                    new Residual(Dropout.before(above, 0.3, Dropout.Mask.PER_SEQUENCE)),
                    top));
        });
    }

    /** Heap bytes of one pass forward and back. */
    private static long bytesPerPass(Lengths lengths) {
        try (Built<Stack> built = layers()) {
            Tensor numbers = Numbers.random(Dtype.FLOAT, Rng.seeded(2), lengths.steps(), B, H);
            Sequence x = Sequence.of(numbers);
            State s0 = built.layer().zeroState(B);
            Pass pass = Pass.of(lengths).with(Noise.of(Rng.seeded(3)));
            long before = 0;
            long held = 0;
            int passes = 100;
            for (int i = -passes; i < passes; i++) {
                if (i == 0) {
                    before = THREADS.getThreadAllocatedBytes(
                            Thread.currentThread().getId());
                    held = Backend.held();
                }
                built.layer().backward(built.layer().forward(x, s0, pass), x, s0);
            }
            assertThat(Backend.held()).isEqualTo(held);
            return (THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before) / passes;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void moreStepsCostTheHeapNoMore(boolean full) {
        long few = bytesPerPass(full ? Lengths.full(10, B) : Lengths.of(10, 10, 0, 7));
        long many = bytesPerPass(full ? Lengths.full(60, B) : Lengths.of(60, 60, 0, 40));

        // an array of one number a step would be 200 bytes; names, runs and states of layers are the same in both
        assertThat(many - few).as("%d and %d bytes", few, many).isLessThan(200);
    }
}
