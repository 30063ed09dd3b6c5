// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import io.github.unroll4j.cli.flags.FlagLayers;
import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.checkpoint.CheckpointException;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.models.train.Trainer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is in a file, after everything in it was looked at: its form, its checksum, the model, the run.
 *
 * @since 0.1.0
 */
public final class FileReport {
    private static final String MODEL = "unroll4j.model";
    private static final String TARGET = "unroll4j.target";

    private FileReport() {}

    /**
     * Looks at a file.
     *
     * @param file any safetensors file
     * @return remarks by their labels
     * @throws CheckpointException if the file is not sound; the message says where
     */
    public static Map<String, String> of(Path file) {
        Checkpoint checkpoint = Checkpoint.load(file);
        Map<String, String> report = new LinkedHashMap<>();
        long numbers = checkpoint.names().stream()
                .map(checkpoint::shape)
                .mapToLong(shape -> Arrays.stream(shape).asLongStream().reduce(1, (a, b) -> a * b))
                .sum();
        report.put("file", file + " is sound: " + checkpoint.names().size() + " tensors of " + numbers + " numbers");
        if (!checkpoint.metadata().containsKey(MODEL)) {
            report.put("model", "none of this library; the file has no checksum unless this library wrote it");
            return report;
        }
        boolean translates = checkpoint.metadata().containsKey(TARGET);
        report.put(
                "model",
                translates
                        ? "it translates: " + Seq2Seq.check(checkpoint).describe()
                        : "it writes: " + ModelText.describe(LanguageModel.check(checkpoint)));
        Path folder = file.resolveSibling("");
        if (FlagLayers.isRun(checkpoint)) {
            String command = FlagLayers.check(checkpoint);
            SavedRun.check(checkpoint);
            report.put("run", "of " + command + ", saved after " + Trainer.savedIteration(checkpoint) + " iterations");
        } else if (RunFolder.hasCommand(folder) && isSaved(checkpoint)) {
            report.put(
                    "run",
                    "of the example " + RunFolder.command(folder).get(0) + ", saved after "
                            + Trainer.savedIteration(checkpoint) + " iterations; it goes on with --resume "
                            + (folder.toString().isEmpty() ? "." : folder));
        } else {
            report.put("run", "none; it is a model only");
        }
        return report;
    }

    /** Whether a training can go on with the file. */
    private static boolean isSaved(Checkpoint checkpoint) {
        try {
            return Trainer.savedIteration(checkpoint) >= 0;
        } catch (CheckpointException e) { // a model without a state of the trainer
            return false;
        }
    }
}
