// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.attention.Memory;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cell.Step;
import io.github.unroll4j.models.cells.LstmCell;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.engine.Unrolled;
import io.github.unroll4j.models.layer.Embedded;
import io.github.unroll4j.models.layer.Embedding;
import io.github.unroll4j.models.layer.Linear;
import io.github.unroll4j.models.seq2seq.Bridge;
import io.github.unroll4j.models.sequence.Bidirectional;
import io.github.unroll4j.models.sequence.Dropout;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.RecurrentNoise;
import io.github.unroll4j.models.sequence.Residual;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;
import io.github.unroll4j.models.sequence.Stack;
import io.github.unroll4j.models.testing.Crowd;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Layers used directly are for one thread at a time, and say so. */
class SharedLayersTest {
    private static final int H = 4;
    private static final int T = 3;
    private static final int B = 2;

    /** A cell in whose forward a thread can be held. */
    private static final class SlowCell implements Cell {
        private final Cell inside = new LstmCell(H);
        private final AtomicReference<Runnable> pause;

        SlowCell(AtomicReference<Runnable> pause) {
            this.pause = pause;
        }

        @Override
        public Layout layout() {
            return inside.layout();
        }

        @Override
        public void forward(Step s) {
            Objects.requireNonNull(pause.get()).run();
            inside.forward(s);
        }

        @Override
        public void backward(Step s) {
            inside.backward(s);
        }
    }

    static Stream<Named<BiFunction<Cell, Parameters.Builder, Recurrent>>> layers() {
        return Stream.of(
                Named.of("HoistedLayer", (cell, p) -> new HoistedLayer(cell, H, p)),
                Named.of("Unrolled", (cell, p) -> new Unrolled(cell, H, RecurrentNoise.NONE, p)),
                Named.of("Stack", (cell, p) -> new Stack(List.of(new HoistedLayer(cell, H, p)))),
                Named.of("Residual", (cell, p) -> new Residual(new HoistedLayer(cell, H, p))),
                Named.of(
                        "Dropout.after",
                        (cell, p) -> Dropout.after(new HoistedLayer(cell, H, p), 0.5, Dropout.Mask.PER_STEP)),
                Named.of(
                        "Bidirectional",
                        (cell, p) -> new Bidirectional(
                                new HoistedLayer(cell, H, p.scope("fwd")),
                                new HoistedLayer(new LstmCell(H), H, p.scope("bwd")),
                                Bidirectional.Merge.CONCAT)));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void aSecondThreadIsRefusedWithBothNamesAndTheFirstGoesOn(BiFunction<Cell, Parameters.Builder, Recurrent> make)
            throws InterruptedException {
        AtomicReference<Runnable> pause = new AtomicReference<>(() -> {});
        Parameters.Builder p = Parameters.builder();
        try (Recurrent layer = make.apply(new SlowCell(pause), p)) {
            p.build(Dtype.FLOAT, Rng.seeded(1));
            Tensor x = Tensor.zeros(Dtype.FLOAT, T, B, H);
            x.data().fill(0, x.data().length(), 0.5);
            Run before = layer.forward(Sequence.of(x), layer.zeroState(B));
            double[] expected = before.last().h().data().toDoubles();
            CountDownLatch inside = new CountDownLatch(1);
            CountDownLatch leave = new CountDownLatch(1);
            pause.set(() -> {
                inside.countDown();
                Crowd.await(leave);
            });
            AtomicReference<double[]> found = new AtomicReference<>();
            Thread first = new Thread(
                    () -> found.set(layer.forward(Sequence.of(x), layer.zeroState(B))
                            .last()
                            .h()
                            .data()
                            .toDoubles()),
                    "the first");
            first.start();
            Crowd.await(inside);
            for (Runnable call : List.<Runnable>of(
                    () -> layer.forward(Sequence.of(x), layer.zeroState(B)),
                    () -> layer.backward(before, before.H(), layer.zeroState(B)),
                    layer::close)) {
                try {
                    call.run();
                    throw new AssertionError("not refused");
                } catch (IllegalStateException e) {
                    if (!String.valueOf(e.getMessage())
                            .contains("a run was used after")) { // before.H() of a layer that runs again
                        assertThat(e)
                                .hasMessageContaining(layer.name() + ".")
                                .hasMessageContaining("'the first'")
                                .hasMessageContaining(
                                        "'" + Thread.currentThread().getName() + "'");
                    }
                }
            }
            leave.countDown();
            first.join();
            assertThat(found.get()).containsExactly(expected);
            pause.set(() -> {});
            assertThat(layer.forward(Sequence.of(x), layer.zeroState(B))
                            .last()
                            .h()
                            .data()
                            .toDoubles())
                    .as("in turn is allowed")
                    .containsExactly(expected);
        }
    }

    @Test
    void manyThreadsAtOneLayerGetTheRightAnswerOrASentence() {
        Parameters.Builder p = Parameters.builder();
        Embedding table = new Embedding("table", 7, H, 0, p);
        Embedding alone = new Embedding("alone", 7, H, 0, p);
        Linear head = new Linear("head", H, 5, p);
        Recurrent ends = new HoistedLayer(new LstmCell(H), H, p.scope("ends"));
        Bridge bridge = new Bridge(new Bridge.Options(Bridge.Kind.TANH, Bridge.Directions.SUMMED), ends, ends, p);
        try (Memory memory = new Memory(Dtype.FLOAT, H);
                Recurrent layer = new Embedded(table, new Stack(List.of(new HoistedLayer(new LstmCell(H), H, p))))) {
            p.build(Dtype.FLOAT, Rng.seeded(1));
            Crowd.run(Crowd.THREADS, thread -> () -> {
                for (int i = 0; i < Crowd.size(50, 2000); i++) {
                    int steps = 1 + (i + thread) % 6;
                    int[] ids = new int[steps * (1 + thread % 3)];
                    int rows = ids.length / steps;
                    Sequence.Ids sequence = Sequence.ids(ids, steps, rows);
                    Tensor x = Tensor.zeros(Dtype.FLOAT, steps, rows, H);
                    Slab own = Sequence.of(x);
                    for (Runnable call : List.<Runnable>of(
                            () -> layer.forward(sequence, layer.zeroState(rows)),
                            () -> alone.forward(sequence, Pass.full(steps, rows)),
                            () -> head.forward(own),
                            () -> head.backward(head.forward(own)),
                            () -> memory.load(own, Lengths.full(steps, rows)),
                            () -> bridge.forward(ends.zeroState(rows)),
                            head::close,
                            bridge::close,
                            layer::close,
                            memory::close)) {
                        try {
                            call.run();
                        } catch (IllegalStateException e) {
                            assertThat(e).hasMessageMatching("(?s).*(one thread at a time|called before forward).*");
                        }
                    }
                }
            });
            head.close();
            bridge.close();
            alone.close();
        }
    }

    @Test
    void theSentenceNamesTheLayerTheMethodAndWhatToDo() throws InterruptedException {
        var user = new io.github.unroll4j.models.internal.OneThread(() -> "Linear(head.W)");
        Thread other = new Thread(() -> user.enter("forward"), "other");
        other.start();
        other.join();
        assertThatIllegalStateException()
                .isThrownBy(() -> user.enter("close"))
                .withMessageStartingWith("Linear(head.W).close: called by thread '")
                .withMessageContaining("while thread 'other' is inside, expected one thread at a time")
                .withMessageContaining("threads share a layer");
    }
}
