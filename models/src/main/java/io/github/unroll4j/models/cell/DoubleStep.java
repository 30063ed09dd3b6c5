// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cell;

import org.jspecify.annotations.Nullable;

/**
 * The arrays of one time step, as a {@link PointwiseCell} sees them: each {@code double[]} holds n = rows · units numbers.
 *
 * <p>The first index is the block, state part, saved array or parameter, in the order of the {@link CellSpec}. Fields that
 * a cell has no use for are empty. The engine makes these objects once and reuses them.
 */
public final class DoubleStep {
    /** Batch rows B. */
    public final int rows;
    /** Units H. */
    public final int units;
    /** rows · units, the length of every array. */
    public final int n;
    /** (Input of forward only; save what backward needs) z = x_t W_x + b + h_prev W_h (+ b_h), for a cell that takes the sum. */
    public final double[][] z;
    /** (Input of forward only) zx = x_t W_x + b, for a cell that takes the maps apart. */
    public final double[][] zx;
    /** (Input of forward only) zh = h_prev W_h, plus b_h where the cell has one. */
    public final double[][] zh;
    /** (Input) the state before the step. */
    public final double[][] prev;
    /** (Output of forward) the state as the cell makes it: the state after the step, unless zoneout comes in between. */
    public final double[][] next;
    /** (Output of forward) what backward needs. */
    public final double[][] saved;
    /** (Input) per-unit parameters, each [H] repeated for every row, so that one index k serves them and all other arrays. */
    public final double[][] p;
    /** (Input of backward) gradient of {@code next}. */
    public final double[][] dNext;
    /** (Accumulated) gradient of {@code prev} on the pointwise paths. */
    public final double[][] dPrev;
    /** (Output of backward) gradient of {@code z}; until backward ends, room for what comes before it, such as dL/di. */
    public final double[][] dz;
    /** (Output of backward) gradient of {@code zx}. */
    public final double[][] dzx;
    /** (Output of backward) gradient of {@code zh}. */
    public final double[][] dzh;
    /** (Accumulated) gradient of {@code p}, row by row; the engine sums the rows. */
    public final double[][] dp;

    private @Nullable Listener listener;

    /**
     * Groups the arrays of a step.
     *
     * @param spec the cell
     * @param rows batch rows
     * @param units units H
     * @param a the arrays
     */
    public DoubleStep(CellSpec spec, int rows, int units, Arrays a) {
        this.rows = rows;
        this.units = units;
        n = rows * units;
        boolean apart = spec.apart();
        z = apart ? new double[0][] : a.zx;
        zx = apart ? a.zx : new double[0][];
        zh = apart ? a.zh : new double[0][];
        dz = apart ? new double[0][] : a.dzx;
        dzx = apart ? a.dzx : new double[0][];
        dzh = apart ? a.dzh : new double[0][];
        prev = a.prev;
        next = a.next;
        saved = a.saved;
        p = a.p;
        dNext = a.dNext;
        dPrev = a.dPrev;
        dp = a.dp;
    }

    /** Takes the gradients that a backward step tells beside those that it returns; for whoever keeps a trace. */
    public interface Listener {
        /**
         * The gradient of a saved array.
         *
         * @param index of the array in the {@link CellSpec}
         * @param gradient n numbers, to be copied at once
         */
        void saved(int index, double[] gradient);

        /**
         * The whole gradient of a part of the state after the step.
         *
         * @param part of the state in the {@link CellSpec}
         * @param gradient n numbers, to be copied at once
         */
        void next(int part, double[] gradient);
    }

    /**
     * For whoever keeps a trace: who hears from now on what backward tells.
     *
     * @param listener the listener, or null for none
     */
    public void listen(@Nullable Listener listener) {
        this.listener = listener;
    }

    /**
     * For backward, of use to a trace: tells the whole gradient of a saved array, such as dL/di of an input gate; free when
     * nothing is traced.
     *
     * @param index of the saved array in the {@link CellSpec}
     * @param gradient n numbers, complete at the time of the call; copied
     */
    public void gradientOfSaved(int index, double[] gradient) {
        if (listener != null) {
            listener.saved(index, whole("gradientOfSaved", index, gradient));
        }
    }

    /**
     * For backward, of use to a trace: tells the whole gradient of a part of the state after the step, where that is more
     * than {@code dNext}, because the part also acts through another part of the same step, as c of an LSTM does through h;
     * free when nothing is traced.
     *
     * @param part of the state in the {@link CellSpec}
     * @param gradient n numbers, complete at the time of the call; copied
     */
    public void gradientOfNext(int part, double[] gradient) {
        if (listener != null) {
            listener.next(part, whole("gradientOfNext", part, gradient));
        }
    }

    private double[] whole(String where, int index, double[] gradient) {
        if (gradient.length != n) {
            throw new IllegalArgumentException("DoubleStep." + where + "(" + index + "): the gradient has "
                    + gradient.length + " numbers, expected n=" + n + ", rows times units.");
        }
        return gradient;
    }

    /**
     * The arrays by role; for a summed cell {@code zx} and {@code dzx} stand for z and dz.
     *
     * @param zx input side or sum
     * @param zh recurrent side
     * @param prev state before
     * @param next state after
     * @param saved kept for backward
     * @param p per-unit parameters
     * @param dNext gradient of next
     * @param dPrev gradient of prev
     * @param dzx gradient of zx or of the sum
     * @param dzh gradient of zh
     * @param dp gradient of p
     */
    @SuppressWarnings("ArrayRecordComponent") // a carrier of live arrays, never compared
    public record Arrays(
            double[][] zx,
            double[][] zh,
            double[][] prev,
            double[][] next,
            double[][] saved,
            double[][] p,
            double[][] dNext,
            double[][] dPrev,
            double[][] dzx,
            double[][] dzh,
            double[][] dp) {}
}
