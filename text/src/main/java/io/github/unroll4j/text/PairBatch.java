// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Pairs of sequences side by side, time-major and padded.
 *
 * <p>Token t of row b is at index {@code t·B + b} in each array of ids. The target sequence is there twice:
 * {@code inputs} begin with {@code <SOS>}, {@code targets} end with {@code <EOS>}. Token t of the targets is to be
 * predicted after the inputs up to t were read. Padding is id 0.
 *
 * @param source [S·B] ids
 * @param sourceLengths [B] number of real tokens of each source, 0 or more
 * @param inputs [T·B] ids that the decoder reads
 * @param targets [T·B] ids that the decoder is to predict
 * @param targetLengths [B] number of real tokens of each target, {@code <EOS>} included
 * @since 0.1.0
 */
@SuppressWarnings("ArrayRecordComponent") // carries fresh arrays, never compared
public record PairBatch(int[] source, int[] sourceLengths, int[] inputs, int[] targets, int[] targetLengths) {
    /**
     * Checks that the sizes fit together.
     *
     * @param source {@link #source()}
     * @param sourceLengths {@link #sourceLengths()}
     * @param inputs {@link #inputs()}
     * @param targets {@link #targets()}
     * @param targetLengths {@link #targetLengths()}
     * @throws IllegalArgumentException if there is no row, or arrays or lengths do not fit each other
     */
    public PairBatch {
        int B = sourceLengths.length;
        boolean fit = B > 0
                && targetLengths.length == B
                && source.length >= B
                && source.length % B == 0
                && inputs.length == targets.length
                && inputs.length >= B
                && inputs.length % B == 0;
        if (!fit) {
            throw new IllegalArgumentException("PairBatch: source, inputs and targets have " + source.length + ", "
                    + inputs.length + " and " + targets.length + " ids, and there are " + B + " lengths of sources and "
                    + targetLengths.length + " of targets; expected B lengths of each, S*B, T*B and T*B ids");
        }
        for (int b = 0; b < B; b++) {
            if (sourceLengths[b] < 0
                    || sourceLengths[b] > source.length / B
                    || targetLengths[b] < 0
                    || targetLengths[b] > inputs.length / B) {
                throw new IllegalArgumentException("PairBatch: row " + b + " has a source of " + sourceLengths[b]
                        + " and a target of " + targetLengths[b] + " tokens, expected 0 to " + source.length / B
                        + " and 0 to " + inputs.length / B);
            }
        }
    }

    /**
     * Puts pairs into one batch.
     *
     * @param pairs at least one
     * @return the batch; S is the length of the longest source, T that of the longest target with {@code <EOS>}, both
     *     at least 1
     */
    public static PairBatch of(List<Pair> pairs) {
        if (pairs.isEmpty()) {
            throw new IllegalArgumentException("PairBatch.of: there is no pair, expected at least one");
        }
        int B = pairs.size();
        int S = 1;
        int T = 1;
        for (Pair pair : pairs) {
            S = Math.max(S, pair.source().length);
            T = Math.max(T, pair.target().length + 1);
        }
        PairBatch batch = new PairBatch(new int[S * B], new int[B], new int[T * B], new int[T * B], new int[B]);
        for (int b = 0; b < B; b++) {
            batch.fill(b, pairs.get(b));
        }
        return batch;
    }

    private void fill(int b, Pair pair) {
        int B = batch();
        sourceLengths[b] = pair.source().length;
        targetLengths[b] = pair.target().length + 1;
        for (int s = 0; s < pair.source().length; s++) {
            source[s * B + b] = pair.source()[s];
        }
        inputs[b] = WordVocabulary.SOS_ID;
        for (int t = 0; t < pair.target().length; t++) {
            inputs[(t + 1) * B + b] = pair.target()[t];
            targets[t * B + b] = pair.target()[t];
        }
        targets[pair.target().length * B + b] = WordVocabulary.EOS_ID;
    }

    /**
     * Cuts the batch into parts of pairs side by side, which take about as long to run. Each is as long as its longest
     * source and target.
     *
     * @param parts how many; there are fewer where the pairs do not suffice
     * @return the parts, in order
     * @throws IllegalArgumentException if {@code parts} is below 1
     */
    public List<PairBatch> split(int parts) {
        if (parts == 1) {
            return List.of(this);
        }
        int[] bounds = Shares.cut(parts, sourceLengths, targetLengths);
        List<PairBatch> split = new ArrayList<>();
        for (int i = 0; i + 1 < bounds.length; i++) {
            split.add(bounds.length == 2 ? this : rows(bounds[i], bounds[i + 1]));
        }
        return split;
    }

    private PairBatch rows(int from, int to) {
        int[] sources = Arrays.copyOfRange(sourceLengths, from, to);
        int[] theirTargets = Arrays.copyOfRange(targetLengths, from, to);
        int S = Math.max(1, Arrays.stream(sources).max().orElse(1));
        int T = Math.max(1, Arrays.stream(theirTargets).max().orElse(1));
        return new PairBatch(
                Shares.columns(source, S, batch(), from, to),
                sources,
                Shares.columns(inputs, T, batch(), from, to),
                Shares.columns(targets, T, batch(), from, to),
                theirTargets);
    }

    /** {@return B, the number of pairs} */
    public int batch() {
        return sourceLengths.length;
    }

    /** {@return S, the length of the longest source, at least 1} */
    public int sourceSteps() {
        return source.length / batch();
    }

    /** {@return T, the length of the longest target with {@code <EOS>}} */
    public int targetSteps() {
        return inputs.length / batch();
    }

    @Override
    public String toString() {
        return "PairBatch[batch=" + batch() + ", sourceSteps=" + sourceSteps() + ", targetSteps=" + targetSteps()
                + ", sourceLengths=" + Arrays.toString(sourceLengths) + ", targetLengths="
                + Arrays.toString(targetLengths) + "]";
    }
}
