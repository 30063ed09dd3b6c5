// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import java.util.Arrays;
import java.util.Iterator;
import java.util.stream.IntStream;

/**
 * A text, as ids, cut into the windows of truncated back-propagation through time.
 *
 * <p>The N ids hold N-1 pairs (token, next token). They are cut into B contiguous streams, one for each row of the
 * batch, whose lengths differ by at most one pair, the longer ones first. Window k shows steps k·T .. k·T+T-1 of every
 * stream, so that the state at the end of one window is the state to start the next with; the state is reset where an
 * epoch begins. The last window of an epoch is as short as what is left. Where the streams are not equally long, the
 * rows that have ended are one token shorter than their window ({@link Window#lengths()}); this happens in the last
 * window only, so no state is ever carried beyond a padded step. <b>Every pair is trained exactly once an epoch</b>:
 * stream b+1 begins with the token that was the last target of stream b, and nothing is dropped.
 *
 * <p>Windows are numbered through all epochs and computed from their number alone. There is no cursor to keep: a run
 * is resumed by asking for the number after the last one trained.
 *
 * <p>A window costs two new arrays of T·B ids; nothing else is allocated after construction.
 */
public final class Windows implements Iterable<Window> {

    private final int[] ids;
    private final int steps;
    private final int batch;

    private Windows(int[] ids, int steps, int batch) {
        this.ids = ids;
        this.steps = steps;
        this.batch = batch;
    }

    /**
     * Cuts a text into windows of one row.
     *
     * @param ids [N] the text as ids, copied
     * @param steps T, the length of a window
     * @return the windows
     * @throws IllegalArgumentException if T is below 1 or N is below T+1
     */
    public static Windows of(int[] ids, int steps) {
        return of(ids, steps, 1);
    }

    /**
     * Cuts a text into windows of B rows.
     *
     * @param ids [N] the text as ids, copied
     * @param steps T, the length of a window
     * @param batch B, the number of streams that are trained side by side
     * @return the windows
     * @throws IllegalArgumentException if T or B is below 1 or N is below B·T+1, so that some stream would not fill one
     *     window
     */
    public static Windows of(int[] ids, int steps, int batch) {
        requireSizes("Windows.of", ids, steps, batch, (long) batch * steps + 1);
        return new Windows(ids.clone(), steps, batch);
    }

    /**
     * Cuts a text into windows of one row exactly as the "Sequence Modeling from Scratch" notebooks do: whenever
     * {@code p + T + 1 >= N} their pointer p returns to 0 and the state is reset, so that a last window is dropped if it
     * is short, and also if it ends with the text.
     *
     * <p>That is the same as {@link #of(int[], int)} on the first ⌊(N-2)/T⌋·T+1 ids.
     *
     * @param ids [N] the text as ids, copied
     * @param steps T, the length of a window
     * @return the windows
     * @throws IllegalArgumentException if T is below 1 or N is below T+2
     */
    public static Windows notebook(int[] ids, int steps) {
        requireSizes("Windows.notebook", ids, steps, 1, steps + 2L);
        int trained = (ids.length - 2) / steps * steps;
        return new Windows(Arrays.copyOf(ids, trained + 1), steps, 1);
    }

    /**
     * Returns the number of windows of one epoch.
     *
     * @return ⌈⌈(N-1)/B⌉/T⌉
     */
    public int perEpoch() {
        return (longest() + steps - 1) / steps;
    }

    /**
     * Returns the number of (token, next token) pairs of one epoch.
     *
     * @return N-1
     */
    public int pairs() {
        return ids.length - 1;
    }

    /**
     * Returns one window.
     *
     * @param number 0 for the first window of the first epoch, {@link #perEpoch()} for the first of the second, …
     * @return the window, with arrays of its own
     * @throws IllegalArgumentException if the number is negative
     */
    public Window at(long number) {
        if (number < 0) {
            throw new IllegalArgumentException("Windows.at: window number is " + number + ", expected at least 0");
        }
        int first = Math.toIntExact(number % perEpoch()) * steps;
        int width = Math.min(steps, longest() - first);
        int[] inputs = new int[width * batch];
        int[] targets = new int[width * batch];
        int[] lengths = new int[batch];
        for (int b = 0; b < batch; b++) {
            int from = start(b) + first;
            lengths[b] = Math.min(width, start(b + 1) - from);
            for (int t = 0; t < lengths[b]; t++) {
                inputs[t * batch + b] = ids[from + t];
                targets[t * batch + b] = ids[from + t + 1];
            }
        }
        return new Window(width, batch, inputs, targets, lengths, first == 0);
    }

    /**
     * Returns the windows of one epoch in order.
     *
     * @return an iterator over windows 0 .. {@link #perEpoch()}-1
     */
    @Override
    public Iterator<Window> iterator() {
        return IntStream.range(0, perEpoch()).mapToObj(this::at).iterator();
    }

    @Override
    public String toString() {
        return "Windows[steps=" + steps + ", batch=" + batch + ", pairs=" + pairs() + ", perEpoch=" + perEpoch() + "]";
    }

    /** Index of the first pair of stream b; of stream B, the end of all. */
    private int start(int b) {
        return pairs() / batch * b + Math.min(b, pairs() % batch);
    }

    /** Pairs of the longest stream. */
    private int longest() {
        return start(1);
    }

    private static void requireSizes(String where, int[] ids, int steps, int batch, long needed) {
        if (steps < 1) {
            throw new IllegalArgumentException(where + ": window length is " + steps + ", expected at least 1");
        }
        if (batch < 1) {
            throw new IllegalArgumentException(where + ": batch size is " + batch + ", expected at least 1");
        }
        if (ids.length >= needed) {
            return;
        }
        String rows = batch == 1 ? "one window" : batch + " streams of one window each";
        int largestBatch = Math.max(0, (ids.length - 1) / steps);
        String remedy = batch > 1 && largestBatch > 0
                ? "use a longer text, a batch of at most " + largestBatch + " or shorter windows"
                : "use a longer text or shorter windows";
        throw new IllegalArgumentException(where + ": the text has " + ids.length + " tokens, expected at least "
                + needed + " for " + rows + " of " + steps + "; " + remedy);
    }
}
