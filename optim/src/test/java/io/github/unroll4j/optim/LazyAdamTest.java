// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class LazyAdamTest {
    private static final int V = 6;
    private static final int E = 5;

    /** A vector, a table and a vector. The table is row-sparse or not. */
    private static final class Model {
        final Parameter first;
        final Parameter table;
        final Parameters parameters;
        final Optimizer optimizer;
        GradientClip clip = GradientClip.none();

        Model(Dtype dtype, boolean rowSparse, Function<Parameters, Optimizer> make) {
            Parameters.Builder p = Parameters.builder();
            first = p.add("first", "N", Init.normal(1), 3);
            table = rowSparse
                    ? p.addRowSparse("table", "V,E", Init.normal(1), V, E)
                    : p.add("table", "V,E", Init.normal(1), V, E);
            p.add("last", "N", Init.normal(1), 2);
            parameters = p.build(dtype, Rng.seeded(7));
            optimizer = make.apply(parameters);
        }

        /** Sets a gradient of the dense parameters and of the given rows of the table. Then clips and takes a step. */
        double step(Random random, int... rows) {
            parameters.zeroGradients();
            give(random, 0, first.size());
            give(random, table.offset() + table.size(), 2);
            for (int row : rows) {
                table.rows().add(row);
                give(random, table.offset() + row * E, E);
            }
            double norm = clip.apply(parameters);
            optimizer.step(0.05);
            return norm;
        }

        private void give(Random random, int at, int n) {
            for (int k = at; k < at + n; k++) {
                parameters.gradients().set(k, random.nextGaussian());
            }
        }

        double[] values() {
            return parameters.values().toDoubles();
        }
    }

    @ParameterizedTest
    @EnumSource
    void isAdamToTheBitWhereEveryRowIsTouchedAtEveryStep(Dtype dtype) {
        Model lazy = new Model(dtype, true, LazyAdam::new);
        Model dense = new Model(dtype, true, Adam::new);
        Random a = new Random(1);
        Random b = new Random(1);
        for (int s = 0; s < 20; s++) {
            lazy.step(a, 3, 0, 5, 1, 2, 4);
            dense.step(b, 3, 0, 5, 1, 2, 4);

            assertThat(lazy.values()).containsExactly(dense.values());
        }
    }

    @ParameterizedTest
    @EnumSource
    void isAdamToTheBitForATableThatIsNotDeclaredRowSparse(Dtype dtype) {
        Model lazy = new Model(dtype, false, LazyAdam::new);
        Model dense = new Model(dtype, false, Adam::new);
        Random a = new Random(2);
        Random b = new Random(2);
        for (int s = 0; s < 20; s++) {
            lazy.step(a, s % V);
            dense.step(b, s % V);
        }

        assertThat(lazy.values()).containsExactly(dense.values());
    }

    @Test
    void anAbsentRowStaysWhereDenseAdamMovesItByItsMomentum() {
        Model lazy = new Model(Dtype.DOUBLE, true, LazyAdam::new);
        Model dense = new Model(Dtype.DOUBLE, true, Adam::new);
        lazy.step(new Random(3), 2);
        dense.step(new Random(3), 2);
        double[] start = lazy.values();
        assertThat(dense.values()).containsExactly(start);

        lazy.step(new Random(4), 1);
        dense.step(new Random(4), 1);

        for (int k = 0; k < start.length; k++) {
            int row = (k - lazy.table.offset()) / E;
            if (k >= lazy.table.offset() && row == 2) {
                double momentum = 0.09 / (1 - 0.81); // m = 0.9 · 0.1 g, and the correction of step 2
                double root = Math.sqrt(0.999 * 0.001 / (1 - 0.999 * 0.999)); // v = 0.999 · 0.001 g²
                assertThat(lazy.values()[k]).isEqualTo(start[k]);
                assertThat(Math.abs(dense.values()[k] - start[k])).isCloseTo(0.05 * momentum / root, within(1e-7));
            } else {
                assertThat(lazy.values()[k]).as("[%d]", k).isEqualTo(dense.values()[k]);
            }
        }
    }

    @Test
    void theBiasCorrectionCountsAllSteps() {
        Model lazy = new Model(Dtype.DOUBLE, true, LazyAdam::new);
        for (int s = 0; s < 9; s++) {
            lazy.step(new Random(5), 0);
        }
        double before = lazy.table.valuesCopy()[3 * E];
        lazy.parameters.zeroGradients();
        lazy.table.rows().add(3);
        lazy.parameters.gradients().set(lazy.table.offset() + 3 * E, 2);
        lazy.optimizer.step(0.05);

        double mHat = 0.1 * 2 / (1 - Math.pow(0.9, 10));
        double vHat = 0.001 * 4 / (1 - Math.pow(0.999, 10));
        assertThat(lazy.table.valuesCopy()[3 * E])
                .isCloseTo(before - 0.05 * mHat / (Math.sqrt(vHat) + 1e-8), within(1e-14));
    }

    @Test
    void aTouchedRowWithoutGradientMovesByItsMomentum() {
        Model lazy = new Model(Dtype.DOUBLE, true, LazyAdam::new);
        lazy.step(new Random(6), 4);
        double[] before = lazy.table.valuesCopy();
        lazy.parameters.zeroGradients();
        lazy.table.rows().add(4);
        lazy.optimizer.step(0.05);

        for (int k = 4 * E; k < 5 * E; k++) {
            assertThat(lazy.table.valuesCopy()[k]).isNotEqualTo(before[k]);
        }
    }

    /** Each row, taken alone, is the textbook's Adam over the steps that touched the row, with the global t. */
    @Property(tries = 100)
    void agreesWithTheTextbook(@ForAll long seed) {
        Random random = new Random(seed);
        Model lazy = new Model(Dtype.DOUBLE, true, LazyAdam::new);
        double[] w = lazy.table.valuesCopy();
        double[] m = new double[w.length];
        double[] v = new double[w.length];
        for (int t = 1; t <= 10; t++) {
            int[] rows = random.ints(0, V).limit(random.nextInt(V)).distinct().toArray();
            lazy.step(random, rows);
            double[] g = lazy.table.gradientCopy();
            for (int row : rows) {
                for (int k = row * E; k < (row + 1) * E; k++) {
                    m[k] = 0.9 * m[k] + 0.1 * g[k];
                    v[k] = 0.999 * v[k] + 0.001 * g[k] * g[k];
                    double root = Math.sqrt(v[k] / (1 - Math.pow(0.999, t)));
                    w[k] -= 0.05 * m[k] / (1 - Math.pow(0.9, t)) / (root + 1e-8);
                }
            }
        }
        for (int k = 0; k < w.length; k++) { // numbers up to about 4, rounded a few times in each of ten steps
            assertThat(lazy.table.valuesCopy()[k]).isCloseTo(w[k], within(1e-12));
        }
    }

    static Stream<GradientClip> clips() {
        return Stream.of(
                GradientClip.none(),
                GradientClip.byValue(0.3),
                GradientClip.byParameterNorm(0.5),
                GradientClip.byGlobalNorm(0.5));
    }

    /** 1e-13: in each of 20 steps, the norm sums some ten squares in another order, with an error of 1e-16 each. */
    @ParameterizedTest
    @MethodSource("clips")
    void clippingAndDenseOptimisersDoTheSameWhetherRowsAreKeptApartOrNot(GradientClip clip) {
        List<Function<Parameters, Optimizer>> makers =
                List.of(Sgd::new, p -> new Sgd(p, 0.9, true, 0.1), Adam::new, AdamW::new, RmsProp::new, Adagrad::new);
        for (Function<Parameters, Optimizer> make : makers) {
            Model sparse = new Model(Dtype.DOUBLE, true, make);
            Model plain = new Model(Dtype.DOUBLE, false, make);
            sparse.clip = clip;
            plain.clip = clip;
            Random a = new Random(8);
            Random b = new Random(8);
            for (int s = 0; s < 20; s++) {
                double norm = sparse.step(a, s % V, (s + 3) % V);
                assertThat(norm).isCloseTo(plain.step(b, s % V, (s + 3) % V), within(1e-13));
            }

            assertThat(sparse.values())
                    .as(sparse.optimizer.name())
                    .usingComparatorWithPrecision(1e-13)
                    .containsExactly(plain.values());
        }
    }
}
