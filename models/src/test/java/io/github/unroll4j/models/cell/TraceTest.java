// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cell;

import static io.github.unroll4j.models.testing.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.cells.LstmCell;
import io.github.unroll4j.models.cells.PeepholeLstmCell;
import io.github.unroll4j.models.cells.RnnCell;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Pass;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Stack;
import io.github.unroll4j.models.stranger.UpdateGateCell;
import io.github.unroll4j.models.testing.Built;
import io.github.unroll4j.models.testing.LayerCase;
import io.github.unroll4j.models.testing.Numbers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class TraceTest {
    private static final int T = 4;
    private static final int B = 2;
    private static final int D = 3;
    private static final int H = 3;
    private static final Lengths PADDED = Lengths.of(T, T, 2);

    @TempDir
    Path folder;

    static Stream<Built<? extends Recurrent>> layers() {
        return Stream.of(
                Built.engine(new PeepholeLstmCell(H), D),
                Built.engine(new UpdateGateCell(H), D),
                Built.plain(new PeepholeLstmCell(H), D));
    }

    private static LayerCase pass(Recurrent layer, Lengths lengths) {
        return LayerCase.random(layer, Dtype.DOUBLE, lengths, Rng.seeded(2));
    }

    /** One run there and back, recorded. */
    private static Trace traced(Recurrent layer, LayerCase pass) {
        Trace trace = Trace.on();
        Run run = layer.forward(pass.x(), pass.s0(), Pass.of(pass.lengths()).with(trace));
        layer.backward(run, Sequence.of(pass.dH()), pass.dLast());
        return trace;
    }

    @Test
    void everyArrayOfASummedCellIsRecorded() {
        try (Built<HoistedLayer> layer = Built.engine(new PeepholeLstmCell(H), D)) {
            Trace trace = Trace.on();
            LayerCase pass = pass(layer.layer(), Lengths.full(T, B));
            Run run = layer.layer()
                    .forward(pass.x(), pass.s0(), Pass.of(pass.lengths()).with(trace));
            assertThat(trace.names())
                    .containsExactly("z.i", "z.f", "z.o", "z.g", "i", "f", "o", "g", "tanhC", "h", "c");

            layer.layer().backward(run, Sequence.of(pass.dH()), pass.dLast());
            assertThat(trace.names())
                    .contains("dz.i", "dz.f", "dz.o", "dz.g", "di", "df", "do", "dg", "dtanhC", "dh", "dc")
                    .hasSize(22);
            assertThat(trace.arrays().values()).allMatch(a -> a.size(0) == T && a.size(1) == B && a.size(2) == H);
        }
    }

    @Test
    void theMapsOfAnApartCellAreRecordedApart() {
        try (Built<HoistedLayer> layer = Built.engine(new UpdateGateCell(H), D)) {
            Trace trace = traced(layer.layer(), pass(layer.layer(), Lengths.full(T, B)));

            assertThat(trace.names())
                    .contains("zx.u", "zx.g", "zh.u", "zh.g", "u", "g", "h", "dzx.u", "dzh.g", "dh")
                    .doesNotContain("z.u", "dz.u");
        }
    }

    @Test
    void whatIsRecordedIsWhatTheEquationsGive() {
        try (Built<HoistedLayer> layer = Built.engine(new PeepholeLstmCell(H), D)) {
            LayerCase pass = pass(layer.layer(), Lengths.full(T, B));
            Trace trace = Trace.on();
            Run run = layer.layer()
                    .forward(pass.x(), pass.s0(), Pass.of(pass.lengths()).with(trace));
            double[] p_i = layer.parameters().get("lstm-peephole.p_i").valuesCopy();
            for (int t = 0; t < T; t++) {
                State prev = run.state(t);
                State next = run.state(t + 1);
                for (int b = 0; b < B; b++) {
                    for (int j = 0; j < H; j++) {
                        double z_i = preActivation(layer, pass, prev, t, b, j);
                        double i = 1
                                / (1 + Math.exp(-(z_i + p_i[j] * prev.part("c").at(b, j))));
                        double c = trace.get("f").at(t, b, j) * prev.part("c").at(b, j)
                                + i * trace.get("g").at(t, b, j);
                        assertThat(trace.get("z.i").at(t, b, j)).isCloseTo(z_i, within(1e-13));
                        assertThat(trace.get("i").at(t, b, j)).isCloseTo(i, within(1e-13));
                        assertThat(trace.get("c").at(t, b, j)).isCloseTo(c, within(1e-13));
                        assertThat(trace.get("c").at(t, b, j))
                                .isEqualTo(next.part("c").at(b, j));
                        assertThat(trace.get("h").at(t, b, j))
                                .isEqualTo(next.h().at(b, j));
                    }
                }
            }
        }
    }

    /** Block i of x_t W_x + h_prev W_h + b. */
    private static double preActivation(Built<?> layer, LayerCase pass, State prev, int t, int b, int j) {
        int columns = 4 * H;
        double[] W_x = layer.parameters().get("lstm-peephole.W_x").valuesCopy();
        double[] W_h = layer.parameters().get("lstm-peephole.W_h").valuesCopy();
        double z = layer.parameters().get("lstm-peephole.b").valuesCopy()[j];
        for (int d = 0; d < D; d++) {
            z += Numbers.of(pass.x()).at(t, b, d) * W_x[d * columns + j];
        }
        for (int k = 0; k < H; k++) {
            z += prev.h().at(b, k) * W_h[k * columns + j];
        }
        return z;
    }

    @Test
    void theGradientsOfThePreActivationsAddUpToThatOfTheBias() {
        try (Built<HoistedLayer> layer = Built.engine(new PeepholeLstmCell(H), D)) {
            layer.parameters().zeroGradients();
            Trace trace = traced(layer.layer(), pass(layer.layer(), PADDED));

            double[] db = layer.parameters().get("lstm-peephole.b").gradientCopy();
            double[] sums = new double[4 * H];
            List<String> blocks = List.of("dz.i", "dz.f", "dz.o", "dz.g");
            for (int g = 0; g < 4; g++) {
                double[] dz = trace.get(blocks.get(g)).data().toDoubles();
                for (int k = 0; k < dz.length; k++) {
                    sums[g * H + k % H] += dz[k];
                }
            }
            assertClose("db", db, sums, CellCheck.EQUAL_TOLERANCE);
        }
    }

    @Test
    void paddingIsRecordedAsAFrozenStateWithoutGradientInside() {
        try (Built<HoistedLayer> layer = Built.engine(new PeepholeLstmCell(H), D)) {
            LayerCase pass = pass(layer.layer(), PADDED);
            Trace trace = traced(layer.layer(), pass);

            for (int t = 2; t < T; t++) {
                for (int j = 0; j < H; j++) {
                    assertThat(trace.get("c").at(t, 1, j))
                            .isEqualTo(trace.get("c").at(1, 1, j));
                    assertThat(trace.get("dz.g").at(t, 1, j)).isZero();
                }
            }
            double whole = pass.dLast().h().at(1, 0)
                    + pass.dH().at(3, 1, 0)
                    + pass.dH().at(2, 1, 0)
                    + pass.dH().at(1, 1, 0);
            assertThat(trace.get("dh").at(1, 1, 0))
                    .as("all that is read off the frozen state reaches its last real step")
                    .isCloseTo(whole, within(1e-13));
        }
    }

    @ParameterizedTest
    @MethodSource("layers")
    void recordingChangesNoBit(Built<? extends Recurrent> built) {
        LayerCase pass = pass(built.layer(), PADDED);
        Map<String, double[]> silent = pass.outcome(built.layer(), built.parameters());

        built.parameters().zeroGradients();
        Trace trace = traced(built.layer(), pass);

        assertThat(trace.get("h").data().toDoubles()).isEqualTo(silent.get("H"));
        for (String name : built.parameters().list().stream().map(p -> p.name()).toList()) {
            assertThat(built.parameters().get(name).gradientCopy())
                    .as(name)
                    .isEqualTo(silent.get("gradient of " + name));
        }
        built.close();
    }

    @ParameterizedTest
    @MethodSource("layers")
    void twoRunsIntoOneTraceAreRefused(Built<? extends Recurrent> built) {
        LayerCase pass = pass(built.layer(), PADDED);
        Trace trace = traced(built.layer(), pass);
        double[] h = trace.get("h").data().toDoubles();

        assertThatIllegalStateException()
                .isThrownBy(() -> traced(built.layer(), pass, trace))
                .withMessage("Trace: " + built.layer().name()
                        + " runs a second time into one trace; make a new one for each run.");
        assertThat(trace.get("h").data().toDoubles()).isEqualTo(h);
        built.close();
    }

    private static void traced(Recurrent layer, LayerCase pass, Trace trace) {
        layer.forward(pass.x(), pass.s0(), Pass.of(pass.lengths()).with(trace));
    }

    @Test
    void offRecordsNothingAndScopesToItself() {
        try (Built<HoistedLayer> layer = Built.engine(new RnnCell(H), D)) {
            LayerCase pass = pass(layer.layer(), PADDED);
            for (int i = 0; i < 2; i++) {
                Run run = layer.layer().forward(pass.x(), pass.s0(), Pass.of(pass.lengths()));
                layer.layer().backward(run, Sequence.of(pass.dH()), pass.dLast());
            }

            assertThat(Trace.off().isOn()).isFalse();
            assertThat(Trace.off().names()).isEmpty();
            assertThat(Trace.off().scope("l0")).isSameAs(Trace.off());
        }
    }

    @Test
    void anUnknownNameIsAnsweredWithTheKnownOnes() {
        try (Built<Stack> stack = Built.of(
                Dtype.DOUBLE, 1, p -> new Stack(List.of(new HoistedLayer(new RnnCell(H), D, p.scope("l0")))))) {
            LayerCase pass = pass(stack.layer(), PADDED);
            Trace trace = Trace.on();
            Run run = stack.layer()
                    .forward(pass.x(), pass.s0(), Pass.of(pass.lengths()).with(trace));

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> trace.get("l0.dh"))
                    .withMessage("Trace.get: nothing was recorded as l0.dh, only [l0.z.h, l0.h]; gradients appear after"
                            + " backward.");
            stack.layer().backward(run, Sequence.of(pass.dH()), pass.dLast());
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> trace.get("dh"))
                    .withMessage("Trace.get: nothing was recorded as dh, only [l0.z.h, l0.h, l0.dz.h, l0.dh].");
        }
    }

    @Test
    void whatIsRecordedCannotBeTakenOut() {
        try (Built<HoistedLayer> layer = Built.engine(new RnnCell(H), D)) {
            Trace trace = traced(layer.layer(), pass(layer.layer(), PADDED));

            assertThatThrownBy(() -> trace.names().remove("h")).isInstanceOf(UnsupportedOperationException.class);
            assertThatThrownBy(() -> trace.arrays().clear()).isInstanceOf(UnsupportedOperationException.class);
            assertThat(trace.arrays().keySet()).containsExactlyElementsOf(trace.names());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSavedTraceIsReadBackWithEveryNameShapeAndBit(Dtype dtype) {
        try (Built<HoistedLayer> layer = Built.of(dtype, 1, p -> new HoistedLayer(new LstmCell(H), D, p))) {
            Trace trace = traced(layer.layer(), LayerCase.random(layer.layer(), dtype, PADDED, Rng.seeded(2)));
            Path file = folder.resolve("trace.safetensors");
            trace.save(file);

            Checkpoint read = Checkpoint.load(file);
            assertThat(read.names()).containsExactlyElementsOf(trace.names());
            trace.arrays().forEach((name, array) -> {
                Tensor stored = read.tensor(name);
                assertThat(stored.dtype()).as(name).isEqualTo(dtype);
                assertThat(stored.shape()).as(name).isEqualTo(new int[] {T, B, H});
                assertThat(stored.data().toDoubles())
                        .as(name)
                        .isEqualTo(array.data().toDoubles());
            });
            assertThat(read.metadata(Trace.METADATA))
                    .isEqualTo("{\"kind\":\"trace\",\"version\":1,\"axes\":[\"T\",\"B\",\"H\"]}");
        }
    }

    @Test
    void savingReplacesTheFileThatWasThere() throws IOException {
        try (Built<HoistedLayer> layer = Built.engine(new RnnCell(H), D)) {
            Path file = folder.resolve("trace.safetensors");
            Files.writeString(file, "something else");
            traced(layer.layer(), pass(layer.layer(), PADDED)).save(file);

            assertThat(Checkpoint.load(file).names()).containsExactly("z.h", "h", "dz.h", "dh");
            try (Stream<Path> files = Files.list(folder)) {
                assertThat(files).containsExactly(file);
            }
        }
    }

    @Test
    void anEmptyTraceIsNotSaved() {
        Path file = folder.resolve("trace.safetensors");

        assertThatIllegalStateException()
                .isThrownBy(() -> Trace.on().save(file))
                .withMessage("Trace.save: nothing was recorded, expected a run with this trace first.");
        assertThatIllegalStateException()
                .isThrownBy(() -> Trace.off().save(file))
                .withMessage(
                        "Trace.save: nothing was recorded, expected a run with this trace first; likely cause: this"
                                + " is Trace.off().");
        assertThat(file).doesNotExist();
    }
}
