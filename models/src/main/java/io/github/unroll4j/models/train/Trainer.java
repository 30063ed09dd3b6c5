// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.train;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.checkpoint.CheckpointException;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.models.internal.Foreign;
import io.github.unroll4j.optim.Loss;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The training loop: clear the gradients, add those of the next batch, clip, look, step.
 *
 * <p>A run that is saved with {@link #writeTo} and continued by a fresh trainer after {@link #restore} computes the
 * same bits as one that never stopped, on the same machine with the same number of BLAS threads. The weights themselves
 * are saved and loaded by the model.
 *
 * <p>The rows of a batch are computed in parts at once ({@link TrainerConfig#workers}). Into how many is decided when a
 * run begins, and goes with it: a run that was begun on two processors goes on with the same bits on one.
 *
 * @since 0.1.0
 */
public final class Trainer {
    private final Objective objective;
    private final TrainerConfig config;
    private final List<TrainListener> listeners = new CopyOnWriteArrayList<>(); // one may add another
    private TrainerState state = new TrainerState();
    private OptionalLong lastSaved = OptionalLong.empty();
    private boolean diverged;
    private volatile boolean stopRequested;

    /**
     * A trainer at iteration 0.
     *
     * @param objective what to train
     * @param config how to train it; its optimiser serves the parameters of the objective
     */
    public Trainer(Objective objective, TrainerConfig config) {
        Objects.requireNonNull(objective, "objective");
        Objects.requireNonNull(config, "config");
        this.objective = objective;
        this.config = config;
    }

    /**
     * Adds a listener, which is told of every event after those added before it.
     *
     * @param listener the listener
     * @return this trainer
     */
    public Trainer listen(TrainListener listener) {
        Objects.requireNonNull(listener, "listener");
        listeners.add(listener);
        return this;
    }

    /** {@return iterations done, in this run and those it continued} */
    public long iteration() {
        return state.iteration;
    }

    /**
     * Asks the run to end after the iteration under way, or at once if none is. Safe from any thread; a run that was
     * stopped goes on when {@link #run} is called again.
     */
    public void requestStop() {
        stopRequested = true;
    }

    /**
     * Trains until all iterations are done, the measurements on held-out data fall no more, a stop is requested or the
     * losses or gradients show that the run has diverged. Other threads may use the model meanwhile, but not train it.
     *
     * @return which of them; a run that has ended for one of the first two reasons ends at once when called again
     * @throws IllegalStateException if the run has diverged before, or another thread trains the same parameters
     */
    public Outcome run() {
        return objective.parameters().train("Trainer.run", this::iterateToTheEnd);
    }

    private Outcome iterateToTheEnd() {
        requireSound("run");
        Stopwatch watch = new Stopwatch();
        Optional<Outcome> end = end();
        while (end.isEmpty()) {
            end = iterate(watch).or(this::end);
        }
        Outcome outcome = end.get();
        diverged = outcome instanceof Outcome.Diverged;
        tell(listener -> listener.onEnd(outcome));
        return outcome;
    }

    private Optional<Outcome> end() {
        if (state.iteration >= config.iterations()) {
            return Optional.of(new Outcome.Finished(state.iteration));
        }
        Validation validation = config.validation().orElse(null);
        if (validation != null && state.sinceBest >= validation.patience()) {
            return Optional.of(new Outcome.NoProgress(state.iteration, state.best, state.bestIteration));
        }
        if (stopRequested) {
            stopRequested = false;
            return Optional.of(new Outcome.Stopped(state.iteration));
        }
        return Optional.empty();
    }

    private Optional<Outcome> iterate(Stopwatch watch) {
        Parameters parameters = objective.parameters();
        watch.beginIteration();
        parameters.zeroGradients();
        Loss loss = gradients();
        double norm = config.clip().apply(parameters);
        double epochs = ask("objective", objective, () -> objective.epochs(state.iteration));
        double rate = ask("schedule", config.schedule(), () -> config.schedule().rate(state.iteration, epochs));
        state.add(TrainStep.perToken(loss));
        String objection = state.objection(loss, norm, config.explosion());
        if (objection != null) {
            return Optional.of(new Outcome.Diverged(state.iteration, objection, rate, norm, lastSaved));
        }
        long version = parameters.version();
        config.optimizer().step(rate);
        if (parameters.version() == version) {
            throw new IllegalStateException(
                    "Trainer.run: the optimizer's step moved nothing of what the objective trains; likely cause: it"
                            + " was made with the parameters of another model.");
        }
        state.iteration++;
        double tokensPerSecond = watch.endIteration(loss.tokens());
        TrainStep step = new TrainStep(
                state.iteration,
                objective.epochs(state.iteration),
                loss,
                state.smoothedLoss(),
                norm,
                rate,
                tokensPerSecond,
                watch.elapsed());
        return validate(step);
    }

    /** The loss of the next batch; the objective may be a user's own. */
    private Loss gradients() {
        Loss loss;
        try {
            loss = objective.gradients(state.iteration, parts());
        } catch (RuntimeException e) {
            boolean told =
                    e.getClass() == IllegalArgumentException.class || e.getClass() == IllegalStateException.class;
            throw told ? e : Foreign.named(where(), "objective", objective, e);
        }
        if (loss == null || loss.tokens() < 0) {
            throw new IllegalStateException(
                    "Trainer.run: the objective " + objective.getClass().getName() + " gives " + loss
                            + " for iteration " + state.iteration + ", expected a loss of 0 tokens or more.");
        }
        return loss;
    }

    /**
     * {@return into how many parts each batch is cut} Decided once a run, by {@link TrainerConfig#workers}, the
     * {@linkplain io.github.unroll4j.core.tensor.Workers#threads threads of this process} and the rows of a batch, and
     * saved with it.
     */
    public int parts() {
        if (state.parts == 0) {
            state.parts = config.parts(objective.rows());
        }
        return state.parts;
    }

    /** What a class says that may be a user's own; of its failure it is told whose it was. */
    private <T> T ask(String what, Object who, Supplier<T> question) {
        try {
            return question.get();
        } catch (RuntimeException e) {
            throw Foreign.named(where(), what, who, e);
        }
    }

    private String where() {
        return "Trainer.run, iteration " + state.iteration;
    }

    /** Measures before anybody is told of the step, so that a state saved by a listener knows of the measurement. */
    private Optional<Outcome> validate(TrainStep step) {
        Validation validation = config.validation().orElse(null);
        if (validation == null || !validation.due(state.iteration, config.iterations())) {
            tell(listener -> listener.onStep(step));
            return Optional.empty();
        }
        double loss = ask("validation", validation.loss(), validation.loss()::getAsDouble);
        state.measured(loss);
        tell(listener -> listener.onStep(step));
        if (!Double.isFinite(loss)) {
            String cause = "the validation loss is " + loss;
            return Optional.of(
                    new Outcome.Diverged(step.iteration(), cause, step.learningRate(), step.gradientNorm(), lastSaved));
        }
        tell(listener -> listener.onEvaluation(step, loss));
        return Optional.empty();
    }

    private void tell(Consumer<TrainListener> event) {
        for (TrainListener listener : listeners) {
            try {
                event.accept(listener);
            } catch (RuntimeException e) {
                throw Foreign.named(where(), "listener", listener, e);
            }
        }
    }

    /**
     * Saves the state of the run: iteration, optimiser, smoothed loss, best measurement and what the objective carries,
     * under names that start with {@code trainer.}, {@code optimizer.} and the objective's own.
     *
     * @param checkpoint (Output) where to; the model's weights are the caller's to add
     * @throws IllegalStateException if the run has diverged: such a state must not replace a sound one
     */
    public void writeTo(Checkpoint.Builder checkpoint) {
        requireSound("writeTo");
        state.write(checkpoint, config.optimizer());
        objective.writeTo(checkpoint);
        lastSaved = OptionalLong.of(state.iteration);
    }

    /**
     * Goes back to a saved state, the model having been read from the same checkpoint. A checkpoint that is refused
     * changes nothing here, nor in the objective or the optimiser.
     *
     * @param checkpoint (Input) where from
     * @throws CheckpointException if the checkpoint holds no such state, one that no run can have saved, or one of
     *     another optimiser or objective
     */
    public void restore(Checkpoint checkpoint) {
        TrainerState saved = TrainerState.read(checkpoint);
        Checkpoint.Builder before = Checkpoint.builder();
        objective.writeTo(before);
        try {
            objective.restore(checkpoint);
            config.optimizer().restore(TrainerState.optimizer(checkpoint));
        } catch (RuntimeException e) {
            objective.restore(before.build());
            throw e instanceof IllegalArgumentException
                    ? new CheckpointException(checkpoint.source() + ": " + e.getMessage(), e)
                    : e;
        }
        state = saved;
        lastSaved = OptionalLong.of(state.iteration);
    }

    /**
     * The iterations done when a state was saved. Looks at all of the trainer's own state but what belongs to the
     * objective and the optimiser.
     *
     * @param checkpoint (Input) what {@link #writeTo} wrote
     * @return 0 or more
     * @throws CheckpointException if the checkpoint holds no such state, or one that no run can have saved
     */
    public static long savedIteration(Checkpoint checkpoint) {
        return TrainerState.read(checkpoint).iteration;
    }

    /**
     * {@return the lowest loss per token measured on held-out data, in nats, in this run and those it continued;
     * infinity before the first measurement}
     */
    public double best() {
        return state.best;
    }

    /** Forgets all measurements: for a run that goes on with other held-out data. */
    public void measureAnew() {
        state.forgetMeasurements();
    }

    private void requireSound(String method) {
        if (diverged) {
            throw new IllegalStateException("Trainer." + method + ": the run has diverged after " + state.iteration
                    + " iterations; go back to the last saved state with a new trainer.");
        }
    }
}
