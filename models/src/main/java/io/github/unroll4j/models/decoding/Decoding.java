// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.decoding;

/**
 * How to search for a target.
 *
 * <p>At each step the continuations of all live hypotheses compete by ln p: the best of those that do not end live on,
 * and those among them that end are put aside. The search is over once as many have ended as there are beams, or at the
 * longest length. The answer has the hypotheses that ended, best score first, and after them those that had not. {@code
 * <SOS>} is never a target in training and is never chosen; {@code <EOS>} ends a target and is no part of it; {@code
 * <UNK>} is a token like any other. Of equally likely tokens the one with the lowest id is taken.
 *
 * <p>Where all targets up to the longest length fit into the beam, nothing is cut, and the answer is that of an
 * exhaustive search: it has the targets that end with the best scores of all.
 *
 * @param beams hypotheses kept at each step; 1 takes the most likely token each time
 * @param best how many hypotheses to return, at most {@code beams}
 * @param lengthPenalty α: hypotheses compete by ln p / length^α, the length counting {@code <EOS>} where it is
 *     reached, so that 0 compares sums, which favours short ones, and 1 means per token
 * @param maxLength longest target without {@code <EOS>}; a hypothesis that has so many tokens and does not end then is
 *     returned unfinished
 * @since 0.1.0
 */
public record Decoding(int beams, int best, double lengthPenalty, int maxLength) {
    /** The longest target unless said otherwise, {@value}. */
    public static final int MAX_LENGTH = 100;

    /** The widest beam, {@value}. */
    public static final int MOST_BEAMS = 1000;

    /** The longest target that may be asked for, {@value}. */
    public static final int MOST_TOKENS = 100_000;

    /** The largest length penalty, {@value}: published ones lie between 0 and 2. */
    public static final double MOST_PENALTY = 10;

    /**
     * Checks the numbers.
     *
     * @param beams {@link #beams()}
     * @param best {@link #best()}
     * @param lengthPenalty {@link #lengthPenalty()}
     * @param maxLength {@link #maxLength()}
     */
    public Decoding {
        if (beams > MOST_BEAMS) {
            throw new IllegalArgumentException("Decoding: beams is " + beams + ", expected at most " + MOST_BEAMS
                    + ": each costs a row of memory.");
        }
        if (beams < 1 || best < 1 || best > beams || maxLength < 1) {
            throw new IllegalArgumentException("Decoding: beams is " + beams + ", best " + best + ", maxLength "
                    + maxLength + "; expected 1 or more, and best at most beams.");
        }
        requireTokens("Decoding", maxLength);
        if (!(lengthPenalty >= 0 && lengthPenalty <= MOST_PENALTY)) {
            throw new IllegalArgumentException(
                    "Decoding: lengthPenalty is " + lengthPenalty + ", expected 0 to " + MOST_PENALTY + ".");
        }
    }

    /**
     * Requires a longest length, of a search or of a draw.
     *
     * @param where the operation, for the message
     * @param maxLength longest target
     * @return the same
     * @throws IllegalArgumentException unless it is 1 to {@value #MOST_TOKENS}
     */
    public static int requireTokens(String where, int maxLength) {
        if (maxLength < 1 || maxLength > MOST_TOKENS) {
            throw new IllegalArgumentException(where + ": maxLength is " + maxLength + ", expected 1 to " + MOST_TOKENS
                    + ": a model need not end by itself, and each token costs memory.");
        }
        return maxLength;
    }

    /** {@return the most likely token at each step} */
    public static Decoding greedy() {
        return new Decoding(1, 1, 0, MAX_LENGTH);
    }

    /**
     * Beam search with the mean log-probability a token deciding, for the best hypothesis.
     *
     * @param beams hypotheses kept at each step
     * @return the search
     */
    public static Decoding beam(int beams) {
        return new Decoding(beams, 1, 1, MAX_LENGTH);
    }

    /**
     * The same with another limit.
     *
     * @param tokens longest target without {@code <EOS>}
     * @return the changed copy
     */
    public Decoding upTo(int tokens) {
        return new Decoding(beams, best, lengthPenalty, tokens);
    }

    /**
     * The same with several hypotheses in the answer.
     *
     * @param count how many
     * @return the changed copy
     */
    public Decoding nBest(int count) {
        return new Decoding(beams, count, lengthPenalty, maxLength);
    }
}
