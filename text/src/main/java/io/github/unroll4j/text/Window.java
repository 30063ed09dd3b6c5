// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The token ids of one training step: {@code batch} rows of at most {@code steps} tokens and, for each token, the token
 * that follows it.
 *
 * <p>Inputs and targets are time-major: step t of row b is at index {@code t * batch + b}. Row b has {@code lengths[b]}
 * tokens. The entries after them are padding (id 0), which must not enter the loss. The arrays belong to the caller
 * that asked for the window. Two windows are compared by the identity of their arrays, not by their content.
 *
 * @param steps T, the number of time steps
 * @param batch B, the number of rows
 * @param inputs [T·B] ids of the tokens read
 * @param targets [T·B] ids of the tokens to be predicted: for each input the token that follows it in the text
 * @param lengths [B] number of real tokens of each row, 0 .. T
 * @param resets [B] whether the state of a row must start from zero here; otherwise it is carried over from the
 *     previous window
 * @since 0.1.0
 */
@SuppressWarnings("ArrayRecordComponent") // windows hold whole batches and are never compared
public record Window(int steps, int batch, int[] inputs, int[] targets, int[] lengths, boolean[] resets) {

    /**
     * Checks that the sizes fit together.
     *
     * @param steps T, the number of time steps
     * @param batch B, the number of rows
     * @param inputs [T·B] ids of the tokens read
     * @param targets [T·B] ids of the tokens to be predicted
     * @param lengths [B] number of real tokens of each row, 0 .. T
     * @param resets [B] whether the state of a row must start from zero here
     * @throws IllegalArgumentException if steps or batch is below 1, an array has another length, or a row is longer
     *     than the window
     */
    public Window {
        if (steps < 1 || batch < 1) {
            throw new IllegalArgumentException(
                    "Window: steps is " + steps + " and batch is " + batch + ", expected both at least 1");
        }
        long entries = (long) steps * batch;
        if (inputs.length != entries
                || targets.length != entries
                || lengths.length != batch
                || resets.length != batch) {
            throw new IllegalArgumentException("Window: inputs, targets, lengths and resets have " + inputs.length
                    + ", " + targets.length + ", " + lengths.length + " and " + resets.length
                    + " entries, expected steps * batch = " + entries + ", " + entries + ", batch = " + batch + " and "
                    + batch);
        }
        for (int b = 0; b < batch; b++) {
            if (lengths[b] < 0 || lengths[b] > steps) {
                throw new IllegalArgumentException(
                        "Window: lengths[" + b + "] is " + lengths[b] + ", expected 0.." + steps);
            }
        }
    }

    /**
     * Cuts the window into parts of rows side by side, which take about as long to run. All have {@code steps} steps.
     *
     * @param parts how many; there are fewer where the rows do not suffice
     * @return the parts, in order
     * @throws IllegalArgumentException if {@code parts} is below 1
     */
    public List<Window> split(int parts) {
        if (parts == 1) {
            return List.of(this);
        }
        int[] bounds = Shares.cut(parts, lengths);
        List<Window> split = new ArrayList<>();
        for (int i = 0; i + 1 < bounds.length; i++) {
            split.add(bounds.length == 2 ? this : rows(bounds[i], bounds[i + 1]));
        }
        return split;
    }

    /**
     * Some of the rows.
     *
     * @param from the first
     * @param to the one after the last
     * @return a window of as many steps, with arrays of its own
     */
    public Window rows(int from, int to) {
        return new Window(
                steps,
                to - from,
                Shares.columns(inputs, steps, batch, from, to),
                Shares.columns(targets, steps, batch, from, to),
                Arrays.copyOfRange(lengths, from, to),
                Arrays.copyOfRange(resets, from, to));
    }

    /**
     * Returns the number of real tokens. A mean loss is divided by it.
     *
     * @return the sum of the lengths
     */
    public int tokens() {
        int sum = 0;
        for (int length : lengths) {
            sum += length;
        }
        return sum;
    }

    /**
     * Says whether there is no padding. Then no mask is needed.
     *
     * @return true if every row has {@code steps} tokens
     */
    public boolean full() {
        return tokens() == inputs.length;
    }

    @Override
    public String toString() {
        return "Window[steps=" + steps + ", batch=" + batch + ", tokens=" + tokens() + ", resets="
                + Arrays.toString(resets) + "]";
    }
}
