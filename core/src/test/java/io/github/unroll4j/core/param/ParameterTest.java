// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.param;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.ShapeException;
import io.github.unroll4j.core.tensor.Tensor;
import org.junit.jupiter.api.Test;

class ParameterTest {
    private final Parameters.Builder builder = Parameters.builder().scope("lstm");
    private final Parameter weights = builder.add("W_h", "H,4H:i|f|o|g", Init.normal(1), 2, 8);
    private final Parameter bias = builder.add("b", "4H", Init.zeros(), 8);

    private Parameters build(Dtype dtype) {
        return builder.build(dtype, Rng.seeded(1));
    }

    @Test
    void facts() {
        assertThat(weights.name()).isEqualTo("lstm.W_h");
        assertThat(weights.axes()).isEqualTo("H,4H:i|f|o|g");
        assertThat(weights.shape()).containsExactly(2, 8);
        assertThat(weights.size(1)).isEqualTo(8);
        assertThat(weights.size()).isEqualTo(16);
        assertThat(weights).hasToString("lstm.W_h[2, 8] (H,4H:i|f|o|g)");
    }

    @Test
    void theShapeIsACopy() {
        weights.shape()[0] = 9;

        assertThat(weights.shape()).containsExactly(2, 8);
    }

    @Test
    void elementsAreNamedByTheirBlocks() {
        assertThat(weights.describe(0)).isEqualTo("lstm.W_h[0, i:0]");
        assertThat(weights.describe(8 + 7)).isEqualTo("lstm.W_h[1, g:1]");
        assertThat(weights.describe(3)).isEqualTo("lstm.W_h[0, f:1]");
        assertThat(bias.describe(5)).isEqualTo("lstm.b[5]");
    }

    @Test
    void itIsAViewOfItsOwner() {
        Parameters parameters = build(Dtype.DOUBLE);

        assertThat(bias.owner()).isSameAs(parameters);
        assertThat(bias.offset()).isEqualTo(16);
        parameters.values().set(18, 5);
        parameters.gradients().set(17, 3);
        assertThat(bias.valuesCopy()).containsExactly(0, 0, 5, 0, 0, 0, 0, 0);
        assertThat(bias.gradientCopy()).containsExactly(0, 3, 0, 0, 0, 0, 0, 0);
    }

    @Test
    void settingTellsTheOwner() {
        Parameters parameters = build(Dtype.FLOAT);
        long before = parameters.version();

        bias.set(1, 2, 3, 4, 5, 6, 7, 8);

        assertThat(bias.valuesCopy()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(parameters.version()).isGreaterThan(before);
    }

    @Test
    void settingAnotherNumberOfElementsIsRefused() {
        build(Dtype.FLOAT);

        assertThatThrownBy(() -> bias.set(1, 2))
                .isInstanceOf(ShapeException.class)
                .hasMessage("Parameter lstm.b.set: numbers is 2 elements, expected 8 for [8].");
    }

    @Test
    void useBeforeTheRegistryIsBuiltIsRefused() {
        assertThatIllegalStateException()
                .isThrownBy(weights::values)
                .withMessage("Parameter lstm.W_h: used before its Parameters were built.");
    }

    @Test
    void anAxisThatIsNotThereIsTold() {
        Parameter W = Parameters.builder().scope("l").add("W", "D,H", Init.zeros(), 2, 3);
        for (int axis : new int[] {-1, 2}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> W.size(axis))
                    .withMessage("Parameter l.W.size: the axis is " + axis + ", expected 0 to 1.");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Tensor.zeros(Dtype.FLOAT, 2, 3).size(axis))
                    .withMessage("Tensor.size: the axis is " + axis + ", expected 0 to 1.");
        }
    }
}
