// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll4j.core.check.GradientCheck;
import io.github.unroll4j.core.check.GradientReport;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Backend;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;
import io.github.unroll4j.models.testing.Numbers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** The readout and the maps that it is made of, which work on all steps at once. */
class MaxoutReadoutTest {
    private static final int T = 3;
    private static final int B = 2;
    private static final int SIZE = 4;
    private static final int[] WIDTHS = {3, 2, 5};
    private static final String[] NAMES = {"s", "y", "c"};

    /** Wrong gradients, made of right ones. */
    enum Fault {
        NONE,
        /** What reaches the larger of two units reaches that of the next pair. */
        ANOTHER_PAIR,
        /** The gradient of an input stands for all steps where it should for one. */
        ONE_STEP_FOR_ALL,
        /** The features' gradient is read at half its size. */
        HALF
    }

    /** L = ⟨features, R⟩. */
    private static final class Rig implements AutoCloseable {
        final MaxoutReadout readout;
        final Parameters parameters;
        final List<Tensor> inputs = new ArrayList<>();
        final List<Slab> slabs = new ArrayList<>();
        final Tensor R;
        final Fault fault;
        List<Tensor> gradients;

        Rig(Fault fault) {
            this.fault = fault;
            Parameters.Builder p = Parameters.builder();
            readout = new MaxoutReadout(new MaxoutReadout.Sizes(WIDTHS[0], WIDTHS[1], WIDTHS[2], SIZE), p);
            Rng rng = Rng.seeded(4);
            parameters = p.build(Dtype.DOUBLE, rng);
            for (int width : WIDTHS) {
                inputs.add(Numbers.random(Dtype.DOUBLE, rng, T, B, width));
                slabs.add(new Slab(width));
            }
            gradients = List.copyOf(inputs);
            R = Numbers.random(Dtype.DOUBLE, rng, T, B, SIZE);
        }

        Tensor features() {
            Slab[] in = new Slab[WIDTHS.length];
            for (int i = 0; i < in.length; i++) {
                in[i] = slabs.get(i).resize(Dtype.DOUBLE, T, B);
                in[i].write();
                in[i].put(inputs.get(i).data());
            }
            return readout.forward(in[0], in[1], in[2]).toTensor();
        }

        void backward(double upstream) {
            features();
            Tensor d = R.copy();
            int n = d.data().length();
            d.data().scale(0, n, fault == Fault.HALF ? upstream / 2 : upstream);
            if (fault == Fault.ANOTHER_PAIR) {
                double first = d.data().get(0);
                d.data().copy(0, d.data().copy(), 1, n - 1);
                d.data().set(n - 1, first);
            }
            MaxoutReadout.Grad found = readout.backward(Sequence.of(d));
            gradients = List.of(
                    found.ds().toTensor(), found.dy().toTensor(), found.dc().toTensor());
            if (fault == Fault.ONE_STEP_FOR_ALL) {
                Tensor dy = gradients.get(1);
                dy.data().copy(B * WIDTHS[1], dy.data().copy(), 0, B * WIDTHS[1]);
            }
        }

        GradientReport report() {
            GradientCheck check = GradientCheck.of(() -> Numbers.dot(features(), R), this::backward)
                    .parameters(parameters);
            for (int i = 0; i < NAMES.length; i++) {
                int one = i;
                check.input(NAMES[i], inputs.get(i), () -> gradients.get(one));
            }
            return check.full();
        }

        @Override
        public void close() {
            readout.close();
            slabs.forEach(Slab::close);
        }
    }

    @Test
    void gradientsAreRight() {
        try (Rig rig = new Rig(Fault.NONE)) {
            rig.report().require(CellCheck.GRADIENT_TOLERANCE);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void faultsAreFound(Fault fault) {
        try (Rig rig = new Rig(fault)) {
            assertThat(rig.report().passed(CellCheck.GRADIENT_TOLERANCE)).isFalse();
        }
    }

    /** (1) and (2) written out, with sums in the order of the text. */
    @Test
    void isTheLargerOfTwoSums() {
        try (Rig rig = new Rig(Fault.NONE)) {
            double[] found = rig.features().data().toDoubles();
            double[] expected = new double[T * B * SIZE];
            for (int row = 0; row < T * B; row++) {
                for (int j = 0; j < SIZE; j++) {
                    expected[row * SIZE + j] = Math.max(wide(rig, row, 2 * j), wide(rig, row, 2 * j + 1));
                }
            }
            Numbers.assertClose("features", found, expected, CellCheck.EQUAL_TOLERANCE);
        }
    }

    private static double wide(Rig rig, int row, int column) {
        double sum = 0;
        for (int i = 0; i < WIDTHS.length; i++) {
            double[] W = rig.parameters.list().get(i).valuesCopy();
            for (int k = 0; k < WIDTHS[i]; k++) {
                sum += rig.inputs.get(i).data().get(row * WIDTHS[i] + k) * W[k * 2 * SIZE + column];
            }
        }
        return sum;
    }

    @Test
    void closeFreesEverything() {
        long before = Backend.held();
        Rig rig = new Rig(Fault.NONE);
        rig.backward(1);
        rig.close();
        rig.close();
        assertThat(Backend.held()).isEqualTo(before);
    }

    @Test
    void aReadoutOfNothingIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MaxoutReadout(new MaxoutReadout.Sizes(1, 1, 1, 0), Parameters.builder()))
                .withMessage("MaxoutReadout: size is 0, expected 1 or more.");
    }
}
