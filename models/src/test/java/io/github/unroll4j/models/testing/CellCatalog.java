// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.testing;

import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cells.ContextGruCell;
import io.github.unroll4j.models.cells.CoupledLstmCell;
import io.github.unroll4j.models.cells.GruCell;
import io.github.unroll4j.models.cells.GruFormulation;
import io.github.unroll4j.models.cells.GruFormulation.Reset;
import io.github.unroll4j.models.cells.GruFormulation.Update;
import io.github.unroll4j.models.cells.GruResetBeforeCell;
import io.github.unroll4j.models.cells.LayerNormLstmCell;
import io.github.unroll4j.models.cells.LstmCell;
import io.github.unroll4j.models.cells.MinimalGatedCell;
import io.github.unroll4j.models.cells.PeepholeLstmCell;
import io.github.unroll4j.models.cells.ProjectedLstmCell;
import io.github.unroll4j.models.cells.PublishedMinimalGatedCell;
import io.github.unroll4j.models.cells.RnnCell;
import io.github.unroll4j.models.stranger.DeepTransitionCell;
import io.github.unroll4j.models.stranger.GainedElmanCell;
import io.github.unroll4j.models.stranger.GainedGruCell;
import io.github.unroll4j.models.stranger.ResetBeforeGru;
import io.github.unroll4j.models.stranger.SlowMemoryCell;
import io.github.unroll4j.models.stranger.UpdateGateCell;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/** All cells, for tests that hold for every one: a new cell is one new line here, and a test fails until it is. */
public final class CellCatalog {
    private static final List<Entry> LIBRARY = List.of(
            new Entry("rnn, tanh", hidden -> new RnnCell(hidden, RnnCell.Activation.TANH)),
            new Entry("rnn, relu", hidden -> new RnnCell(hidden, RnnCell.Activation.RELU)),
            new Entry("rnn, two biases", hidden -> new RnnCell(hidden, RnnCell.Activation.TANH, Layout.Biases.TWO)),
            new Entry("rnn, no bias", hidden -> new RnnCell(hidden, RnnCell.Activation.TANH, Layout.Biases.NONE)),
            new Entry("lstm", LstmCell::new),
            new Entry("lstm, two biases", hidden -> new LstmCell(hidden, LstmCell.FORGET_BIAS, Layout.Biases.TWO)),
            new Entry("lstm, no bias", hidden -> new LstmCell(hidden, LstmCell.FORGET_BIAS, Layout.Biases.NONE)),
            new Entry("lstm, peepholes", PeepholeLstmCell::new),
            new Entry("lstm, coupled gates", CoupledLstmCell::new),
            new Entry("lstm, layer norm", LayerNormLstmCell::new),
            new Entry("lstm, projected", hidden -> new ProjectedLstmCell(hidden + 2, hidden)),
            new Entry("lstm, projected, two biases", hidden -> projected(hidden, Layout.Biases.TWO)),
            new Entry("lstm, projected, no bias", hidden -> projected(hidden, Layout.Biases.NONE)),
            new Entry("gru, pytorch", GruCell::new),
            new Entry("gru, word notebook", hidden -> new GruCell(hidden, GruFormulation.NOTEBOOK_WORD)),
            new Entry("gru, no bias", gru(Update.KEEPS, Reset.AFTER, Layout.Biases.NONE)),
            new Entry("gru, z writes", gru(Update.WRITES, Reset.AFTER, Layout.Biases.TWO)),
            new Entry("gru, cho 2014", hidden -> new GruResetBeforeCell(hidden, GruFormulation.CHO_2014)),
            new Entry("gru, cho 2014, decoder", ContextGruCell::new),
            new Entry("gru, bahdanau 2014", hidden -> new GruResetBeforeCell(hidden, GruFormulation.BAHDANAU_2014)),
            new Entry("gru, character notebook", gru(Update.WRITES, Reset.BEFORE, Layout.Biases.ONE)),
            new Entry("gru, reset before, two biases", gru(Update.KEEPS, Reset.BEFORE, Layout.Biases.TWO)),
            new Entry("mgu", MinimalGatedCell::new),
            new Entry("mgu, two biases", hidden -> new MinimalGatedCell(hidden, Layout.Biases.TWO)),
            new Entry("mgu, no bias", hidden -> new MinimalGatedCell(hidden, Layout.Biases.NONE)),
            new Entry("mgu, as published", PublishedMinimalGatedCell::new),
            new Entry(
                    "mgu, as published, two biases",
                    hidden -> new PublishedMinimalGatedCell(hidden, Layout.Biases.TWO)),
            new Entry(
                    "mgu, as published, no bias", hidden -> new PublishedMinimalGatedCell(hidden, Layout.Biases.NONE)));

    private static final List<Entry> STRANGERS = List.of(
            new Entry("gained elman", GainedElmanCell::new),
            new Entry("update gate", UpdateGateCell::new),
            new Entry("gained gru", GainedGruCell::new),
            new Entry("slow memory", SlowMemoryCell::new),
            new Entry("somebody's reset before", ResetBeforeGru::new),
            new Entry("deep transition", DeepTransitionCell::new));

    private CellCatalog() {}

    private static Cell projected(int size, Layout.Biases biases) {
        return new ProjectedLstmCell(size + 2, size, LstmCell.FORGET_BIAS, biases);
    }

    private static IntFunction<Cell> gru(Update update, Reset reset, Layout.Biases biases) {
        GruFormulation formulation = new GruFormulation(update, reset, biases);
        return hidden ->
                reset == Reset.AFTER ? new GruCell(hidden, formulation) : new GruResetBeforeCell(hidden, formulation);
    }

    /**
     * One way to make a cell.
     *
     * @param name for the name of the test
     * @param make makes the cell for a size of an output row, which is the number of units unless the cell projects its
     *     output
     */
    public record Entry(String name, IntFunction<Cell> make) {
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
