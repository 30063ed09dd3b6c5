// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.param;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.core.tensor.Workers;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Loops over all weights by several threads, and gradients of several registries that become one. */
class PiecesTest {
    private static final int MACHINE = Workers.threads();
    private static final int E = 300;
    private static final int V = 700;
    private static final int N = 150_000;

    @AfterEach
    void asManyThreadsAsTheMachineHas() {
        Workers.setThreads(MACHINE);
    }

    private record Declared(Parameters.Builder builder, Parameter table, Parameter dense) {
        static Declared anew() {
            Parameters.Builder p = Parameters.builder();
            Parameter table = p.addRowSparse("table", "V,E", Init.zeros(), V, E);
            return new Declared(p, table, p.add("dense", "N", Init.zeros(), N));
        }
    }

    private static void write(Parameter table, Parameter dense, int seed) {
        Rng rng = Rng.seeded(seed);
        for (int i = 0; i < 400; i++) {
            int row = rng.nextInt(V);
            table.rows().add(row);
            for (int e = 0; e < E; e++) {
                table.gradients().set(table.offset() + row * E + e, rng.nextGaussian());
            }
        }
        for (int i = 0; i < N; i++) {
            dense.gradients().set(dense.offset() + i, rng.nextGaussian());
        }
    }

    @Test
    void everyTouchedElementIsVisitedOnceAndNoOther() {
        Declared d = Declared.anew();
        Parameters parameters = d.builder().build(Dtype.DOUBLE, Rng.seeded(1));
        write(d.table(), d.dense(), 2);
        int[] visits = new int[parameters.count()];

        parameters.forEachTouched((at, n) -> {
            for (int i = at; i < at + n; i++) {
                visits[i]++;
            }
        });

        boolean[] touched = new boolean[V];
        for (int i = 0; i < d.table().rows().count(); i++) {
            touched[d.table().rows().row(i)] = true;
        }
        for (int i = 0; i < visits.length; i++) {
            assertThat(visits[i]).isEqualTo(i >= V * E || touched[i / E] ? 1 : 0);
        }
        parameters.forEachPiece((at, n) -> {
            for (int i = at; i < at + n; i++) {
                visits[i] = 9;
            }
        });
        assertThat(visits).containsOnly(9);
    }

    @Test
    void aSumHasTheSameBitsForAnyNumberOfThreads() {
        Declared d = Declared.anew();
        Parameters parameters = d.builder().build(Dtype.FLOAT, Rng.seeded(1));
        write(d.table(), d.dense(), 2);
        Vec g = parameters.gradients();
        Workers.setThreads(1);
        double alone = parameters.sumOverTouched(g::sumOfSquares);
        double plain = 0;
        for (int i = 0; i < g.length(); i++) {
            plain += g.get(i) * g.get(i);
        }

        assertThat(alone / plain).isBetween(1 - 2e-6, 1 + 2e-6); // what Squares promises
        for (int threads : new int[] {2, 3, 8}) {
            Workers.setThreads(threads);
            assertThat(parameters.sumOverTouched(g::sumOfSquares)).isEqualTo(alone);
        }
    }

    @Test
    void gradientsOfOthersAreAddedWithTheirRowsAndCleared() {
        Declared d = Declared.anew();
        Parameters parameters = d.builder().build(Dtype.DOUBLE, Rng.seeded(1));
        Declared a = Declared.anew();
        Parameters first = a.builder().over(parameters);
        Declared b = Declared.anew();
        Parameters second = b.builder().over(parameters);
        for (int times = 0; times < 2; times++) { // the second time over what the first has left
            parameters.zeroGradients();
            write(d.table(), d.dense(), 3 + times);
            write(a.table(), a.dense(), 5 + times);
            write(b.table(), b.dense(), 7 + times);
            double[] expected = parameters.gradients().toDoubles();
            for (Parameters other : List.of(first, second)) {
                for (int i = 0; i < expected.length; i++) {
                    expected[i] += other.gradients().get(i);
                }
            }

            parameters.takeGradients(List.of(first, second));

            assertThat(parameters.gradients().toDoubles()).containsExactly(expected);
            assertThat(first.gradients().toDoubles()).containsOnly(0);
            assertThat(a.table().rows().count()).isZero();
            for (int row = 0; row < V; row++) {
                boolean zero = d.table().gradients().sumOfSquares(row * E, E) == 0;
                boolean named = false;
                for (int i = 0; i < d.table().rows().count(); i++) {
                    named |= d.table().rows().row(i) == row;
                }
                assertThat(named).isEqualTo(!zero);
            }
        }
    }
}
