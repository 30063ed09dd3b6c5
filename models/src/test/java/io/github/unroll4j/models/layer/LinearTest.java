// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.layer;

import static io.github.unroll4j.models.testing.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.check.GradientCheck;
import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Backend;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.NativeArray;
import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.sequence.Slab;
import io.github.unroll4j.models.testing.LayerCase;
import io.github.unroll4j.models.testing.Numbers;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinearTest {
    private static final int D = 3;
    private static final int N = 5;

    private final long heldBefore = Backend.held();
    private final Parameters parameters;
    private final Linear linear;
    private final NativeArray memory = NativeArray.allocate(Dtype.DOUBLE, 100);

    LinearTest() {
        Parameters.Builder p = Parameters.builder();
        linear = new Linear("head", D, N, p);
        Rng rng = Rng.seeded(1);
        parameters = p.build(Dtype.DOUBLE, rng);
        LayerCase.shake(parameters, rng);
    }

    @AfterEach
    void closeFreesEverythingAndMayBeCalledTwice() {
        memory.close();
        linear.close();
        linear.close();
        assertThat(Backend.held()).isEqualTo(heldBefore);
    }

    private Slab slab(Tensor X) {
        Slab slab = new Slab(memory.matrix(0, X.size(0) * X.size(1), X.size(2)), X.size(0), X.size(1));
        slab.rows().put(X.data(), 0);
        return slab;
    }

    private static Tensor random(long seed, int... shape) {
        return Numbers.random(Dtype.DOUBLE, Rng.seeded(seed), shape);
    }

    /** The rows that belong to X: the array is as long as for the longest X so far. */
    private static double[] rows(Vec Y, Tensor X) {
        return Arrays.copyOf(Y.toDoubles(), X.size(0) * X.size(1) * N);
    }

    private double[] byHand(Tensor X) {
        double[] Y = new double[X.size(0) * X.size(1) * N];
        double[] W = linear.W().valuesCopy();
        for (int row = 0; row < X.size(0) * X.size(1); row++) {
            for (int j = 0; j < N; j++) {
                double y = linear.b().valuesCopy()[j];
                for (int d = 0; d < D; d++) {
                    y += X.data().get(row * D + d) * W[d * N + j];
                }
                Y[row * N + j] = y;
            }
        }
        return Y;
    }

    @Test
    void mapsEveryRowWhateverTheShapesBeforeWere() {
        for (int[] tb : new int[][] {{2, 3}, {4, 3}, {1, 1}, {3, 2}, {2, 3}}) {
            Tensor X = random(2, tb[0], tb[1], D);

            assertClose("Y", rows(linear.forward(slab(X)), X), byHand(X), CellCheck.EQUAL_TOLERANCE);
        }
    }

    @Test
    void newWeightsAreSeenAtOnce() {
        Tensor X = random(3, 2, 2, D);
        linear.forward(slab(X));

        LayerCase.shake(parameters, Rng.seeded(4));

        assertClose("Y", rows(linear.forward(slab(X)), X), byHand(X), CellCheck.EQUAL_TOLERANCE);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 2"})
    void gradientsAreRight(int T, int B) {
        Tensor X = random(5, T, B, D);
        Vec R = random(6, T, B, N).data();
        Tensor dX = X.copy();
        GradientCheck.of(
                        () -> {
                            double loss = 0;
                            double[] Y = linear.forward(slab(X)).toDoubles();
                            for (int k = 0; k < Y.length; k++) {
                                loss += Y[k] * R.get(k);
                            }
                            return loss;
                        },
                        upstream -> {
                            Vec dY = linear.forward(slab(X));
                            dY.copy(0, R, 0, R.length());
                            dY.scale(0, R.length(), upstream);
                            dX.data().copy(0, linear.backward(dY).toTensor().data(), 0, T * B * D);
                        })
                .parameters(parameters)
                .input("x", X, () -> dX)
                .full()
                .require(CellCheck.GRADIENT_TOLERANCE);
    }

    @Test
    void aBiggerSlabDoesNotDisturbTheGradient() {
        Tensor small = random(7, 1, 2, D);
        Vec R = random(8, 1, 2, N).data();
        linear.forward(slab(small));
        parameters.zeroGradients();
        linear.backward(R);
        double[] expected = parameters.gradients().toDoubles();

        linear.forward(slab(random(9, 4, 2, D)));
        linear.forward(slab(small));
        parameters.zeroGradients();
        linear.backward(R);

        assertThat(parameters.gradients().toDoubles()).isEqualTo(expected);
    }

    @Test
    void stepsAfterTheLongestRowTakePartInNoProduct() {
        Tensor real = random(7, 2, 2, D);
        Tensor padded = Tensor.zeros(Dtype.DOUBLE, 5, 2, D);
        padded.data().fill(0, padded.data().length(), Double.NaN);
        padded.data().copy(0, real.data(), 0, real.data().length());
        Vec R = random(8, 2, 2, N).data();
        Vec padding = Vec.zeros(Dtype.DOUBLE, 5 * 2 * N);
        padding.copy(0, R, 0, R.length());
        linear.forward(slab(random(9, 5, 2, D)));
        linear.backward(random(10, 5, 2, N).data());
        parameters.zeroGradients();
        double[] Y = rows(linear.forward(slab(real)), real);
        double[] dX = linear.backward(R).toTensor().data().toDoubles();
        double[] expected = parameters.gradients().toDoubles();

        parameters.zeroGradients();
        assertThat(rows(linear.forward(slab(padded), 2), real)).isEqualTo(Y);
        double[] dPadded = linear.backward(padding).toTensor().data().toDoubles();

        assertThat(parameters.gradients().toDoubles()).isEqualTo(expected);
        assertThat(Arrays.copyOf(dPadded, dX.length)).isEqualTo(dX);
        assertThat(Arrays.copyOfRange(dPadded, dX.length, dPadded.length)).containsOnly(0);
    }

    @Test
    void declaresItsParametersWithTheirAxes() {
        assertThat(parameters.list())
                .map(Parameter::toString)
                .isEqualTo(List.of("head.W[3, 5] (D,N)", "head.b[5] (N)"));
    }

    @Test
    void rowsOfAnotherWidthAreRefused() {
        assertThatThrownBy(() -> linear.forward(slab(random(10, 2, 3, 4))))
                .isInstanceOf(ShapeException.class)
                .hasMessage("Linear(head.W).forward: X is [2, 3, 4], expected [T, B, D=3].");
    }

    @Test
    void backwardBeforeForwardIsRefused() {
        assertThatIllegalStateException()
                .isThrownBy(() -> linear.backward(Vec.zeros(Dtype.DOUBLE, N)))
                .withMessage("Linear(head.W).backward: called before forward.");
    }

    /** A map tied to a table that nothing else uses. */
    private record Tied(Linear linear, Parameter table, Parameters parameters) {
        static Tied of(boolean rowSparse) {
            Parameters.Builder p = Parameters.builder();
            Parameter table = rowSparse
                    ? p.addRowSparse("table", "V,E", Init.normal(1), N, D)
                    : p.add("table", "V,E", Init.normal(1), N, D);
            Linear linear = new Linear("head", table, p);
            return new Tied(linear, table, p.build(Dtype.DOUBLE, Rng.seeded(11)));
        }
    }

    private void setToTransposeOf(Parameter table) {
        double[] W = new double[D * N];
        for (int i = 0; i < N * D; i++) {
            W[i % D * N + i / D] = table.valuesCopy()[i];
        }
        linear.W().set(W);
        linear.b().set(new double[N]);
    }

    @Test
    void tiedItIsTheMapByTheTransposedTable() {
        Tied tied = Tied.of(true);
        setToTransposeOf(tied.table);
        for (int[] tb : new int[][] {{2, 3}, {4, 3}, {1, 1}, {3, 2}, {2, 3}}) {
            Tensor X = random(2, tb[0], tb[1], D);
            Vec R = random(3, tb[0], tb[1], N).data();
            parameters.zeroGradients();
            tied.parameters.zeroGradients();
            Slab input = slab(X);

            assertClose("Y", rows(tied.linear.forward(input), X), byHand(X), CellCheck.EQUAL_TOLERANCE);
            double[] dX = tied.linear.backward(R).toTensor().data().toDoubles();

            linear.forward(input);
            assertClose("dX", dX, linear.backward(R).toTensor().data().toDoubles(), CellCheck.EQUAL_TOLERANCE);
            double[] dW = linear.W().gradientCopy();
            double[] dTable = tied.table.gradientCopy();
            for (int i = 0; i < N * D; i++) {
                assertThat(dTable[i]).isCloseTo(dW[i % D * N + i / D], within(1e-13));
            }
            assertThat(tied.linear.b().gradientCopy())
                    .containsExactly(linear.b().gradientCopy());
            assertThat(tied.table.rows().all()).isTrue();
        }
        tied.linear.close();
    }

    @Test
    void tiedToATableThatIsNotRowSparseItDoesTheSame() {
        Tensor X = random(12, 2, 2, D);
        Vec R = random(13, 2, 2, N).data();
        double[][] gradients = new double[2][];
        for (boolean rowSparse : new boolean[] {false, true}) {
            Tied tied = Tied.of(rowSparse);
            tied.linear.forward(slab(X));
            tied.linear.backward(R);
            gradients[rowSparse ? 1 : 0] = tied.parameters.gradients().toDoubles();
            tied.linear.close();
        }

        assertThat(gradients[1]).containsExactly(gradients[0]);
    }

    @Test
    void tiedItDeclaresOnlyABias() {
        Tied tied = Tied.of(true);

        assertThat(tied.parameters.list()).map(Parameter::name).isEqualTo(List.of("table", "head.b"));
        assertThat(tied.linear.W()).isSameAs(tied.table);
        assertThatThrownBy(() -> tied.linear.forward(slab(random(10, 2, 3, 4))))
                .hasMessage("Linear(head.b, tied to table).forward: X is [2, 3, 4], expected [T, B, D=3].");
    }

    @Test
    void aTableIsAMatrix() {
        Parameters.Builder p = Parameters.builder();
        Parameter vector = p.add("gain", "N", Init.ones(), 4);

        assertThatThrownBy(() -> new Linear("head", vector, p))
                .isInstanceOf(ShapeException.class)
                .hasMessage("Linear(head): the table gain is [4], expected [N, D].");
    }

    @Test
    void nativeMemoryIsHeldForTheLongestInputOnly() {
        NativeArray other = NativeArray.allocate(Dtype.DOUBLE, 100);
        long before = Backend.held();
        for (int[] tb : new int[][] {{4, 3}, {2, 3}, {1, 1}, {3, 4}, {4, 3}}) {
            linear.forward(new Slab(other.matrix(0, tb[0] * tb[1], D), tb[0], tb[1]));
            linear.backward(Vec.zeros(Dtype.DOUBLE, tb[0] * tb[1] * N));

            assertThat(Backend.held() - before).isEqualTo(8 * (2 * D * N + 12 * (N + D)));
        }
        other.close();
    }

    @Test
    void aGradientOrAnInputThatDoesNotFitIsToldBeforeAnythingChanges() {
        Slab X = slab(random(10, 2, 3, D));
        for (int steps : new int[] {-1, 3}) {
            assertThatThrownBy(() -> linear.forward(X, steps))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Linear(head.W).forward: the first " + steps
                            + " steps were asked for, expected 0 to T=2 of X.");
        }
        linear.forward(X);
        assertThatThrownBy(() -> linear.backward(Vec.zeros(Dtype.DOUBLE, 6 * N - 1)))
                .isInstanceOf(ShapeException.class)
                .hasMessage("Linear(head.W).backward: dY is 29 numbers, expected at least T·B·N = 2·3·5.");
        assertThatThrownBy(() -> linear.backward(Vec.zeros(Dtype.FLOAT, 6 * N)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Linear(head.W).backward: dY is FLOAT, expected DOUBLE as the parameters are.");
        assertThat(parameters.gradients().toDoubles()).containsOnly(0);
    }
}
