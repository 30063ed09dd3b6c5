// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import io.github.unroll4j.models.cell.PointwiseCell;
import io.github.unroll4j.models.gru.GruCell;
import io.github.unroll4j.models.lstm.LstmCell;
import io.github.unroll4j.models.rnn.RnnCell;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;

/** The cells that a configuration or a model file can name. */
public final class Cells {
    private static final Map<String, IntFunction<PointwiseCell>> BUILT_IN = new TreeMap<>(Map.of(
            "rnn", hidden -> new RnnCell(hidden, RnnCell.Activation.TANH),
            "rnn-relu", hidden -> new RnnCell(hidden, RnnCell.Activation.RELU),
            "lstm", LstmCell::new,
            "gru", GruCell::new));

    private Cells() {}

    /**
     * A built-in cell.
     *
     * @param name e.g. {@code rnn}
     * @return makes the cell for a number of units
     * @throws IllegalArgumentException if there is none of that name; the message lists the names
     */
    public static IntFunction<PointwiseCell> named(String name) {
        IntFunction<PointwiseCell> found = BUILT_IN.get(name);
        if (found == null) {
            throw new IllegalArgumentException("Cells.named: there is no built-in cell '" + name + "', only " + BUILT_IN.keySet()
                    + "; a model with a cell of your own is created and loaded with that cell as an argument.");
        }
        return found;
    }
}
