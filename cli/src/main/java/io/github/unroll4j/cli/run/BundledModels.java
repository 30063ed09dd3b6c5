// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.run;

import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Saved models to use: files and, where no file has the name, the two trained ones in the resources.
 *
 * @since 0.1.0
 */
public final class BundledModels {
    /** An LSTM over characters that has read the bundled story. */
    public static final String WRITES = "lighthouse";
    /** Attention over characters that turns dates in thirty locales into ISO 8601. */
    public static final String TRANSLATES = "dates";

    private BundledModels() {}

    /**
     * A language model.
     *
     * @param model a file, or {@value #WRITES}
     * @return the model, for the caller to close
     * @throws IllegalArgumentException if there is neither
     * @throws io.github.unroll4j.core.checkpoint.CheckpointException if the file holds no such model
     */
    public static LanguageModel languageModel(Path model) {
        return open(model, WRITES, LanguageModel::load, LanguageModel::load);
    }

    /**
     * A sequence-to-sequence model.
     *
     * @param model a file, or {@value #TRANSLATES}
     * @return the model, for the caller to close
     * @throws IllegalArgumentException if there is neither
     * @throws io.github.unroll4j.core.checkpoint.CheckpointException if the file holds no such model
     */
    public static Seq2Seq translator(Path model) {
        return open(model, TRANSLATES, Seq2Seq::load, Seq2Seq::load);
    }

    private static <M> M open(
            Path model, String bundled, Function<Path, M> load, Function<@Nullable InputStream, M> read) {
        String name = model.toString();
        // A folder may well have the name: that of a run is called after its program.
        if (Files.exists(model) && !(Files.isDirectory(model) && name.equals(bundled))) {
            return load.apply(model);
        }
        if (name.equals(bundled)) {
            try (InputStream in =
                    BundledModels.class.getResourceAsStream("/io/github/unroll4j/cli/" + name + ".safetensors")) {
                return read.apply(in);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        if (name.matches("[a-z]+")) { // meant as a name
            throw new IllegalArgumentException("MODEL: there is no file " + name
                    + ", and the only model that comes with this command is " + bundled);
        }
        return load.apply(model); // which says what is wrong
    }
}
