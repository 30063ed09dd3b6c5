// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.checkpoint.CheckpointException;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;
import io.github.unroll4j.optim.Adam;
import io.github.unroll4j.optim.GradientClip;
import io.github.unroll4j.optim.Loss;
import io.github.unroll4j.optim.Schedule;
import io.github.unroll4j.optim.Sgd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerTest {
    private static final Schedule RATE = Schedule.constant(0.5);

    private final List<TrainStep> steps = new ArrayList<>();
    private final List<Object> events = new ArrayList<>();
    private final TrainListener recorder = new TrainListener() {
        @Override
        public void onStep(TrainStep step) {
            steps.add(step);
            events.add(step.iteration());
        }

        @Override
        public void onEvaluation(TrainStep step, double loss) {
            events.add(List.of(step.iteration(), step.epoch(), loss));
        }

        @Override
        public void onEnd(Outcome outcome) {
            events.add(outcome);
        }
    };

    private static TrainerConfig sgd(Descent objective, long iterations) {
        return new TrainerConfig(new Sgd(objective.parameters()), RATE, iterations);
    }

    @Test
    void clearsAddsAndStepsInEveryIteration() {
        Descent objective = new Descent(i -> 1);
        Outcome outcome = new Trainer(objective, sgd(objective, 2)).run();
        // w = 1; gradient 1 + 1, w = 1 - 0.5 * 2 = 0; gradient 0 + 2, w = 0 - 0.5 * 2
        assertThat(objective.weight()).isEqualTo(-1);
        assertThat(outcome).isEqualTo(new Outcome.Finished(2));
    }

    @Test
    void clipsBeforeTheStepAndReportsTheNormBeforeClipping() {
        Descent objective = new Descent(i -> 1);
        TrainerConfig config = sgd(objective, 1).with(GradientClip.byValue(0.25));
        new Trainer(objective, config).listen(recorder).run();
        assertThat(objective.weight()).isEqualTo(1 - 0.5 * 0.25);
        assertThat(steps.get(0).gradientNorm()).isEqualTo(2);
    }

    @Test
    void asksTheScheduleForIterationAndEpochBeforeEachStep() {
        Descent objective = new Descent(i -> 1);
        Schedule both = (iteration, epoch) -> iteration + epoch;
        new Trainer(objective, new TrainerConfig(new Sgd(objective.parameters()), both, 3))
                .listen(recorder)
                .run();
        assertThat(steps).extracting(TrainStep::learningRate).containsExactly(0.0, 1.1, 2.2);
    }

    @Test
    void reportsLossPerTokenEpochAndSmoothedLoss() {
        Descent objective = new Descent(i -> i == 0 ? 4 : 2);
        new Trainer(objective, sgd(objective, 2)).listen(recorder).run();
        assertThat(steps).extracting(TrainStep::lossPerToken).containsExactly(4.0, 2.0);
        assertThat(steps).extracting(TrainStep::epoch).containsExactly(0.1, 0.2);
        assertThat(steps.get(0).smoothedLoss()).isEqualTo(4);
        // bias-corrected: (0.99 * 4 + 2) / (0.99 + 1), here up to rounding of sums of three terms
        assertThat(steps.get(1).smoothedLoss()).isCloseTo((0.99 * 4 + 2) / 1.99, within(1e-14));
        assertThat(steps.get(1).tokensPerSecond()).isPositive();
        assertThat(steps.get(1).elapsed()).isGreaterThanOrEqualTo(steps.get(0).elapsed());
    }

    @Test
    void evaluatesAtTheIntervalAndAfterTheLastIterationThenEnds() {
        Descent objective = new Descent(i -> 1);
        TrainerConfig config = sgd(objective, 3).with(new Validation(2, () -> 1.5));
        new Trainer(objective, config).listen(recorder).run();
        assertThat(events)
                .containsExactly(1L, 2L, List.of(2L, 0.2, 1.5), 3L, List.of(3L, 0.3, 1.5), new Outcome.Finished(3));
    }

    @Test
    void stopsOnRequestAndGoesOnWhenRunAgain() {
        Descent objective = new Descent(i -> 1);
        Trainer trainer = new Trainer(objective, sgd(objective, 5)).listen(recorder);
        trainer.listen(new TrainListener() {
            @Override
            public void onStep(TrainStep step) {
                if (step.iteration() == 2) {
                    trainer.requestStop();
                }
            }
        });
        assertThat(trainer.run()).isEqualTo(new Outcome.Stopped(2));
        assertThat(trainer.iteration()).isEqualTo(2);
        assertThat(trainer.run()).isEqualTo(new Outcome.Finished(5));
        assertThat(steps).hasSize(5);
    }

    @Test
    void aRequestFromAnotherThreadEndsALongRun() throws InterruptedException {
        Descent objective = new Descent(i -> 1);
        Trainer trainer =
                new Trainer(objective, new TrainerConfig(new Sgd(objective.parameters()), RATE, Long.MAX_VALUE));
        Thread stopper = new Thread(trainer::requestStop);
        stopper.start();
        assertThat(trainer.run()).isInstanceOf(Outcome.Stopped.class);
        stopper.join();
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
    void aLossThatIsNoNumberStopsBeforeTheWeightsAreTouched(double loss) {
        Descent objective = new Descent(i -> i < 3 ? 1 : loss);
        List<Double> weights = new ArrayList<>();
        Trainer trainer = new Trainer(objective, sgd(objective, 10)).listen(new TrainListener() {
            @Override
            public void onStep(TrainStep step) {
                weights.add(objective.weight());
            }
        });
        Outcome outcome = trainer.run();
        assertThat(outcome)
                .isEqualTo(
                        new Outcome.Diverged(3, "the loss is " + 2 * loss, 0.5, norm(objective), OptionalLong.empty()));
        assertThat(weights).hasSize(3);
        assertThat(objective.weight()).isEqualTo(weights.get(2));
    }

    private static double norm(Descent objective) {
        return Math.abs(objective.parameters().gradients().get(0));
    }

    @Test
    void aGradientThatIsNoNumberStopsBeforeTheWeightsAreTouched() {
        Descent objective = new Descent(i -> 1);
        objective.parameters().values().set(0, Double.MAX_VALUE);
        objective.parameters().changed();
        TrainerConfig config = new TrainerConfig(new Sgd(objective.parameters()), (i, e) -> -0.0, 10);
        // the norm of the largest double squares to infinity
        Outcome outcome = new Trainer(objective, config).run();
        assertThat(outcome).isInstanceOf(Outcome.Diverged.class);
        assertThat(objective.weight()).isEqualTo(Double.MAX_VALUE);
    }

    @Test
    void aSmoothedLossOfThreeTimesTheFirstStopsTheRun() {
        Descent objective = new Descent(i -> i == 0 ? 2 : 7);
        Outcome outcome = new Trainer(objective, sgd(objective, 1000)).run();
        // 2 w + 7 (1-w) > 6 once the first loss weighs less than a fifth, in the 5th iteration; 4 are done
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Diverged.class, diverged -> {
            assertThat(diverged.iteration()).isEqualTo(4);
            assertThat(diverged.cause()).contains("from 2.00 to 6.");
        });
        Descent again = new Descent(i -> i == 0 ? 2 : 7);
        assertThat(new Trainer(again, sgd(again, 1000).explosion(Double.POSITIVE_INFINITY)).run())
                .isEqualTo(new Outcome.Finished(1000));
    }

    @Test
    void aStartBelowOneNatCountsAsOne() {
        Descent objective = new Descent(i -> i == 0 ? 0.01 : 2.9);
        assertThat(new Trainer(objective, sgd(objective, 1000)).run()).isEqualTo(new Outcome.Finished(1000));
    }

    @Test
    void aValidationLossThatIsNoNumberStopsTheRun() {
        Descent objective = new Descent(i -> 1);
        TrainerConfig config = sgd(objective, 10).with(new Validation(4, () -> Double.NaN));
        assertThat(new Trainer(objective, config).listen(recorder).run())
                .isInstanceOfSatisfying(
                        Outcome.Diverged.class, d -> assertThat(d.iteration()).isEqualTo(4));
        assertThat(events).last().isInstanceOf(Outcome.Diverged.class);
    }

    @Test
    void theSentenceNamesIterationRateNormTheLastStateAndRemedies() {
        assertThat(new Outcome.Diverged(41, "the loss is NaN", 0.1, 3e8, OptionalLong.of(40)).sentence())
                .isEqualTo("Training diverged after 41 iterations: the loss is NaN (learning rate 0.100, gradient norm"
                        + " 3.00e+08 before clipping); the last state saved is that of iteration 40; try a lower"
                        + " learning rate, a tighter limit on the gradients, or shorter windows.");
    }

    @Test
    void aDivergedRunIsNeitherSavedNorContinued() {
        Descent objective = new Descent(i -> Double.NaN);
        Trainer trainer = new Trainer(objective, sgd(objective, 10));
        trainer.run();
        assertThatThrownBy(() -> trainer.writeTo(Checkpoint.builder()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("diverged");
        assertThatThrownBy(trainer::run).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aResumedRunGoesOnWithIterationOptimiserSmoothedLossAndCarriedState() {
        Descent whole = new Descent(i -> 1.0 / (i + 1));
        new Trainer(whole, adam(whole, 20)).listen(recorder).run();
        List<TrainStep> expected = List.copyOf(steps);
        steps.clear();

        Descent first = new Descent(i -> 1.0 / (i + 1));
        Trainer half = new Trainer(first, adam(first, 10)).listen(recorder);
        half.run();
        Checkpoint.Builder saved = Checkpoint.builder();
        half.writeTo(saved);
        Descent second = new Descent(i -> 1.0 / (i + 1));
        second.parameters().values().copy(0, first.parameters().values(), 0, 1);
        Trainer rest = new Trainer(second, adam(second, 20)).listen(recorder);
        rest.restore(saved.build());
        assertThat(rest.iteration()).isEqualTo(10);
        rest.run();

        assertThat(second.weight()).isEqualTo(whole.weight());
        assertThat(steps)
                .usingRecursiveComparison()
                .ignoringFields("tokensPerSecond", "elapsed")
                .isEqualTo(expected);
    }

    private static TrainerConfig adam(Descent objective, long iterations) {
        return new TrainerConfig(new Adam(objective.parameters()), RATE, iterations);
    }

    @Test
    void divergenceNamesTheIterationSavedLast() {
        Descent objective = new Descent(i -> i < 7 ? 1 : Double.NaN);
        Trainer trainer = new Trainer(objective, sgd(objective, 10));
        trainer.listen(new TrainListener() {
            @Override
            public void onStep(TrainStep step) {
                if (step.iteration() == 5) {
                    trainer.writeTo(Checkpoint.builder());
                }
            }
        });
        assertThat(trainer.run())
                .isInstanceOfSatisfying(
                        Outcome.Diverged.class, d -> assertThat(d.lastSaved()).hasValue(5));
    }

    @Test
    void aCheckpointOfAModelAloneCannotBeResumed() {
        Descent objective = new Descent(i -> 1);
        Checkpoint empty = Checkpoint.builder().build();
        assertThatThrownBy(() -> new Trainer(objective, sgd(objective, 1)).restore(empty))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("no state of a training run");
    }

    @Test
    void aCheckpointOfAnotherOptimiserIsRefused() {
        Descent objective = new Descent(i -> 1);
        Checkpoint.Builder saved = Checkpoint.builder();
        new Trainer(objective, sgd(objective, 1)).writeTo(saved);
        Trainer other = new Trainer(objective, adam(objective, 1));
        assertThatThrownBy(() -> other.restore(saved.build()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("adam")
                .hasMessageContaining("sgd");
        assertThat(other.iteration()).isZero();
    }

    private static Map<String, double[]> stateOf(Trainer trainer) {
        Checkpoint.Builder builder = Checkpoint.builder();
        trainer.writeTo(builder);
        Checkpoint checkpoint = builder.build();
        Map<String, double[]> state = new TreeMap<>();
        for (String name : checkpoint.names()) {
            boolean counts = !name.startsWith("optimizer.")
                    && !name.equals("trainer.smoothed_loss")
                    && !name.equals("trainer.validation.best");
            state.put(
                    name,
                    counts
                            ? Arrays.stream(checkpoint.longs(name))
                                    .asDoubleStream()
                                    .toArray()
                            : checkpoint.tensor(name).data().toDoubles());
        }
        return state;
    }

    /** Each part of a state is spoilt in turn; what comes before it in the file is sound. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "trainer.iteration",
                "trainer.smoothed_loss",
                "trainer.validation.best",
                "trainer.validation.counts",
                "carried",
                "optimizer.adam.step",
                "optimizer.adam.m",
                "optimizer.adam.v"
            })
    void aRefusedRestoreChangesNothing(String spoilt) {
        Descent objective = new Descent(i -> 1.0 / (i + 1));
        Trainer trainer = new Trainer(objective, adam(objective, 5));
        trainer.run();
        Map<String, double[]> before = stateOf(trainer);
        Descent other = new Descent(i -> 2.0 / (i + 1));
        Trainer saved = new Trainer(other, adam(other, 3));
        saved.run();
        Checkpoint.Builder wrong = Checkpoint.builder();
        stateOf(saved).forEach((name, numbers) -> {
            double[] written = numbers.clone();
            boolean own = name.equals(spoilt);
            boolean counts = name.equals("carried") || name.endsWith("iteration") || name.endsWith("counts");
            if (own) {
                written[written.length == 3 ? 1 : 0] = -1; // the weight of the smoothed loss, else a first number
            }
            if (own && name.endsWith("best")) {
                written[0] = Double.NaN;
            }
            if (own && name.endsWith("adam.m")) {
                written = new double[2];
            }
            if (counts) {
                long[] longs = Arrays.stream(written).mapToLong(x -> (long) x).toArray();
                wrong.put(name, longs);
            } else {
                wrong.put(name, Tensor.of(Vec.of(Dtype.DOUBLE, written), written.length));
            }
        });

        assertThatThrownBy(() -> trainer.restore(wrong.build()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith("the checkpoint: ");
        Map<String, double[]> after = stateOf(trainer);
        assertThat(after).containsOnlyKeys(before.keySet());
        before.forEach((name, numbers) -> assertThat(after.get(name)).as(name).isEqualTo(numbers));
    }

    @Test
    void anOptimizerOfAnotherModelIsToldAtItsFirstStep() {
        Descent objective = new Descent(i -> 1);
        Descent other = new Descent(i -> 1);
        Trainer trainer = new Trainer(objective, new TrainerConfig(new Sgd(other.parameters()), RATE, 3));
        assertThatThrownBy(trainer::run)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("it was made with the parameters of another model");
    }

    @Test
    void anObjectiveThatFailsOrGivesNoLossIsTold() {
        Descent none = new Descent(i -> 1);
        Objective lossless = new Objective() {
            @Override
            public Parameters parameters() {
                return none.parameters();
            }

            @Override
            @SuppressWarnings("NullAway") // the fault
            public Loss gradients(long iteration) {
                return iteration == 1 ? null : new Loss(1, -1, 1);
            }

            @Override
            public double epochs(long iteration) {
                return 0;
            }

            @Override
            public void writeTo(Checkpoint.Builder checkpoint) {}

            @Override
            public void restore(Checkpoint checkpoint) {}
        };
        assertThatThrownBy(() -> new Trainer(lossless, sgd(none, 3)).run())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Trainer.run: the objective " + lossless.getClass().getName()
                        + " gives Loss[nats=1.0, tokens=-1, value=1.0] for iteration 0, expected a loss of 0 tokens or"
                        + " more.");

        int[] few = {1};
        Descent failing = new Descent(i -> few[(int) i]);
        assertThatThrownBy(() -> new Trainer(failing, sgd(failing, 3)).run())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith(
                        "Trainer.run, iteration 1: the objective " + Descent.class.getName() + " failed: ")
                .hasCauseInstanceOf(ArrayIndexOutOfBoundsException.class);
    }

    @Test
    void aListenerThatFailsIsToldUnlessItSaysWhyItself() {
        Descent objective = new Descent(i -> 1);
        TrainListener broken = TrainListener.every(2, step -> List.of().get(3));
        assertThatThrownBy(() ->
                        new Trainer(objective, sgd(objective, 3)).listen(broken).run())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("Trainer.run, iteration 2: the listener "
                        + broken.getClass().getName() + " failed: ")
                .hasCauseInstanceOf(IndexOutOfBoundsException.class);
        RuntimeException own = new CheckpointException("full");
        TrainListener telling = TrainListener.every(1, step -> {
            throw own;
        });
        assertThatThrownBy(() -> new Trainer(objective, sgd(objective, 3))
                        .listen(telling)
                        .run())
                .isSameAs(own);
        TrainListener enough = TrainListener.every(1, step -> {
            throw new IllegalStateException("enough");
        });
        assertThatThrownBy(() ->
                        new Trainer(objective, sgd(objective, 3)).listen(enough).run())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("Trainer.run, iteration 1: the listener ")
                .hasMessageEndingWith(" failed: enough");
    }

    @Test
    void aScheduleOrAMeasurementThatFailsIsNamed() {
        Descent objective = new Descent(i -> 1);
        Schedule broken = (iteration, epochs) -> Integer.parseInt("fast");
        assertThatThrownBy(() ->
                        new Trainer(objective, new TrainerConfig(new Sgd(objective.parameters()), broken, 3)).run())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith(
                        "Trainer.run, iteration 0: the schedule " + TrainerTest.class.getName() + " failed: ");
        TrainerConfig measured = sgd(objective, 3).with(new Validation(1, () -> Integer.parseInt("good")));
        assertThatThrownBy(() -> new Trainer(objective, measured).run())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith(
                        "Trainer.run, iteration 1: the validation " + TrainerTest.class.getName() + " failed: ");
    }

    @Test
    void aListenerMayAddAnother() {
        Descent objective = new Descent(i -> 1);
        List<Long> told = new ArrayList<>();
        Trainer trainer = new Trainer(objective, sgd(objective, 3));
        trainer.listen(TrainListener.every(
                2, step -> trainer.listen(TrainListener.every(1, s -> told.add(s.iteration())))));

        trainer.run();

        assertThat(told).containsExactly(3L);
    }
}
