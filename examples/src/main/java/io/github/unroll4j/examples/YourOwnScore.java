// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.check.ScoreCheck;
import io.github.unroll4j.models.seq2seq.AttentionKind;
import io.github.unroll4j.models.seq2seq.Bridge;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.models.seq2seq.Seq2SeqConfig;
import io.github.unroll4j.models.seq2seq.Seq2SeqObjective;
import io.github.unroll4j.models.seq2seq.Seq2SeqParts;
import io.github.unroll4j.models.train.Trainer;
import io.github.unroll4j.models.train.TrainerConfig;
import io.github.unroll4j.optim.Adam;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.Schedule;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.text.Pair;
import io.github.unroll4j.text.PairBatches;
import io.github.unroll4j.text.WordVocabulary;
import java.nio.file.Path;
import java.util.List;

/**
 * What docs/your-own-score.md does with its score, compiled and run by the tests; what it shows lies between the
 * markers.
 */
final class YourOwnScore {
    private YourOwnScore() {}

    static void check() {
        // [check]
        System.out.println(ScoreCheck.verify(4, 6, () -> new ScaledDot(3)));
        // [/check]
    }

    static void train(WordVocabulary source, WordVocabulary target, List<Pair> pairs, Path file) {
        // [train]
        var side = new Seq2SeqConfig.Side("gru", 32, 64, 1);
        var attending = new AttentionKind.Luong(AttentionKind.ScoreName.OWN);
        var bridge = new Bridge.Options(Bridge.Kind.TANH, Bridge.Directions.CONCATENATED);
        var config = new Seq2SeqConfig(side, side, attending, bridge, Seq2SeqConfig.Options.STANDARD.bidirectional(true));
        var parts = Seq2SeqParts.builtIn(config).with((H, M) -> new ScaledDot(48));
        try (Seq2Seq model = Seq2Seq.create(source, target, config, parts, Rng.seeded(1))) {
            var loss = new SoftmaxCrossEntropy(target.size(), Reduction.MEAN);
            var batches = PairBatches.shuffled(pairs, 16, 1);
            var objective = new Seq2SeqObjective(model, batches, loss, Rng.seeded(2));
            var how = new TrainerConfig(new Adam(model.parameters()), Schedule.constant(5e-3), 200);
            System.out.println(new Trainer(objective, how).run());
            model.save(file);
        }
        // [/train]
    }

    static void load(Path file, String text) {
        // [load]
        try (Seq2Seq model =
                Seq2Seq.load(file, config -> Seq2SeqParts.builtIn(config).with((H, M) -> new ScaledDot(48)))) {
            System.out.println(model.translate(text));
        }
        // [/load]
    }
}
