// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A text or a set of documents, as ids, cut into windows for truncated backpropagation through time.
 *
 * <p>N ids in a row contain N-1 pairs (token, next token). The pairs are read in B streams, one for each row of the
 * batch, T pairs at a time. Window k has piece k of every stream. The state at the end of one window is therefore the
 * state at the start of the next, unless {@link Window#resets()} says that the row starts from zero.
 *
 * <p>A window is as wide as its longest row; shorter rows are padded ({@link Window#lengths()}). A row is shorter than
 * its window only where its document or its stream ends, so no state is carried past a padded step. <b>Every pair is
 * trained exactly once in each epoch.</b>
 *
 * <ul>
 *   <li>{@link #of(int[], int, int) A text} is cut into B contiguous streams, the longer ones first. Their lengths
 *       differ by at most one pair. Stream b+1 begins with the token that was the last target of stream b. Nothing is
 *       dropped. The state is reset where an epoch begins.
 *   <li>{@link #ofDocuments Documents} are not cut between streams: each goes to the stream that is shortest so far. No
 *       pair spans two documents. The state of a row is reset where a document begins.
 * </ul>
 *
 * <p>Windows have one index through all epochs and are computed from that index alone. There is no cursor to save: a
 * resumed run asks for the index after the last one trained.
 *
 * <p>A window costs two new arrays of T·B ids and two of B; nothing else is allocated after construction.
 *
 * @since 0.1.0
 */
public final class Windows implements Iterable<Window> {

    private final int[] ids;
    private final int steps;
    private final List<TokenStream> streams;
    private final int pairs;
    private final int perEpoch;

    private Windows(int[] ids, int steps, List<TokenStream> streams) {
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] < 0) {
                throw new IllegalArgumentException("Windows: id " + i + " is " + ids[i]
                        + ", expected 0 or more; likely cause: the text was encoded by no vocabulary");
            }
        }
        this.ids = ids;
        this.steps = steps;
        this.streams = streams;
        pairs = streams.stream().mapToInt(TokenStream::pairs).sum();
        perEpoch = streams.stream().mapToInt(TokenStream::pieces).max().orElseThrow();
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
     * @throws IllegalArgumentException if T or B is below 1, or N is below B·T+1: then some stream would not fill one
     *     window
     */
    public static Windows of(int[] ids, int steps, int batch) {
        requireSizes("Windows.of", steps, batch);
        requireTokens("Windows.of", ids, steps, batch, (long) batch * steps + 1);
        int pairs = ids.length - 1;
        List<TokenStream> streams = IntStream.range(0, batch)
                .mapToObj(b -> {
                    TokenStream stream = new TokenStream(steps);
                    int from = pairs / batch * b + Math.min(b, pairs % batch);
                    stream.add(from, pairs / batch + (b < pairs % batch ? 1 : 0));
                    return stream;
                })
                .toList();
        return new Windows(ids.clone(), steps, streams);
    }

    /**
     * Cuts a text into windows of one row exactly as the "Sequence Modeling from Scratch" notebooks do. Whenever
     * {@code p + T + 1 >= N}, their pointer p returns to 0 and the state is reset. So the last window is dropped if it
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
        requireSizes("Windows.notebook", steps, 1);
        requireTokens("Windows.notebook", ids, steps, 1, steps + 2L);
        int trained = (ids.length - 2) / steps * steps;
        return of(Arrays.copyOf(ids, trained + 1), steps);
    }

    /**
     * Cuts documents into windows of B rows, none of which mixes two documents.
     *
     * <p>In the given order, each document goes to the stream with the fewest windows so far, and of equal streams to
     * the first. A stream reads its documents one after another. The last window of a document ends where the document
     * ends. The next window of that row starts the next document from a zero state.
     *
     * @param documents the documents as ids, at least two tokens each; copied
     * @param steps T, the largest length of a window
     * @param batch B, the number of streams that are trained side by side
     * @return the windows
     * @throws IllegalArgumentException if T or B is below 1, a document has less than two tokens, or there are fewer
     *     documents than streams
     */
    public static Windows ofDocuments(List<int[]> documents, int steps, int batch) {
        requireSizes("Windows.ofDocuments", steps, batch);
        if (documents.size() < batch) {
            throw new IllegalArgumentException("Windows.ofDocuments: there are " + documents.size()
                    + " documents, expected at least batch = " + batch + "; use a smaller batch");
        }
        List<TokenStream> streams =
                IntStream.range(0, batch).mapToObj(b -> new TokenStream(steps)).toList();
        int[] all =
                new int[documents.stream().mapToInt(document -> document.length).reduce(0, Math::addExact)];
        int from = 0;
        for (int i = 0; i < documents.size(); i++) {
            int[] document = documents.get(i);
            if (document.length < 2) {
                throw new IllegalArgumentException("Windows.ofDocuments: document " + i + " has " + document.length
                        + " tokens, expected at least 2, one to read and one to predict; leave such documents out");
            }
            System.arraycopy(document, 0, all, from, document.length);
            shortest(streams).add(from, document.length - 1);
            from += document.length;
        }
        return new Windows(all, steps, streams);
    }

    private static TokenStream shortest(List<TokenStream> streams) {
        TokenStream shortest = streams.get(0);
        for (TokenStream stream : streams) {
            shortest = stream.pieces() < shortest.pieces() ? stream : shortest;
        }
        return shortest;
    }

    /**
     * Returns the number of windows of one epoch.
     *
     * @return for a text ⌈⌈(N-1)/B⌉/T⌉; for documents the number of windows of the longest stream
     */
    public int perEpoch() {
        return perEpoch;
    }

    /**
     * Returns the number of (token, next token) pairs of one epoch.
     *
     * @return for a text N-1; for documents the number of tokens minus the number of documents
     */
    public int pairs() {
        return pairs;
    }

    /**
     * Returns the number of rows of each window.
     *
     * @return B
     */
    public int batch() {
        return streams.size();
    }

    /**
     * Returns the largest number of steps of a window.
     *
     * @return T
     */
    public int steps() {
        return steps;
    }

    /**
     * Returns one window.
     *
     * @param index 0 for the first window of the first epoch, {@link #perEpoch()} for the first of the second, …
     * @return the window, with arrays of its own
     * @throws IllegalArgumentException if the index is negative
     */
    public Window at(long index) {
        if (index < 0) {
            throw new IllegalArgumentException("Windows.at: window index is " + index + ", expected at least 0");
        }
        int k = Math.toIntExact(index % perEpoch);
        int batch = batch();
        int[] lengths = new int[batch];
        boolean[] resets = new boolean[batch];
        int width = 0;
        for (int b = 0; b < batch; b++) {
            lengths[b] = streams.get(b).length(k);
            resets[b] = streams.get(b).begins(k);
            width = Math.max(width, lengths[b]);
        }
        int[] inputs = new int[width * batch];
        int[] targets = new int[width * batch];
        for (int b = 0; b < batch; b++) {
            int from = lengths[b] == 0 ? 0 : streams.get(b).first(k);
            for (int t = 0; t < lengths[b]; t++) {
                inputs[t * batch + b] = ids[from + t];
                targets[t * batch + b] = ids[from + t + 1];
            }
        }
        return new Window(width, batch, inputs, targets, lengths, resets);
    }

    /**
     * Returns the windows of one epoch in order.
     *
     * @return an iterator over windows 0 .. {@link #perEpoch()}-1
     */
    @Override
    public Iterator<Window> iterator() {
        return IntStream.range(0, perEpoch).mapToObj(this::at).iterator();
    }

    @Override
    public String toString() {
        return "Windows[steps=" + steps + ", batch=" + batch() + ", pairs=" + pairs() + ", perEpoch=" + perEpoch()
                + "]";
    }

    private static void requireSizes(String where, int steps, int batch) {
        if (steps < 1) {
            throw new IllegalArgumentException(where + ": window length is " + steps + ", expected at least 1");
        }
        if (batch < 1) {
            throw new IllegalArgumentException(where + ": batch size is " + batch + ", expected at least 1");
        }
    }

    private static void requireTokens(String where, int[] ids, int steps, int batch, long needed) {
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
