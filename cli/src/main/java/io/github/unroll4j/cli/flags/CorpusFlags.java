// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.cli.flags;

import io.github.unroll4j.text.Tokenizer;
import io.github.unroll4j.text.Tokenizers;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/**
 * What to read, from one text or from three, and how to split it into tokens.
 *
 * @since 0.1.0
 */
public final class CorpusFlags {
    @ArgGroup(exclusive = true)
    private @Nullable Source source;

    @Option(
            names = "--held-out",
            paramLabel = "X",
            converter = Numbers.Share.class,
            description =
                    "share of the one text, at its end, that is held out for validation (default: ${DEFAULT-VALUE})")
    private double heldOut = 0.1;

    @Option(
            names = "--tokenizer",
            paramLabel = "NAME",
            description =
                    "characters, or words split at white space (with <SOS>, <EOS>, <UNK> as special tokens or not), by Unicode's rules, or as the notebooks split them: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private Splitting tokenizer = Splitting.CHARACTERS;

    @Option(
            names = "--min-count",
            paramLabel = "N",
            converter = Numbers.Count.class,
            description = "a word seen less often in the text to train on becomes <UNK> (default: ${DEFAULT-VALUE})")
    private int minCount = 1;

    @Option(
            names = "--end-of-line",
            arity = "0..1",
            paramLabel = "BOOLEAN",
            fallbackValue = "true",
            description = "a token <EOS> at the end of each line, as figures on Penn Treebank count; of words only")
    private boolean endOfLine;

    private static final class Source {
        @Option(
                names = "--text",
                paramLabel = "NAME",
                description = "a bundled text: ${COMPLETION-CANDIDATES} (default: LIGHTHOUSE)")
        private @Nullable BundledText text;

        @Option(names = "--data", paramLabel = "FILE", description = "any UTF-8 text file instead")
        private @Nullable Path data;

        @ArgGroup(exclusive = false)
        private @Nullable Files files;
    }

    private static final class Files {
        @Option(names = "--train", required = true, paramLabel = "FILE", description = "or one file to train on,")
        private Path train;

        @Option(names = "--valid", paramLabel = "FILE", description = "one for validation, after each epoch,")
        private @Nullable Path valid;

        @Option(names = "--test", paramLabel = "FILE", description = "and one to measure the best model on at the end")
        private @Nullable Path test;
    }

    /** How a text becomes tokens. */
    public enum Splitting {
        /** A token for each code point. */
        CHARACTERS,
        /** {@link Tokenizers#WHITESPACE}. */
        WHITESPACE,
        /** {@link Tokenizers#WHITESPACE_WITH_SPECIALS}. */
        WHITESPACE_WITH_SPECIALS,
        /** {@link Tokenizers#UNICODE_WORDS}. */
        WORDS,
        /** {@link Tokenizers#NOTEBOOK}. */
        NOTEBOOK;

        /**
         * Splits into words; empty for characters.
         *
         * @return what splits a text into words, empty for characters
         */
        public Optional<Tokenizer> words() {
            return switch (this) {
                case CHARACTERS -> Optional.empty();
                case WHITESPACE -> Optional.of(Tokenizers.WHITESPACE);
                case WHITESPACE_WITH_SPECIALS -> Optional.of(Tokenizers.WHITESPACE_WITH_SPECIALS);
                case WORDS -> Optional.of(Tokenizers.UNICODE_WORDS);
                case NOTEBOOK -> Optional.of(Tokenizers.NOTEBOOK);
            };
        }
    }

    /**
     * Reads the text to train on, or to train and measure on.
     *
     * @return the text
     */
    public NamedText train() {
        if (source != null && source.files != null) {
            return NamedText.of(source.files.train);
        }
        if (source != null && source.data != null) {
            return NamedText.of(source.data);
        }
        return (source != null && source.text != null ? source.text : BundledText.LIGHTHOUSE).read();
    }

    /** {@return whether the text to train on is one file of several, so that nothing of it is held out} */
    public boolean isSplit() {
        return source != null && source.files != null;
    }

    /**
     * Reads the text of {@code --valid}, empty if there is none.
     *
     * @return the text
     */
    public Optional<NamedText> valid() {
        return Optional.ofNullable(source == null || source.files == null ? null : source.files.valid)
                .map(NamedText::of);
    }

    /**
     * Reads the text of {@code --test}, empty if there is none.
     *
     * @return the text
     */
    public Optional<NamedText> test() {
        return Optional.ofNullable(source == null || source.files == null ? null : source.files.test)
                .map(NamedText::of);
    }

    /** {@return the share of one text to hold out} */
    public double heldOut() {
        return heldOut;
    }

    /** {@return how to split into tokens} */
    public Splitting splitting() {
        return tokenizer;
    }

    /** {@return how often a word must occur in the text to train on} */
    public int minCount() {
        return minCount;
    }

    /** {@return whether the end of a line is a token} */
    public boolean endOfLine() {
        return endOfLine;
    }
}
