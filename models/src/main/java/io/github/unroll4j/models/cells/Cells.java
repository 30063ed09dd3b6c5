// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.cells;

import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.engine.CellLayers;
import io.github.unroll4j.models.sequence.LayerFactory;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;

/**
 * The cells that a configuration or a model file can name.
 *
 * @since 0.1.0
 */
public final class Cells {
    private static final Map<String, LayerFactory> BUILT_IN = new TreeMap<>(Map.ofEntries(
            entry("rnn", RnnCell::new),
            entry("rnn-relu", hidden -> new RnnCell(hidden, RnnCell.Activation.RELU, Layout.Biases.ONE)),
            entry("rnn-two-biases", hidden -> new RnnCell(hidden, RnnCell.Activation.TANH, Layout.Biases.TWO)),
            entry("lstm", LstmCell::new),
            entry("lstm-two-biases", hidden -> new LstmCell(hidden, LstmCell.FORGET_BIAS, Layout.Biases.TWO)),
            entry("lstm-peephole", PeepholeLstmCell::new),
            entry("lstm-coupled", CoupledLstmCell::new),
            entry("lstm-layer-norm", LayerNormLstmCell::new),
            entry("lstm-projected", hidden -> new ProjectedLstmCell(hidden, (hidden + 1) / 2)),
            entry("mgu", MinimalGatedCell::new),
            entry("mgu-zhou-2016", PublishedMinimalGatedCell::new),
            entry("gru", GruCell::new),
            entry("gru-notebook-word", hidden -> new GruCell(hidden, GruFormulation.NOTEBOOK_WORD)),
            entry("gru-notebook-char", hidden -> new GruResetBeforeCell(hidden, GruFormulation.NOTEBOOK_CHAR)),
            entry("gru-cho-2014", hidden -> new GruResetBeforeCell(hidden, GruFormulation.CHO_2014)),
            entry("gru-cho-2014-decoder", ContextGruCell::new),
            entry("gru-bahdanau-2014", hidden -> new GruResetBeforeCell(hidden, GruFormulation.BAHDANAU_2014))));

    private Cells() {}

    private static Map.Entry<String, LayerFactory> entry(String name, IntFunction<Cell> cell) {
        return Map.entry(name, CellLayers.of(cell));
    }

    /** {@return the names of the built-in cells, in alphabetical order} */
    public static Set<String> names() {
        return Collections.unmodifiableSet(BUILT_IN.keySet());
    }

    /**
     * A built-in cell.
     *
     * @param name e.g. {@code rnn}
     * @return makes its layers
     * @throws IllegalArgumentException if there is none of that name; the message lists the names
     */
    public static LayerFactory named(String name) {
        Objects.requireNonNull(name, "name");
        LayerFactory found = BUILT_IN.get(name);
        if (found == null) {
            throw new IllegalArgumentException(
                    "Cells.named: there is no built-in cell '" + name + "', only " + BUILT_IN.keySet()
                            + "; a model with a cell of your own is created and loaded with that cell as an argument.");
        }
        return found;
    }
}
