// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.rnn;

import static io.github.unroll4j.models.testing.Numbers.assertClose;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.DoubleVec;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.sequence.HoistedLayer;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.RunGrad;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Stack;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Outputs, states and every gradient of PyTorch's nn.RNN, from {@code tools/golden/rnn_golden.py}. */
class RnnGoldenTest {
    /** Both sides are double; sums of a dozen terms in another order differ by some 1e-15. */
    private static final double TOLERANCE = 1e-10;

    private static final int T = 3;
    private static final int B = 2;
    private static final int D = 3;
    private static final int H = 4;
    private static final Map<String, double[]> GOLDEN = read();

    private static Map<String, double[]> read() {
        Map<String, double[]> arrays = new HashMap<>();
        try (InputStream in = RnnGoldenTest.class.getResourceAsStream("rnn-torch-1.13.txt")) {
            String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            text.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
                int colon = line.indexOf(": ");
                String numbers = line.substring(colon + 2);
                arrays.put(
                        line.substring(0, colon),
                        Arrays.stream(numbers.split(" ", -1))
                                .mapToDouble(Double::parseDouble)
                                .toArray());
            });
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return arrays;
    }

    /** One form of nn.RNN and its arrays. */
    private record Case(RnnCell.Activation activation, int layers) {
        double[] array(String name) {
            String key = (activation == RnnCell.Activation.TANH ? "tanh." : "relu.") + layers + "." + name;
            return Objects.requireNonNull(GOLDEN.get(key), key).clone();
        }

        Tensor tensor(String name, int... shape) {
            return Tensor.of(new DoubleVec(array(name)), shape);
        }

        /** An array [layers,B,H] as the state of a stack. */
        State state(String name) {
            double[] all = array(name);
            List<String> prefixes = new ArrayList<>();
            List<State> states = new ArrayList<>();
            for (int i = 0; i < layers; i++) {
                Tensor h = Tensor.of(new DoubleVec(Arrays.copyOfRange(all, i * B * H, (i + 1) * B * H)), B, H);
                prefixes.add("l" + i);
                states.add(new State(List.of("h"), List.of(h)));
            }
            return State.join(prefixes, states);
        }

        /** A weight [H,in] of PyTorch as ours, [in,H]. */
        double[] transposed(String name) {
            double[] theirs = array(name);
            int in = theirs.length / H;
            double[] ours = new double[theirs.length];
            for (int i = 0; i < in; i++) {
                for (int j = 0; j < H; j++) {
                    ours[i * H + j] = theirs[j * in + i];
                }
            }
            return ours;
        }
    }

    @ParameterizedTest
    @CsvSource({"TANH, 1", "TANH, 2", "RELU, 1", "RELU, 2"})
    void agreesWithPyTorch(RnnCell.Activation activation, int layers) {
        Case golden = new Case(activation, layers);
        Parameters.Builder p = Parameters.builder();
        List<HoistedLayer> parts = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            parts.add(new HoistedLayer(new RnnCell(H, activation), i == 0 ? D : H, p.scope("l" + i)));
        }
        Parameters parameters = p.build(Dtype.DOUBLE, Rng.seeded(1));
        try (Stack rnn = new Stack(parts)) {
            load(golden, parameters);
            Run run = rnn.forward(Sequence.of(golden.tensor("x", T, B, D)), golden.state("h_0"));
            assertClose("output", run.H().toTensor().data().toDoubles(), golden.array("output"), TOLERANCE);
            assertClose("h_n", flat(run.last()), golden.array("h_n"), TOLERANCE);

            Sequence dH = Sequence.of(golden.tensor("d_output", T, B, H));
            RunGrad grad = rnn.backward(run, dH, golden.state("d_h_n"));
            assertClose("dx", grad.dX().toTensor().data().toDoubles(), golden.array("grad.x"), TOLERANCE);
            assertClose("dh_0", flat(grad.dS0()), golden.array("grad.h_0"), TOLERANCE);
            assertGradients(golden, parameters);
        }
    }

    /** PyTorch has two biases where one is enough: ours is their sum. */
    private static void load(Case golden, Parameters parameters) {
        for (int i = 0; i < golden.layers; i++) {
            double[] b = golden.array("bias_ih_l" + i);
            double[] second = golden.array("bias_hh_l" + i);
            Arrays.setAll(b, j -> b[j] + second[j]);
            parameters.get("l" + i + ".rnn.W_x").set(golden.transposed("weight_ih_l" + i));
            parameters.get("l" + i + ".rnn.W_h").set(golden.transposed("weight_hh_l" + i));
            parameters.get("l" + i + ".rnn.b").set(b);
        }
    }

    private static void assertGradients(Case golden, Parameters parameters) {
        for (int i = 0; i < golden.layers; i++) {
            String ours = "l" + i + ".rnn.";
            double[] db = golden.array("grad.bias_ih_l" + i);
            assertClose("both biases", golden.array("grad.bias_hh_l" + i), db, TOLERANCE);
            assertClose(ours + "b", parameters.get(ours + "b").gradientCopy(), db, TOLERANCE);
            assertClose(
                    ours + "W_x",
                    parameters.get(ours + "W_x").gradientCopy(),
                    golden.transposed("grad.weight_ih_l" + i),
                    TOLERANCE);
            assertClose(
                    ours + "W_h",
                    parameters.get(ours + "W_h").gradientCopy(),
                    golden.transposed("grad.weight_hh_l" + i),
                    TOLERANCE);
        }
    }

    private static double[] flat(State state) {
        return state.parts().stream()
                .flatMapToDouble(part -> Arrays.stream(part.data().toDoubles()))
                .toArray();
    }
}
