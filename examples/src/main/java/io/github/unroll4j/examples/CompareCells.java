// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.examples.task.Contest;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.models.lm.LanguageModelObjective;
import io.github.unroll4j.models.lm.Regularisation;
import io.github.unroll4j.models.train.Trainer;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.plots.Chart;
import io.github.unroll4j.text.CharVocabulary;
import io.github.unroll4j.text.Windows;
import java.util.Arrays;
import java.util.List;

/** RNN, LSTM and GRU of one size read one text in one way, and are measured on a tenth of it that they do not read. */
public final class CompareCells {
    private static final int H = 100; // units of each network
    private static final int T = 50; // characters of a window
    private static final int B = 8; // windows side by side
    private static final double RATE = 0.005; // of Adam at the start
    private static final double DROPOUT = 0.3; // without it all of them learn a short text by heart
    private static final int SEEDS = 3; // one alone could be luck

    static final Program PROGRAM = Program.of(
                    "compare-cells", "Trains RNN, LSTM and GRU alike: who guesses a text best?", 1, CompareCells::run)
            .reading("lighthouse.txt", "text in UTF-8, the longer the better")
            .training(2600, 100);

    static void run(Example example) {
        String text = example.text();
        CharVocabulary vocabulary = CharVocabulary.of(text);
        int[] ids = vocabulary.encode(text);
        int[] train = Arrays.copyOf(ids, ids.length * 9 / 10);
        int[] validation = Arrays.copyOfRange(ids, train.length, ids.length);
        example.say(
                "%d units, dropout %s, Adam with a rate from %s to 0, %d windows of %d side by side",
                H, DROPOUT, RATE, B, T);
        example.say("%d characters to learn from, the %d after them for validation", train.length, validation.length);
        example.say("validation is measured without dropout, and so may be below training");
        String title = "RNN, LSTM and GRU of " + H + " units: " + example.value("data");
        Chart chart = new Chart(title, "iteration", "validation loss, nats a character");
        chart.level("guessing, ln " + vocabulary.size(), Math.log(vocabulary.size()));
        Contest contest = new Contest(chart, RATE, example.iterations());
        for (String cell : List.of("rnn", "lstm", "gru")) {
            double[] best = new double[SEEDS];
            for (int k = 0; k < SEEDS; k++) {
                long seed = example.seed() + k;
                var config = new LanguageModelConfig(cell, H).with(Regularisation.dropout(DROPOUT));
                try (LanguageModel model = LanguageModel.create(vocabulary, config, Rng.seeded(seed))) {
                    var masks = Rng.seeded(seed).split();
                    var loss = new LanguageModelObjective(model, Windows.of(train, T, B), Reduction.MEAN, T, masks);
                    String name = cell + ", seed " + seed;
                    example.say("%n%s%n%s", name, model.parameters());
                    Trainer trainer = contest.trainer(name, loss, () -> measure(model, validation));
                    example.train(k == 0 ? cell : cell + "." + (k + 1), trainer, model.parameters(), model::writeTo);
                    best[k] = trainer.best();
                }
            }
            contest.compare(cell, example.expected(cell.equals("rnn") ? "above the others" : "below rnn"), best);
        }
        example.say("%n%s%n%n%s", contest.table(), contest.order("nats a character in validation"));
        example.draw("loss.png", chart);
    }

    private static double measure(LanguageModel model, int... text) {
        return model.evaluate(text).nats();
    }

    /** Runs it; {@code --help} names the flags. */
    public static void main(String... args) {
        PROGRAM.start(args);
    }
}
