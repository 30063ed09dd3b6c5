// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.checkpoint.CheckpointException;
import io.github.unroll4j.core.checkpoint.Json;
import io.github.unroll4j.models.train.Trainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;

/**
 * The file of the model that did best on what is held out. It says itself what was measured and on which data, so that
 * a run that goes on, in this folder or in another, knows whether the model in it is its own best one.
 *
 * @param path where it lies
 * @param trainee the model
 */
record BestFile(Path path, Trainee trainee) {
    private static final String MEASURED = "unroll4j.measured";
    private static final String LOSS = "loss";
    private static final String DATA = "data";

    /** Saves the model as it is, with its loss. */
    void save(double loss) {
        Checkpoint.Builder checkpoint = Checkpoint.builder();
        trainee.writeTo(checkpoint);
        Map<String, Object> measured = new TreeMap<>();
        measured.put(LOSS, loss);
        measured.put(DATA, trainee.validationHash());
        checkpoint.metadata(MEASURED, Json.write(measured)).build().save(path);
    }

    /**
     * The best loss of a run that goes on, whose model lies in {@link #path} afterwards.
     *
     * @param run to go on with
     * @param trainer brought to where it was; forgets its measurements where they are not those of this data, or their
     *     model is lost
     * @param folder where this run writes
     * @param console told of that
     * @return infinity where the best begins anew
     */
    double goOn(ResumedRun run, Trainer trainer, RunFolder folder, Console console) {
        if (Double.isInfinite(trainer.best())) {
            return trainer.best(); // nothing was measured
        }
        Path source = run.folder().best();
        OptionalDouble found = OptionalDouble.empty();
        String why = "it was measured on other data than what is held out now";
        if (trainee.validationHash().equals(run.validationHash())) {
            why = source + " is not the model that was measured";
            found = lossIn(source);
        }
        // a run that was killed may have kept a better model after it was last saved
        if (found.isPresent() && found.getAsDouble() <= trainer.best()) {
            if (!run.folder().isSameAs(folder)) {
                Checkpoint.load(source).save(path);
            }
            return found.getAsDouble();
        }
        console.result("best", "begins anew: " + why);
        trainer.measureAnew();
        folder.keep(String.valueOf(path.getFileName())::equals)
                .ifPresent(kept -> console.result("", "the one before is in " + kept));
        return trainer.best();
    }

    /** The loss of the model in a file on the data that are held out now; empty if the file does not say it. */
    private OptionalDouble lossIn(Path file) {
        if (!Files.exists(file)) {
            return OptionalDouble.empty();
        }
        try {
            Checkpoint best = Checkpoint.load(file);
            String where = best.source() + ": " + MEASURED;
            Map<String, Object> measured = Json.parse(where, best.metadata(MEASURED));
            Json.requireKnown(where, measured, Set.of(LOSS, DATA));
            double loss = Json.get(where, measured, LOSS, Double.class);
            return Json.get(where, measured, DATA, String.class).equals(trainee.validationHash())
                    ? OptionalDouble.of(loss)
                    : OptionalDouble.empty();
        } catch (CheckpointException e) { // damaged, or not written by a run: not the best model of one
            return OptionalDouble.empty();
        }
    }
}
