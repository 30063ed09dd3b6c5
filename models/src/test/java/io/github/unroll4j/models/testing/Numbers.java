// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.sequence.Slab;
import java.util.Map;
import java.util.Objects;

/** Random tensors, and comparisons of arrays. */
public final class Numbers {
    private Numbers() {}

    /** A tensor of normal numbers. */
    public static Tensor random(Dtype dtype, Rng rng, int... shape) {
        return randomise(Tensor.zeros(dtype, shape), rng);
    }

    /** Fills a tensor with normal numbers. */
    public static Tensor randomise(Tensor tensor, Rng rng) {
        for (int i = 0; i < tensor.data().length(); i++) {
            tensor.data().set(i, rng.nextGaussian());
        }
        return tensor;
    }

    /** Fills every part of a state with normal numbers. */
    public static State randomise(State state, Rng rng) {
        state.parts().forEach(part -> randomise(part, rng));
        return state;
    }

    /** The tensor that a sequence was made of: writing it writes the sequence. */
    public static Tensor of(Sequence x) {
        return Tensor.of(((Slab) x).read(), x.steps(), x.batch(), ((Slab) x).width());
    }

    /** ⟨a, b⟩. */
    public static double dot(Tensor a, Tensor b) {
        double sum = 0;
        for (int i = 0; i < a.data().length(); i++) {
            sum += a.data().get(i) * b.data().get(i);
        }
        return sum;
    }

    /** ⟨a, b⟩ over all parts. */
    public static double dot(State a, State b) {
        double sum = 0;
        for (int i = 0; i < a.parts().size(); i++) {
            sum += dot(a.parts().get(i), b.parts().get(i));
        }
        return sum;
    }

    /** One array of an outcome. */
    public static double[] array(Map<String, double[]> outcome, String name) {
        return Objects.requireNonNull(outcome.get(name), name);
    }

    /** Requires the same names and, in each array, no difference above {@code tolerance · (1 + largest element)}. */
    public static void assertClose(Map<String, double[]> found, Map<String, double[]> expected, double tolerance) {
        assertThat(found.keySet()).containsExactlyElementsOf(expected.keySet());
        expected.forEach((name, numbers) -> assertClose(name, array(found, name), numbers, tolerance));
    }

    /** Requires that no two elements differ by more than {@code tolerance · (1 + largest element)}; NaN differs. */
    public static void assertClose(String name, double[] found, double[] expected, double tolerance) {
        assertThat(found).as(name).hasSameSizeAs(expected);
        double scale = 1;
        for (double x : expected) {
            scale = Math.max(scale, 1 + Math.abs(x));
        }
        for (int i = 0; i < expected.length; i++) {
            double difference = Math.abs(found[i] - expected[i]);
            assertThat(difference <= tolerance * scale)
                    .as("%s[%d]: found %s, expected %s", name, i, found[i], expected[i])
                    .isTrue();
        }
    }
}
