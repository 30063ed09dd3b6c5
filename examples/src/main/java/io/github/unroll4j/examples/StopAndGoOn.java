// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.checkpoint.CheckpointException;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.models.lm.LanguageModelObjective;
import io.github.unroll4j.models.train.BestModel;
import io.github.unroll4j.models.train.TrainListener;
import io.github.unroll4j.models.train.Trainer;
import io.github.unroll4j.models.train.TrainerConfig;
import io.github.unroll4j.models.train.Validation;
import io.github.unroll4j.optim.Adam;
import io.github.unroll4j.optim.GradientClip;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.Schedule;
import io.github.unroll4j.text.CharVocabulary;
import io.github.unroll4j.text.TextFiles;
import io.github.unroll4j.text.Windows;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What docs/using.md shows: a training that Ctrl-C ends, that goes on when started again, and keeps its best model. */
final class StopAndGoOn {
    private StopAndGoOn() {}

    /**
     * Runs it.
     *
     * @param args a text and a number of iterations in all
     */
    public static void main(String... args) {
        String text = TextFiles.read(Path.of(args[0]));
        long iterations = Long.parseLong(args[1]);
        var config = new LanguageModelConfig("lstm", 32);
        CharVocabulary vocabulary = CharVocabulary.of(text);
        int[] ids = vocabulary.encode(text);
        int[] train = Arrays.copyOf(ids, ids.length * 9 / 10);
        int[] heldOut = Arrays.copyOfRange(ids, train.length, ids.length);
        // [run]
        Path run = Path.of("run.safetensors"), best = Path.of("best.safetensors");
        CompletableFuture<Void> over = new CompletableFuture<>();
        try {
            Optional<Checkpoint> before = Files.exists(run) ? Optional.of(Checkpoint.load(run)) : Optional.empty();
            try (LanguageModel model = before.map(LanguageModel::read)
                    .orElseGet(() -> LanguageModel.create(vocabulary, config, Rng.seeded(1)))) {
                var objective = new LanguageModelObjective(model, Windows.of(train, 25, 16), Reduction.MEAN);
                var how = new TrainerConfig(new Adam(model.parameters()), Schedule.constant(3e-3), iterations)
                        .with(GradientClip.byGlobalNorm(5))
                        .with(new Validation(100, () -> model.evaluate(heldOut).nats(), 10)); // 10 in vain end the run
                Trainer trainer = new Trainer(objective, how);
                before.ifPresent(trainer::restore); // goes on where it was stopped
                trainer.listen(new BestModel(best, model::save, trainer.best()));
                trainer.listen(TrainListener.every(100, step -> System.out.println(step.iteration())));
                Thread stop = new Thread(() -> {
                    trainer.requestStop();
                    over.join(); // Java ends when its hooks have, so this one waits for the file
                });
                Runtime.getRuntime().addShutdownHook(stop); // Ctrl-C
                System.out.println(trainer.run());
                Checkpoint.Builder state = Checkpoint.builder();
                model.writeTo(state);
                trainer.writeTo(state);
                state.build().save(run);
            }
        } catch (CheckpointException e) { // a file that is damaged, or not one of this model
            System.err.println(e.getMessage());
        } finally {
            over.complete(null);
        }
        // [/run]
    }
}
