// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.optim;

import io.github.unroll4j.core.tensor.ShapeException;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The right class of each of [T, B] predictions, and which predictions count.
 *
 * <p>Time-major: the prediction at time t of batch entry b is row t·B + b. It counts if {@code t < lengths[b]} and its
 * id is not {@link #IGNORED}. A prediction that does not count adds nothing to a loss and has a zero gradient. Both
 * arrays are kept, not copied: a caller may refill them for each batch.
 *
 * @since 0.1.0
 */
public final class Targets {
    /** The id of a prediction that does not count, {@value}. */
    public static final int IGNORED = -1;

    private final int[] ids;
    private final int[] lengths;
    /** The batch that these are a part of; these themselves where they are a whole one. */
    private final Targets whole;

    private Targets(int[] ids, int[] lengths, @Nullable Targets whole) {
        this.ids = ids;
        this.lengths = lengths;
        this.whole = whole == null ? this : whole;
    }

    /**
     * Creates targets for batch entries of the same length.
     *
     * @param ids [T, B], time-major
     * @param batch B, 1 or more
     * @return the targets
     * @throws io.github.unroll4j.core.tensor.ShapeException if the ids are not whole time steps
     */
    public static Targets of(int[] ids, int batch) {
        int[] lengths = new int[Math.max(0, batch)];
        Arrays.fill(lengths, batch < 1 ? 0 : ids.length / batch);
        return of(ids, lengths);
    }

    /**
     * Creates targets for batch entries with padding at the end.
     *
     * @param ids [T, B], time-major; what is in the padding is never read
     * @param lengths for each batch entry the number of time steps that count, 0 to T
     * @return the targets
     * @throws io.github.unroll4j.core.tensor.ShapeException if the ids are not whole time steps
     */
    public static Targets of(int[] ids, int[] lengths) {
        if (lengths.length == 0 || ids.length % lengths.length != 0) {
            throw ShapeException.of("Targets.of", "ids", ids.length + " elements", "[T, B=" + lengths.length + "]", "");
        }
        return new Targets(ids, lengths, null);
    }

    /**
     * The same targets as a part of a larger batch: a loss divides by the numbers of tokens and rows of that, so that
     * the losses and gradients of all its parts add up to its own.
     *
     * @param batch the targets of all parts together
     * @return the changed copy; the batch itself where it has no other part
     */
    public Targets partOf(Targets batch) {
        Objects.requireNonNull(batch, "batch");
        return ids == batch.ids && lengths == batch.lengths ? batch : new Targets(ids, lengths, batch);
    }

    /** The factor that makes of the summed loss of these targets their share of the reduced one. */
    double scale(Reduction reduction, int tokens) {
        return reduction.scale(whole == this ? tokens : whole.tokens(), whole.batch());
    }

    int batch() {
        return lengths.length;
    }

    /** T·B. */
    int rows() {
        return ids.length;
    }

    int id(int row) {
        return ids[row];
    }

    boolean counts(int row) {
        return ids[row] != IGNORED && row / lengths.length < lengths[row % lengths.length];
    }

    /**
     * Checks each real token and returns their number.
     *
     * @param classes V, the number of classes
     */
    int requireTokens(int classes) {
        requireLengths("Targets", rows() / batch(), lengths);
        int tokens = 0;
        for (int row = 0; row < ids.length; row++) {
            if (counts(row)) {
                requireId(row, classes);
                tokens++;
            }
        }
        return tokens;
    }

    private int tokens() {
        int tokens = 0;
        for (int row = 0; row < ids.length; row++) {
            tokens += counts(row) ? 1 : 0;
        }
        return tokens;
    }

    /** Requires that each length is within the time steps. */
    static void requireLengths(String where, int steps, int... lengths) {
        for (int b = 0; b < lengths.length; b++) {
            if (lengths[b] < 0 || lengths[b] > steps) {
                throw new IllegalArgumentException(where + ": the length of batch entry b=" + b + " is " + lengths[b]
                        + ", expected 0 to T=" + steps + ".");
            }
        }
    }

    private void requireId(int row, int classes) {
        if (ids[row] < 0 || ids[row] >= classes) {
            throw new IllegalArgumentException("Targets: the id at t=" + row / batch() + ", b=" + row % batch() + " is "
                    + ids[row] + ", expected 0 to V-1=" + (classes - 1) + ", or " + IGNORED
                    + " to leave it out; likely cause: the text was encoded with another vocabulary.");
        }
    }
}
