// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll4j.core.param.Init;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ParameterTensorsTest {
    private static Parameters model(Dtype dtype, long seed) {
        Parameters.Builder builder = Parameters.builder();
        builder.scope("rnn").add("W_h", "H,H", Init.normal(1), 2, 3);
        builder.add("b", "H", Init.normal(1), 3);
        return builder.build(dtype, Rng.seeded(seed));
    }

    private static Checkpoint checkpoint(String prefix, Parameters parameters) {
        Checkpoint.Builder builder = Checkpoint.builder();
        ParameterTensors.toTensors(prefix, parameters).forEach(builder::put);
        return builder.put("step", new long[] {7}).build();
    }

    @ParameterizedTest
    @EnumSource
    void valuesGoThereAndBack(Dtype dtype) {
        Parameters source = model(dtype, 1);
        Parameters target = model(dtype, 2);
        long version = target.version();

        ParameterTensors.load(checkpoint("model.", source), "model.", target);

        assertThat(target.values().toDoubles()).isEqualTo(source.values().toDoubles());
        assertThat(target.version()).isGreaterThan(version);
    }

    @Test
    void eachParameterIsATensorOfItsShape() {
        Checkpoint checkpoint = checkpoint("model.", model(Dtype.FLOAT, 1));

        assertThat(checkpoint.names()).containsExactly("model.rnn.W_h", "model.b", "step");
        assertThat(checkpoint.shape("model.rnn.W_h")).containsExactly(2, 3);
        assertThat(checkpoint.tensor("model.b").dtype()).isEqualTo(Dtype.FLOAT);
    }

    @Test
    void tensorsAreCopies() {
        Parameters parameters = model(Dtype.DOUBLE, 1);
        Tensor b = Objects.requireNonNull(
                ParameterTensors.toTensors("", parameters).get("b"));
        double before = b.at(0);

        parameters.values().fill(0, 9, 77);

        assertThat(b.at(0)).isEqualTo(before);
    }

    @Test
    void numbersLaidOutLikeTheValuesGoThereAndBack() {
        Parameters parameters = model(Dtype.FLOAT, 1);
        double[] weights = parameters.values().toDoubles();
        Vec moments = Vec.of(Dtype.FLOAT, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        Checkpoint.Builder builder = Checkpoint.builder();
        ParameterTensors.toTensors("adam.m.", parameters, moments).forEach(builder::put);
        Vec target = Vec.zeros(Dtype.FLOAT, 9);

        ParameterTensors.load(builder.build(), "adam.m.", parameters, target);

        assertThat(target.toDoubles()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(parameters.values().toDoubles()).isEqualTo(weights);
    }

    @Test
    void floatNumbersAreWidenedForDoubleParameters() {
        Parameters source = model(Dtype.FLOAT, 1);
        Parameters target = model(Dtype.DOUBLE, 2);

        ParameterTensors.load(checkpoint("", source, "b"), "", target);

        assertThat(target.values().toDoubles()).isEqualTo(source.values().toDoubles());
    }

    /** Makes a checkpoint without the step: with an empty prefix, everything in it must be a parameter. */
    private static Checkpoint checkpoint(String prefix, Parameters parameters, String last) {
        Checkpoint.Builder builder = Checkpoint.builder();
        ParameterTensors.toTensors(prefix, parameters).forEach(builder::put);
        assertThat(builder.build().names()).contains(last);
        return builder.build();
    }

    private static void assertRefused(Checkpoint checkpoint, Parameters target, String faults) {
        double[] before = target.values().toDoubles();

        assertThatThrownBy(() -> ParameterTensors.load(checkpoint, "model.", target))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("the checkpoint: the parameters do not fit: " + faults
                        + "; likely cause: the checkpoint was saved by a model with other settings.");
        assertThat(target.values().toDoubles()).isEqualTo(before);
    }

    @Test
    void doubleNumbersForFloatParametersAreRefused() {
        assertRefused(
                checkpoint("model.", model(Dtype.DOUBLE, 1)),
                model(Dtype.FLOAT, 2),
                "model.rnn.W_h is DOUBLE, which FLOAT parameters cannot hold; build the model with DOUBLE; model.b is"
                        + " DOUBLE, which FLOAT parameters cannot hold; build the model with DOUBLE");
    }

    @Test
    void everyDifferenceIsNamedAndNothingIsLoaded() {
        Checkpoint other = Checkpoint.builder()
                .put("model.rnn.W_h", Tensor.zeros(Dtype.FLOAT, 3, 2))
                .put("model.rnn.W_x", Tensor.zeros(Dtype.FLOAT, 3, 2))
                .put("adam.m.b", Tensor.zeros(Dtype.FLOAT, 3))
                .build();

        assertRefused(
                other,
                model(Dtype.FLOAT, 2),
                "model.rnn.W_h is [3, 2], expected [2, 3] (H,H); it has no model.b; model.rnn.W_x is no parameter of"
                        + " this model");
    }

    @Test
    void integersAreNoWeights() {
        Checkpoint checkpoint = Checkpoint.builder()
                .put("model.rnn.W_h", Tensor.zeros(Dtype.FLOAT, 2, 3))
                .put("model.b", new int[3])
                .build();

        assertThatThrownBy(() -> ParameterTensors.load(checkpoint, "model.", model(Dtype.FLOAT, 2)))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("the checkpoint: tensor model.b is I32[3], expected element type F32 or F64.");
    }
}
