// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cell;

import io.github.unroll4j.core.param.Init;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a pointwise cell is made of: names and sizes from which the engine declares parameters and lays out memory.
 *
 * @param name stable short name, e.g. {@code rnn}; the scope of the parameter names
 * @param affine whether the cell sees the two affine maps summed or apart
 * @param blocks names of the affine blocks, in the order of the columns of W_x and W_h, e.g. i, f, o, g
 * @param state names of the state parts, each [B,H]; the first is the output h
 * @param saved names of the arrays [B,H] that forward keeps for backward, e.g. the activated gates
 * @param unitParameters per-unit parameters [H] beyond the affine maps, e.g. peepholes
 * @param start how W_x, W_h and the biases start
 */
public record CellSpec(
        String name,
        Affine affine,
        List<String> blocks,
        List<String> state,
        List<String> saved,
        List<UnitParameter> unitParameters,
        Start start) {

    /** How the input side and the recurrent side reach the cell. */
    public enum Affine {
        /** As one sum z = x_t W_x + b + h_prev W_h; backward writes one dz. */
        SUMMED,
        /** As {@link #SUMMED}, with a recurrent bias beside the first: z = x_t W_x + b + h_prev W_h + b_h (see {@link Biases#TWO}). */
        SUMMED_WITH_RECURRENT_BIAS,
        /** As zx = x_t W_x + b and zh = h_prev W_h apart; backward writes dzx and dzh. */
        APART,
        /** As {@link #APART}, with a recurrent bias: zh = h_prev W_h + b_h. */
        APART_WITH_RECURRENT_BIAS
    }

    /**
     * A per-unit parameter, [H]: one number per unit, the same for every row.
     *
     * @param name short name, e.g. {@code p_i}
     * @param init how it starts
     */
    public record UnitParameter(String name, Init init) {}

    /**
     * Initialisers of the affine maps.
     *
     * @param inputWeights for W_x [D,G·H]
     * @param recurrentWeights for W_h [H,G·H]
     * @param bias for b [G·H]; b_h, where there is one, starts at zeros, so that what is meant for the sum is not there twice
     */
    public record Start(Init inputWeights, Init recurrentWeights, Init bias) {}

    /** Copies the lists and checks that a cell has at least one block and one state part, and no name in a trace twice. */
    public CellSpec {
        blocks = List.copyOf(blocks);
        state = List.copyOf(state);
        saved = List.copyOf(saved);
        unitParameters = List.copyOf(unitParameters);
        if (blocks.isEmpty() || state.isEmpty()) {
            throw new IllegalArgumentException(
                    "CellSpec(" + name + "): a cell has at least one affine block and one state part, found blocks "
                            + blocks + " and state " + state + ".");
        }
        Set<String> names = new HashSet<>(state);
        for (String array : saved) {
            if (!names.add(array)) {
                throw new IllegalArgumentException(
                        "CellSpec(" + name + "): " + array + " is saved twice, or is a part of the state " + state
                                + " too; expected a name for each, under which a trace shows it.");
            }
        }
    }

    /** Whether zx and zh reach the cell apart. */
    public boolean apart() {
        return affine == Affine.APART || affine == Affine.APART_WITH_RECURRENT_BIAS;
    }

    /** Whether there is a bias b_h on the recurrent side. */
    public boolean recurrentBias() {
        return affine == Affine.SUMMED_WITH_RECURRENT_BIAS || affine == Affine.APART_WITH_RECURRENT_BIAS;
    }

    /**
     * The same cell with other initialisers.
     *
     * @param other how the affine maps start
     * @return a copy
     */
    public CellSpec startingWith(Start other) {
        return new CellSpec(name, affine, blocks, state, saved, unitParameters, other);
    }
}
