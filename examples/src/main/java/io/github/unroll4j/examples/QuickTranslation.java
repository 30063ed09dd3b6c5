// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.decoding.Decoding;
import io.github.unroll4j.models.decoding.Translation;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.models.seq2seq.Seq2SeqConfig;
import io.github.unroll4j.models.seq2seq.Seq2SeqObjective;
import io.github.unroll4j.models.seq2seq.Translator;
import io.github.unroll4j.models.train.TrainListener;
import io.github.unroll4j.models.train.Trainer;
import io.github.unroll4j.models.train.TrainerConfig;
import io.github.unroll4j.optim.Adam;
import io.github.unroll4j.optim.GradientClip;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.Schedule;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.text.PairBatches;
import io.github.unroll4j.text.ParallelText;
import io.github.unroll4j.text.Tokenizers;
import io.github.unroll4j.text.WordVocabulary;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** A translator learns pairs of sentences, of two files or these four, is saved, loaded, and asked. */
public final class QuickTranslation {
    private static final List<String> ENGLISH =
            List.of("The dog sees a cat.", "The cat sees a dog.", "A dog sleeps.", "The cat sleeps.");
    private static final List<String> GERMAN = List.of(
            "Der Hund sieht eine Katze.", "Die Katze sieht einen Hund.", "Ein Hund schläft.", "Die Katze schläft.");

    /**
     * Runs it.
     *
     * @param args two files whose lines belong together, and a number of iterations; or nothing
     */
    public static void main(String... args) {
        ParallelText text = args.length > 1
                ? ParallelText.read(Path.of(args[0]), Path.of(args[1]))
                : ParallelText.of(ENGLISH, GERMAN);
        long iterations = args.length > 2 ? Long.parseLong(args[2]) : 200;
        var source = WordVocabulary.of(Tokenizers.UNICODE_WORDS, text.sources(), 1, WordVocabulary.UNLIMITED);
        var target = WordVocabulary.of(Tokenizers.UNICODE_WORDS, text.targets(), 1, WordVocabulary.UNLIMITED);
        Path file = Path.of("quick-translation.safetensors");
        try (Seq2Seq model = Seq2Seq.create(source, target, Seq2SeqConfig.bahdanau2014(64, 128), Rng.seeded(1))) {
            var batches = PairBatches.shuffled(text.encode(source, target), 32, 1);
            var loss = new SoftmaxCrossEntropy(target.size(), Reduction.MEAN);
            var objective = new Seq2SeqObjective(model, batches, loss, Rng.seeded(2));
            var how = new TrainerConfig(new Adam(model.parameters()), Schedule.constant(3e-3), iterations);
            Trainer trainer = new Trainer(objective, how.with(GradientClip.byGlobalNorm(5)));
            trainer.listen(TrainListener.every(
                    100,
                    s -> System.out.printf(Locale.ROOT, "%d: %.3f nats a word%n", s.iteration(), s.smoothedLoss())));
            System.out.println(trainer.run());
            model.save(file);
        }
        try (Seq2Seq model = Seq2Seq.load(file)) { // as another program would
            String sentence = text.sources().get(0);
            Translation best = new Translator(model, false)
                    .translate(List.of(sentence), Decoding.beam(5))
                    .get(0);
            System.out.println(sentence + " → " + best.text());
            best.alignment().ifPresent(alignment -> System.out.println(alignment.text()));
        }
    }
}
