// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import io.github.unroll4j.text.ParallelText;
import io.github.unroll4j.text.Tokenizer;
import io.github.unroll4j.text.Tokenizers;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/**
 * Which pairs of sentences to read, and how to split them into words.
 *
 * @since 0.1.0
 */
public final class ParallelFlags {
    @ArgGroup(exclusive = false)
    private @Nullable Files files;

    @Option(
            names = "--tokenizer",
            paramLabel = "NAME",
            description =
                    "characters, or words split at white space, by Unicode's rules, or as the notebooks split them: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private CorpusFlags.Splitting tokenizer = CorpusFlags.Splitting.WORDS;

    @Option(
            names = "--lower-case",
            arity = "0..1",
            paramLabel = "BOOLEAN",
            fallbackValue = "true",
            description = "read and write small letters only")
    private boolean lowerCase;

    @Option(
            names = "--min-count",
            paramLabel = "N",
            converter = Numbers.Count.class,
            description = "a word seen less often in the pairs to train on becomes <UNK> (default: ${DEFAULT-VALUE})")
    private int minCount = 1;

    private static final class Files {
        @Option(
                names = "--src",
                required = true,
                paramLabel = "FILE",
                description = "sentences to train on, a line each")
        private Path src;

        @Option(names = "--trg", required = true, paramLabel = "FILE", description = "their translations, line by line")
        private Path trg;

        @ArgGroup(exclusive = false)
        private @Nullable Valid valid;

        @ArgGroup(exclusive = false)
        private @Nullable Test test;
    }

    private static final class Valid {
        @Option(names = "--valid-src", required = true, paramLabel = "FILE", description = "for validation, each epoch")
        private Path src;

        @Option(names = "--valid-trg", required = true, paramLabel = "FILE", description = "their translations")
        private Path trg;
    }

    private static final class Test {
        @Option(names = "--test-src", required = true, paramLabel = "FILE", description = "to translate at the end")
        private Path src;

        @Option(names = "--test-trg", required = true, paramLabel = "FILE", description = "their translations")
        private Path trg;
    }

    /** {@return where the pairs to train on are from, in words} */
    public String name() {
        return files == null ? BundledPairs.NAME : files.src + " -> " + files.trg;
    }

    /** {@return the pairs to train on} */
    public ParallelText train() {
        return files == null ? BundledPairs.read() : ParallelText.read(files.src, files.trg);
    }

    /** {@return the pairs to measure on while training, none if no flag names them} */
    public ParallelText valid() {
        return files == null || files.valid == null
                ? ParallelText.none()
                : ParallelText.read(files.valid.src, files.valid.trg);
    }

    /** {@return the pairs to measure the best model on at the end, none if no flag names them} */
    public ParallelText test() {
        return files == null || files.test == null
                ? ParallelText.none()
                : ParallelText.read(files.test.src, files.test.trg);
    }

    /** {@return how to split into words, on both sides} */
    public Tokenizer tokenizer() {
        Tokenizer words = tokenizer.words().orElse(Tokenizers.CODE_POINTS);
        return lowerCase ? words.lowerCased() : words;
    }

    /** {@return how often a word must occur in the pairs to train on} */
    public int minCount() {
        return minCount;
    }
}
