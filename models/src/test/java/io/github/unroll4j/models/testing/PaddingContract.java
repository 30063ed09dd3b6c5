// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.testing;

import static io.github.unroll4j.models.testing.Numbers.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.sequence.Lengths;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.testing.LayerCatalog.Entry;
import io.github.unroll4j.models.testing.LayerCatalog.Trait;
import java.util.Arrays;
import java.util.Map;

/** What every layer promises about padding: neither what stands there nor how much of it there is changes a bit. */
public final class PaddingContract {
    private PaddingContract() {}

    /** NaN, or ids that do not exist, in the padding change nothing, bit for bit. */
    public static void contentOfPaddingDoesNotMatter(Entry entry) {
        try (Built<Recurrent> built = entry.build(Dtype.DOUBLE, 1)) {
            LayerCase pass = entry.random(built.layer(), Dtype.DOUBLE, LayerContract.UNEQUAL);
            Map<String, double[]> clean = built.outcome(pass);
            assertClose(built.outcome(soiled(pass, LayerContract.UNEQUAL, entry)), clean, 0);
        }
    }

    /** More of it changes nothing, bit for bit, and has no gradient. */
    public static void amountOfPaddingDoesNotMatter(Entry entry) {
        for (int[] each : new int[][] {{5, 0, 3}, {2, 0, 1}, {0, 0, 0}}) {
            try (Built<Recurrent> built = entry.build(Dtype.DOUBLE, 1)) {
                LayerCase pass = entry.random(built.layer(), Dtype.DOUBLE, Lengths.of(5, each));
                Map<String, double[]> expected = built.outcome(pass);
                Map<String, double[]> found = built.outcome(soiled(pass, Lengths.of(8, each), entry));
                for (int t = 6; t <= 8; t++) {
                    for (String part : pass.s0().names()) {
                        assertThat(found.remove("state after " + t + ": " + part))
                                .isEqualTo(expected.get("state after 5: " + part));
                    }
                }
                found.computeIfPresent("H", (name, H) -> firstSteps(H));
                found.computeIfPresent("dX", (name, dX) -> {
                    assertThat(dX).endsWith(new double[dX.length * 3 / 8]);
                    return firstSteps(dX);
                });
                assertClose(found, expected, 0);
            }
        }
    }

    private static double[] firstSteps(double[] ofEight) {
        return Arrays.copyOf(ofEight, ofEight.length * 5 / 8);
    }

    /**
     * The same case with at least as many steps; the padding of the input is spoilt, the gradient of new outputs zero.
     */
    static LayerCase soiled(LayerCase pass, Lengths lengths, Entry entry) {
        int T = lengths.steps();
        int B = lengths.batch();
        Tensor dH = Tensor.zeros(pass.dH().dtype(), T, B, pass.dH().size(2));
        dH.data().copy(0, pass.dH().data(), 0, pass.dH().data().length());
        int[] ids = new int[T * B];
        Tensor X = Tensor.zeros(pass.dH().dtype(), T, B, LayerCatalog.D);
        for (int row = 0; row < T * B; row++) {
            boolean padded = lengths.padded(row / B, row % B);
            if (pass.x() instanceof Sequence.Ids tokens) {
                ids[row] = padded ? -7 : tokens.ids()[row];
            } else if (padded) {
                X.data().fill(row * LayerCatalog.D, LayerCatalog.D, Double.NaN);
            } else {
                Tensor from = Numbers.of(pass.x());
                X.data().copy(row * LayerCatalog.D, from.data(), row * LayerCatalog.D, LayerCatalog.D);
            }
        }
        Sequence x = pass.x() instanceof Sequence.Ids ? Sequence.ids(ids, T, B) : Sequence.of(X);
        LayerCase quiet = new LayerCase(x, pass.s0(), lengths, dH, pass.dLast());
        return entry.has(Trait.NOISE) ? quiet.withNoise(3) : quiet;
    }
}
