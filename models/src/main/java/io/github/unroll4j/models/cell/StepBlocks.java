// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cell;

import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.core.tensor.Vec;

/**
 * The blocks of rows [B,G·H], such as z_i | z_f | z_o | z_g, taken apart and joined again, for cells that are run step by step.
 *
 * <p>Unit k of row b of a block [B,H] is at b·H + k, where it is in a state [B,H]: an equation is a plain loop over B·H then.
 */
public final class StepBlocks {
    private StepBlocks() {}

    /**
     * One block of rows.
     *
     * @param rows [B,G·H]
     * @param block which of the G, from 0
     * @param units units H
     * @return a copy [B,H]
     */
    public static Vec block(Tensor rows, int block, int units) {
        int B = rows.size(0);
        int width = rows.size(1);
        Vec copy = Vec.zeros(rows.dtype(), B * units);
        for (int b = 0; b < B; b++) {
            copy.copy(b * units, rows.data(), b * width + block * units, units);
        }
        return copy;
    }

    /**
     * Rows of blocks.
     *
     * @param units units H
     * @param blocks [B,H] each, in the order of the columns
     * @return a new tensor [B,G·H]
     */
    public static Tensor join(int units, Vec... blocks) {
        int B = blocks[0].length() / units;
        int width = blocks.length * units;
        Tensor rows = Tensor.zeros(blocks[0].dtype(), B, width);
        for (int g = 0; g < blocks.length; g++) {
            for (int b = 0; b < B; b++) {
                rows.data().copy(b * width + g * units, blocks[g], b * units, units);
            }
        }
        return rows;
    }
}
