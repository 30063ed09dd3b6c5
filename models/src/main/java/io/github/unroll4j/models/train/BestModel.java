// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.train;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Saves a model whenever it has done better than ever before on the held-out data: the file that early stopping goes
 * back to.
 *
 * <p>{@code trainer.listen(new BestModel(file, model::save, Double.POSITIVE_INFINITY))}, and after the run {@code
 * load(file)}.
 *
 * @since 0.1.0
 */
public final class BestModel implements TrainListener {
    private final Path file;
    private final Consumer<Path> save;
    private double best;
    private boolean kept;

    /**
     * The best model from here on.
     *
     * @param file where it is to lie
     * @param save writes the model as it is, whole or not at all, over a file that may be there
     * @param bestBefore the lowest loss of the run that is continued, whose model lies in the file; infinity for a
     *     fresh run
     */
    public BestModel(Path file, Consumer<Path> save, double bestBefore) {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(save, "save");
        this.file = file;
        this.save = save;
        best = bestBefore;
    }

    /** Saves the model if it is better than the one in the file, or if there is no file. */
    @Override
    public void onEvaluation(TrainStep step, double loss) {
        if (loss < best || !Files.exists(file)) {
            save.accept(file);
            best = loss;
        }
        kept = true;
    }

    /** {@return the lowest loss per token, in nats; what the constructor was given before the first measurement} */
    public double best() {
        return best;
    }

    /** {@return whether anything was measured, so that the file holds the best model} */
    public boolean isKept() {
        return kept;
    }

    /** {@return where the best model lies} */
    public Path file() {
        return file;
    }
}
