// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import io.github.unroll4j.models.gru.GruCell;
import io.github.unroll4j.models.gru.GruFormulation;
import io.github.unroll4j.models.gru.GruResetBeforeCell;
import io.github.unroll4j.models.lstm.CoupledLstmCell;
import io.github.unroll4j.models.lstm.LayerNormLstmCell;
import io.github.unroll4j.models.lstm.LstmCell;
import io.github.unroll4j.models.lstm.PeepholeLstmCell;
import io.github.unroll4j.models.mgu.MinimalGatedCell;
import io.github.unroll4j.models.rnn.RnnCell;
import io.github.unroll4j.models.sequence.LayerFactory;
import io.github.unroll4j.models.sequence.Unrolled;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The cells that a configuration or a model file can name. */
public final class Cells {
    private static final Map<String, LayerFactory> BUILT_IN = new TreeMap<>(Map.of(
            "rnn", LayerFactory.of(hidden -> new RnnCell(hidden, RnnCell.Activation.TANH)),
            "rnn-relu", LayerFactory.of(hidden -> new RnnCell(hidden, RnnCell.Activation.RELU)),
            "lstm", LayerFactory.of(LstmCell::new),
            "lstm-peephole", LayerFactory.of(PeepholeLstmCell::new),
            "lstm-coupled", LayerFactory.of(CoupledLstmCell::new),
            "lstm-layer-norm", LayerFactory.of(LayerNormLstmCell::new),
            "mgu", LayerFactory.of(MinimalGatedCell::new),
            "gru", LayerFactory.of(GruCell::new),
            "gru-cho-2014", resetBefore(GruFormulation.CHO_2014),
            "gru-bahdanau-2014", resetBefore(GruFormulation.BAHDANAU_2014)));

    private Cells() {}

    private static LayerFactory resetBefore(GruFormulation formulation) {
        return (inputSize, hidden, p) -> new Unrolled<>(new GruResetBeforeCell(hidden, inputSize, formulation, p));
    }

    /** The names of the built-in cells, in alphabetical order. */
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
        LayerFactory found = BUILT_IN.get(name);
        if (found == null) {
            throw new IllegalArgumentException(
                    "Cells.named: there is no built-in cell '" + name + "', only " + BUILT_IN.keySet()
                            + "; a model with a cell of your own is created and loaded with that cell as an argument.");
        }
        return found;
    }
}
