// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Word vectors that were trained elsewhere, read from a file for the tokens of one vocabulary.
 *
 * <p>The format is the text format that word2vec, GloVe and fastText write: UTF-8, one line per word, first the word,
 * then its numbers, separated by spaces. word2vec and fastText write a first line of two whole numbers: the number of
 * vectors and their size. Such a first line is recognised. A word may contain spaces, as some of GloVe's do, because
 * the numbers are counted from the end of the line. If a word occurs twice, its first vector counts. Words are compared
 * exactly as written: a vocabulary with capitals finds little in a file of lower-case words.
 *
 * @since 0.1.0
 */
public final class WordVectors {
    private final Path file;
    private final int size;
    private final float[] @Nullable [] vectors;
    private final int found;

    WordVectors(Path file, int size, float[] @Nullable [] vectors, int found) {
        this.file = file;
        this.size = size;
        this.vectors = vectors;
        this.found = found;
    }

    /**
     * Reads the vectors of the tokens of a vocabulary. The file is read once, line by line. Other words are skipped.
     *
     * @param file the text file, of any length
     * @param vocabulary the tokens
     * @return the vectors of the tokens that the file has
     * @throws IllegalArgumentException if the file cannot be read or is not in this format. The message names the file,
     *     the line and what was expected there
     */
    public static WordVectors read(Path file, Vocabulary vocabulary) {
        Objects.requireNonNull(vocabulary, "vocabulary");
        try (InputStream in = Files.newInputStream(file)) {
            return new WordVectorReader(file, vocabulary).read(in);
        } catch (NoSuchFileException e) {
            String cause = "does not exist; likely cause: a misspelt name, or a path relative to another folder than "
                    + Path.of("").toAbsolutePath();
            throw new IllegalArgumentException(sentence(file, cause), e);
        } catch (AccessDeniedException e) {
            throw new IllegalArgumentException(sentence(file, "may not be read by this user"), e);
        } catch (IOException e) {
            throw new IllegalArgumentException(sentence(file, "cannot be read: " + e.getMessage()), e);
        }
    }

    static String sentence(Path file, String what) {
        return "WordVectors.read: " + file + " " + what;
    }

    /**
     * Returns the size of a vector.
     *
     * @return E, 1 or more
     */
    public int size() {
        return size;
    }

    /**
     * Returns how many tokens of the vocabulary have a vector in the file.
     *
     * @return 0 to {@link #tokens()}
     */
    public int found() {
        return found;
    }

    /**
     * Returns the number of tokens of the vocabulary.
     *
     * @return V
     */
    public int tokens() {
        return vectors.length;
    }

    /**
     * Says whether the file has a vector for a token.
     *
     * @param id 0 to {@link #tokens()}-1
     * @return true if {@link #vector} returns one
     */
    public boolean has(int id) {
        return vectors[id] != null;
    }

    /**
     * Returns the vector of a token.
     *
     * @param id 0 to {@link #tokens()}-1
     * @return a copy, {@link #size()} numbers
     * @throws IllegalArgumentException if the file has none, or there is no such id
     */
    public float[] vector(int id) {
        if (id < 0 || id >= vectors.length) {
            throw new IllegalArgumentException(
                    "WordVectors.vector: the id is " + id + ", expected 0 to " + (vectors.length - 1));
        }
        float[] vector = vectors[id];
        if (vector == null) {
            throw new IllegalArgumentException(
                    "WordVectors.vector: " + file + " has no vector for the token of id " + id);
        }
        return vector.clone();
    }

    /** A line that says how much was found: {@code glove.txt: vectors of size 100 for 812 of 1000 tokens}. */
    @Override
    public String toString() {
        return file + ": vectors of size " + size + " for " + found + " of " + vectors.length + " tokens";
    }
}
