// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Random;

/**
 * A set of pairs, cut into batches of pairs of similar length. A seed decides their order.
 *
 * <p>As in Bahdanau, Cho and Bengio (2015), the pairs are shuffled and taken in pools of {@value #POOL} batches. Each
 * pool is sorted by length and cut into batches. Then all batches are shuffled. Each epoch has its own order. Batch n
 * depends on n and the seed only, so a resumed run sees the same batches as one that was not interrupted.
 *
 * @since 0.1.0
 */
public final class PairBatches implements Iterable<PairBatch> {
    /** Number of batches that are sorted together: {@value}. */
    public static final int POOL = 20;

    private static final Comparator<Pair> BY_LENGTH =
            Comparator.<Pair>comparingInt(p -> p.target().length).thenComparingInt(p -> p.source().length);

    private final List<Pair> pairs;
    private final int batch;
    private final long seed;
    private final boolean shuffled;
    private long epoch = -1;
    private List<List<Pair>> batches = List.of();

    private PairBatches(List<Pair> pairs, int batch, long seed, boolean shuffled) {
        if (pairs.isEmpty() || batch < 1) {
            throw new IllegalArgumentException("PairBatches: " + pairs.size() + " pairs in batches of " + batch
                    + ", expected at least one pair and batches of at least 1");
        }
        this.pairs = List.copyOf(pairs);
        this.batch = batch;
        this.seed = seed;
        this.shuffled = shuffled;
    }

    /**
     * Returns batches for training.
     *
     * @param pairs all pairs
     * @param batch B, the number of pairs; one batch of an epoch may have fewer
     * @param seed decides the order
     * @return the batches
     */
    public static PairBatches shuffled(List<Pair> pairs, int batch, long seed) {
        return new PairBatches(pairs, batch, seed, true);
    }

    /**
     * Returns batches for evaluation: sorted by length, each pair once, always in the same order.
     *
     * @param pairs all pairs
     * @param batch B, the number of pairs of a batch
     * @return the batches
     */
    public static PairBatches sorted(List<Pair> pairs, int batch) {
        return new PairBatches(pairs, batch, 0, false);
    }

    /** {@return B, the number of pairs of a batch; one batch of an epoch may have fewer} */
    public int batch() {
        return Math.min(batch, pairs.size());
    }

    /** {@return the number of batches of an epoch} */
    public int perEpoch() {
        return (pairs.size() - 1) / batch + 1; // of one pair or more
    }

    /**
     * Returns one batch.
     *
     * @param n its index through all epochs, from 0
     * @return the pairs side by side
     */
    public PairBatch at(long n) {
        if (n < 0) {
            throw new IllegalArgumentException("PairBatches.at: the index is " + n + ", expected 0 or more");
        }
        long wanted = n / perEpoch();
        if (wanted != epoch) {
            batches = cut(wanted);
            epoch = wanted;
        }
        return PairBatch.of(batches.get((int) (n % perEpoch())));
    }

    private List<List<Pair>> cut(long index) {
        List<Pair> order = new ArrayList<>(pairs);
        Random random = new Random(seed * 0x9E3779B97F4A7C15L + index);
        if (shuffled) {
            Collections.shuffle(order, random);
        }
        int pool = shuffled ? (int) Math.min((long) POOL * batch, order.size()) : order.size();
        List<List<Pair>> cut = new ArrayList<>();
        for (int from = 0; from < order.size(); from += pool) {
            List<Pair> sorted = order.subList(from, Math.min(order.size(), from + pool));
            sorted.sort(BY_LENGTH);
            for (int at = 0; at < sorted.size(); at += batch) {
                cut.add(List.copyOf(sorted.subList(at, Math.min(sorted.size(), at + batch))));
            }
        }
        if (shuffled) {
            Collections.shuffle(cut, random);
        }
        return cut;
    }

    /** Returns the batches of the first epoch. */
    @Override
    public Iterator<PairBatch> iterator() {
        List<List<Pair>> all = cut(0);
        return all.stream().map(PairBatch::of).iterator();
    }
}
