// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.testing;

import io.github.unroll4j.models.cell.Biases;
import io.github.unroll4j.models.cell.PointwiseCell;
import io.github.unroll4j.models.gru.GruCell;
import io.github.unroll4j.models.gru.GruFormulation;
import io.github.unroll4j.models.lstm.CoupledLstmCell;
import io.github.unroll4j.models.lstm.LayerNormLstmCell;
import io.github.unroll4j.models.lstm.LstmCell;
import io.github.unroll4j.models.lstm.PeepholeLstmCell;
import io.github.unroll4j.models.mgu.MinimalGatedCell;
import io.github.unroll4j.models.rnn.RnnCell;
import io.github.unroll4j.models.stranger.GainedElmanCell;
import io.github.unroll4j.models.stranger.GainedGruCell;
import io.github.unroll4j.models.stranger.SlowMemoryCell;
import io.github.unroll4j.models.stranger.UpdateGateCell;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/** All cells, for tests that hold for every one: a new cell is one new line here, and a test fails until it is. */
public final class CellCatalog {
    private static final GruFormulation WRITING =
            new GruFormulation(GruFormulation.Update.WRITES, GruFormulation.Reset.AFTER, true);

    private static final List<Entry> LIBRARY = List.of(
            new Entry("rnn, tanh", hidden -> new RnnCell(hidden, RnnCell.Activation.TANH)),
            new Entry("rnn, relu", hidden -> new RnnCell(hidden, RnnCell.Activation.RELU)),
            new Entry("rnn, two biases", hidden -> new RnnCell(hidden, RnnCell.Activation.TANH, Biases.TWO)),
            new Entry("lstm", LstmCell::new),
            new Entry("lstm, two biases", hidden -> new LstmCell(hidden, LstmCell.FORGET_BIAS, Biases.TWO)),
            new Entry("lstm, peepholes", PeepholeLstmCell::new),
            new Entry("lstm, coupled gates", CoupledLstmCell::new),
            new Entry("lstm, layer norm", LayerNormLstmCell::new),
            new Entry("gru, pytorch", GruCell::new),
            new Entry("gru, word notebook", hidden -> new GruCell(hidden, GruFormulation.NOTEBOOK_WORD)),
            new Entry("gru, z writes", hidden -> new GruCell(hidden, WRITING)),
            new Entry("mgu", MinimalGatedCell::new));

    private static final List<Entry> STRANGERS = List.of(
            new Entry("gained elman", GainedElmanCell::new),
            new Entry("update gate", UpdateGateCell::new),
            new Entry("gained gru", GainedGruCell::new),
            new Entry("slow memory", SlowMemoryCell::new));

    private CellCatalog() {}

    /**
     * One way to make a cell.
     *
     * @param name for the name of the test
     * @param make makes the cell for a number of units
     */
    public record Entry(String name, IntFunction<PointwiseCell> make) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** The cells of the library, in all their forms. */
    public static List<Entry> library() {
        return LIBRARY;
    }

    /** The cells of the library and those of the tests, which between them use every part of the contract. */
    public static List<Entry> all() {
        return Stream.concat(LIBRARY.stream(), STRANGERS.stream()).toList();
    }
}
