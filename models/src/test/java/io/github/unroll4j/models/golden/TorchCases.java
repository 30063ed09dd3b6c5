// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.golden;

import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cell.Layout;
import io.github.unroll4j.models.cells.GruCell;
import io.github.unroll4j.models.cells.LstmCell;
import io.github.unroll4j.models.cells.ProjectedLstmCell;
import io.github.unroll4j.models.cells.RnnCell;
import io.github.unroll4j.models.engine.CellLayers;
import java.util.Locale;
import java.util.stream.Stream;

/** The cases of {@code tools/golden/recurrent_golden.py}. */
final class TorchCases {
    private static final int PROJECTED = 2;

    private TorchCases() {}

    /** One case and what it is a case of. */
    record TorchCase(TorchLayout layout, Golden golden) {
        /** Our layers in the engine; a GRU has two biases in either mode. */
        TorchLayer layer(Layout.Biases biases) {
            return new TorchLayer(golden, layout, CellLayers.of(hidden -> cell(hidden, biases)));
        }

        /** The same in the plain loop. */
        TorchLayer inPlainLoop(Layout.Biases biases) {
            return new TorchLayer(
                    golden,
                    layout,
                    CellLayers.of(hidden -> cell(hidden, biases)).plain());
        }

        private Cell cell(int hidden, Layout.Biases biases) {
            if (golden.is("projection")) {
                return new ProjectedLstmCell(hidden, PROJECTED, LstmCell.FORGET_BIAS, biases);
            }
            return switch (layout) {
                case RNN ->
                    new RnnCell(hidden, golden.is("relu") ? RnnCell.Activation.RELU : RnnCell.Activation.TANH, biases);
                case LSTM -> new LstmCell(hidden, LstmCell.FORGET_BIAS, biases);
                case GRU -> new GruCell(hidden);
            };
        }

        TorchCase spoilt(String name, int index, double by) {
            return new TorchCase(layout, golden.spoilt(name, index, by));
        }

        @Override
        public String toString() {
            return layout + " " + golden;
        }
    }

    /** Cases of outputs and gradients. */
    static Stream<TorchCase> gradients() {
        return all().filter(c -> !c.golden.is("train"));
    }

    /** Cases of training. */
    static Stream<TorchCase> training() {
        return all().filter(c -> c.golden.is("train"));
    }

    private static Stream<TorchCase> all() {
        return Stream.of(TorchLayout.values())
                .flatMap(layout -> Golden.read(layout.name().toLowerCase(Locale.ROOT) + "-torch-1.13.txt").stream()
                        .map(golden -> new TorchCase(layout, golden)));
    }
}
