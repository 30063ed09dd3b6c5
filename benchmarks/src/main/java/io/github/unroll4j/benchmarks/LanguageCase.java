// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.benchmarks;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.cell.Cell;
import io.github.unroll4j.models.cells.Cells;
import io.github.unroll4j.models.engine.CellLayers;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.models.lm.LanguageModelObjective;
import io.github.unroll4j.models.sequence.LayerFactory;
import io.github.unroll4j.models.train.Objective;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.text.CharVocabulary;
import io.github.unroll4j.text.Windows;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * A language model on random token ids: next-token cross-entropy, state carried.
 *
 * @param name the name that the programs for other libraries use too
 * @param cell the cell of every layer
 * @param vocabulary V
 * @param embedding E, 0 for one-hot inputs
 * @param hidden H
 * @param layers number of layers
 * @param batch B
 * @param steps T
 */
record LanguageCase(
        String name, CaseCell cell, int vocabulary, int embedding, int hidden, int layers, int batch, int steps)
        implements Problem {
    /**
     * A cell. One of one's own is a class of this module and one constant here.
     *
     * @param name for the configuration
     * @param blocks of columns [H] that its weights on the input have, and on the state
     * @param layers makes its layers
     */
    record CaseCell(String name, int blocks, LayerFactory layers) {
        static final CaseCell RNN = builtIn("rnn", 1);
        static final CaseCell LSTM = builtIn("lstm", 4);
        static final CaseCell GRU = builtIn("gru", 3);
        static final CaseCell GRU_BEFORE = builtIn("gru-bahdanau-2014", 3);
        static final CaseCell OWN_RNN = own("own", 1, OwnCell::new);
        static final CaseCell OWN_LSTM = own("own-lstm", 4, OwnLstm::new);

        private static CaseCell builtIn(String name, int blocks) {
            return new CaseCell(name, blocks, Cells.named(name));
        }

        private static CaseCell own(String name, int blocks, IntFunction<? extends Cell> cell) {
            return new CaseCell(name, blocks, CellLayers.of(cell));
        }
    }

    static final List<LanguageCase> ALL = List.of(
            seed("rnn-seed", CaseCell.RNN),
            seed("rnn-seed-own-cell", CaseCell.OWN_RNN),
            seed("lstm-seed", CaseCell.LSTM),
            seed("lstm-seed-own-cell", CaseCell.OWN_LSTM),
            seed("gru-seed", CaseCell.GRU),
            seed("gru-before-seed", CaseCell.GRU_BEFORE),
            small("lstm-small", CaseCell.LSTM),
            small("lstm-small-own-cell", CaseCell.OWN_LSTM),
            small("gru-small", CaseCell.GRU),
            small("gru-before-small", CaseCell.GRU_BEFORE),
            mid("lstm-mid", CaseCell.LSTM),
            mid("gru-mid", CaseCell.GRU),
            new LanguageCase("lstm-word", CaseCell.LSTM, 10000, 200, 200, 2, 20, 20));

    private static LanguageCase seed(String name, CaseCell cell) {
        return new LanguageCase(name, cell, 33, 0, 100, 1, 1, 25);
    }

    private static LanguageCase small(String name, CaseCell cell) {
        return new LanguageCase(name, cell, 65, 0, 128, 2, 50, 50);
    }

    private static LanguageCase mid(String name, CaseCell cell) {
        return new LanguageCase(name, cell, 65, 0, 512, 2, 32, 50);
    }

    @Override
    public double tokens() {
        return (double) batch * steps;
    }

    @Override
    public Training open(Dtype dtype) {
        LanguageModel model = model(dtype);
        return new Training(objective(model), model);
    }

    private LanguageModel model(Dtype dtype) {
        List<String> tokens = IntStream.range(0, vocabulary)
                .mapToObj(i -> Character.toString(0x100 + i))
                .toList();
        return LanguageModel.create(
                CharVocabulary.ofTokens(tokens),
                new LanguageModelConfig(cell.name(), hidden, layers, dtype).embedding(embedding),
                cell.layers(),
                Rng.seeded(1));
    }

    private Objective objective(LanguageModel model) {
        Rng rng = Rng.seeded(2);
        int[] ids = IntStream.range(0, 4 * batch * steps + 1)
                .map(i -> rng.nextInt(vocabulary))
                .toArray();
        return new LanguageModelObjective(model, Windows.of(ids, steps, batch), Reduction.MEAN);
    }

    @Override
    public double productFlops() {
        double rows = (double) batch * steps;
        double products = (double) hidden * vocabulary;
        for (int i = 0; i < layers; i++) {
            int input = i == 0 ? embedding : hidden;
            products += (double) (input + hidden) * cell.blocks() * hidden;
        }
        return 3 * 2 * rows * products;
    }
}
