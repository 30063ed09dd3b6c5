// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.checkpoint.CheckpointException;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.optim.Schedule;
import io.github.unroll4j.optim.Sgd;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EarlyStoppingTest {
    @TempDir
    Path folder;

    /**
     * What is measured after 2, 4, 6, … iterations: best at 6, then four that are not, equal ones among them, then a
     * best.
     */
    private static final double[] LOSSES = {5, 4, 3, 3, 3.5, 3, 4, 2, 2.5, 2.5, 1};

    private final List<Object> events = new ArrayList<>();

    private Trainer trainer(Descent objective, long iterations, int patience) {
        Trainer[] self = new Trainer[1];
        Validation validation = new Validation(2, () -> LOSSES[(int) self[0].iteration() / 2 - 1], patience);
        self[0] = new Trainer(
                        objective,
                        new TrainerConfig(new Sgd(objective.parameters()), Schedule.constant(0.1), iterations)
                                .with(validation))
                .listen(new TrainListener() {
                    @Override
                    public void onEvaluation(TrainStep step, double loss) {
                        events.add(loss);
                    }

                    @Override
                    public void onEnd(Outcome outcome) {
                        events.add(outcome);
                    }
                });
        return self[0];
    }

    @Test
    void endsAfterSoManyMeasurementsWithoutANewBest() {
        Outcome outcome = trainer(new Descent(i -> 1), 22, 3).run();
        assertThat(outcome).isEqualTo(new Outcome.NoProgress(12, 3, 6));
        assertThat(events).containsExactly(5.0, 4.0, 3.0, 3.0, 3.5, 3.0, outcome);
    }

    @Test
    void aNewBestBeginsTheCountAgain() {
        assertThat(trainer(new Descent(i -> 1), 22, 5).run()).isEqualTo(new Outcome.Finished(22));
        assertThat(trainer(new Descent(i -> 1), 22, 4).run()).isEqualTo(new Outcome.NoProgress(14, 3, 6));
    }

    @Test
    void withoutPatienceAllIterationsAreDone() {
        assertThat(trainer(new Descent(i -> 1), 22, Validation.UNLIMITED).run()).isEqualTo(new Outcome.Finished(22));
        assertThat(new Validation(1, () -> 1).patience()).isEqualTo(Validation.UNLIMITED);
    }

    @Test
    void aRunThatEndedDoesNotGoOn() {
        Trainer trainer = trainer(new Descent(i -> 1), 22, 1);
        assertThat(trainer.run()).isEqualTo(new Outcome.NoProgress(8, 3, 6));
        assertThat(trainer.run()).isEqualTo(new Outcome.NoProgress(8, 3, 6));
        assertThat(trainer.iteration()).isEqualTo(8);
    }

    /** Saved at any iteration, by a listener or between runs, the rest is that of a run that never stopped. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 6, 7, 8, 10, 11, 12})
    void aResumedRunEndsWhereTheUninterruptedOneDoes(long at) {
        Descent whole = new Descent(i -> 1);
        assertThat(trainer(whole, 22, 3).run()).isEqualTo(new Outcome.NoProgress(12, 3, 6));
        Path file = folder.resolve("saved.safetensors");
        Descent first = new Descent(i -> 1);
        Trainer interrupted = trainer(first, 22, 3);
        interrupted.listen(new TrainListener() {
            @Override
            public void onStep(TrainStep step) {
                if (step.iteration() == at) {
                    Checkpoint.Builder saved = Checkpoint.builder();
                    interrupted.writeTo(saved);
                    saved.put("w", Tensor.of(Vec.of(Dtype.DOUBLE, first.weight()), 1));
                    saved.build().save(file);
                }
            }
        });
        interrupted.run();
        Checkpoint saved = Checkpoint.load(file);
        Descent second = new Descent(i -> 1);
        second.parameters.values().set(0, saved.tensor("w").at(0));
        second.parameters.changed();
        Trainer resumed = trainer(second, 22, 3);
        resumed.restore(saved);
        assertThat(resumed.run()).isEqualTo(new Outcome.NoProgress(12, 3, 6));
        assertThat(second.weight()).isEqualTo(whole.weight());
    }

    /** The state of a run without held-out data under plain gradient descent. */
    private static Checkpoint.Builder state(long iteration, Descent objective) {
        Checkpoint.Builder state = Checkpoint.builder()
                .put("trainer.iteration", new long[] {iteration})
                .put("trainer.smoothed_loss", Tensor.of(Vec.of(Dtype.DOUBLE, 0, 0, Double.NaN), 3));
        new Sgd(objective.parameters()).state().forEach((key, tensor) -> state.put("optimizer." + key, tensor));
        return state;
    }

    @Test
    void aStateWithoutMeasurementsStartsCountingAnew() {
        Descent objective = new Descent(i -> 1);
        Checkpoint.Builder older = state(0, objective);
        objective.writeTo(older);
        Trainer trainer = trainer(objective, 22, 1);
        trainer.run();
        trainer.restore(older.build());
        assertThat(trainer.run()).isEqualTo(new Outcome.NoProgress(8, 3, 6));
    }

    @Test
    void aSpoiltStateIsRefused() {
        Descent objective = new Descent(i -> 1);
        Trainer trainer = trainer(objective, 22, 3);
        Checkpoint.Builder spoilt = state(2, objective);
        spoilt.put("trainer.validation.best", Tensor.of(Vec.of(Dtype.DOUBLE, 1), 1))
                .put("trainer.validation.counts", new long[] {1});
        assertThatThrownBy(() -> trainer.restore(spoilt.build()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("trainer.validation.counts is not what a training run writes");
    }

    @Test
    void numbersBelowOneAreRefused() {
        assertThatThrownBy(() -> new Validation(1, () -> 1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("every is 1 and patience 0");
        assertThatThrownBy(() -> new Validation(0, () -> 1)).hasMessageContaining("every is 0");
    }
}
