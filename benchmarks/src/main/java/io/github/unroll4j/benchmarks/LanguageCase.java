// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.benchmarks;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.lm.Cells;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.models.lm.LanguageModelObjective;
import io.github.unroll4j.models.sequence.LayerFactory;
import io.github.unroll4j.models.train.Objective;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.text.CharVocabulary;
import io.github.unroll4j.text.Windows;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A language model on random token ids: next-token cross-entropy, state carried.
 *
 * @param name the name that the programs for other libraries use too
 * @param cell name of the cell
 * @param vocabulary V
 * @param embedding E, 0 for one-hot inputs
 * @param hidden H
 * @param layers number of layers
 * @param batch B
 * @param steps T
 */
record LanguageCase(
        String name, String cell, int vocabulary, int embedding, int hidden, int layers, int batch, int steps)
        implements Problem {
    static final List<LanguageCase> ALL = List.of(
            new LanguageCase("rnn-seed", "rnn", 33, 0, 100, 1, 1, 25),
            new LanguageCase("rnn-seed-own-cell", "own", 33, 0, 100, 1, 1, 25),
            new LanguageCase("lstm-seed", "lstm", 33, 0, 100, 1, 1, 25),
            new LanguageCase("gru-seed", "gru", 33, 0, 100, 1, 1, 25),
            new LanguageCase("lstm-small", "lstm", 65, 0, 128, 2, 50, 50),
            new LanguageCase("gru-small", "gru", 65, 0, 128, 2, 50, 50),
            new LanguageCase("lstm-mid", "lstm", 65, 0, 512, 2, 32, 50),
            new LanguageCase("gru-mid", "gru", 65, 0, 512, 2, 32, 50),
            new LanguageCase("lstm-word", "lstm", 10000, 200, 200, 2, 20, 20));

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
        LayerFactory factory = cell.equals("own") ? LayerFactory.of(OwnCell::new) : Cells.named(cell);
        return LanguageModel.create(
                CharVocabulary.ofTokens(tokens),
                new LanguageModelConfig(cell, hidden, layers, dtype).embedding(embedding),
                factory,
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
        int gates = cell.equals("lstm") ? 4 : cell.equals("gru") ? 3 : 1;
        double rows = (double) batch * steps;
        double products = (double) hidden * vocabulary;
        for (int i = 0; i < layers; i++) {
            int input = i == 0 ? embedding : hidden;
            products += (double) (input + hidden) * gates * hidden;
        }
        return 3 * 2 * rows * products;
    }
}
