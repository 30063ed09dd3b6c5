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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The README's program for pairs of sentences; what is shown there lies between the markers. */
public final class QuickTranslation {
    static final Program PROGRAM = Program.of("quick-translation", 1, QuickTranslation::run)
            .about("Trains a translator on pairs of sentences, saves, loads and asks it, as in the README.")
            .with("iterations", 200, 100, "N", "how many; bahdanau shows how to stop and go on")
            .reading("sentences.tsv", "lines of a sentence, a tab and its translation");

    static void run(Example example) throws IOException {
        Path sources = example.column(0);
        Path targets = example.column(1);
        Path file = example.file("model.safetensors");
        train(sources, targets, file, example.iterations());
        String sentence = Files.readAllLines(sources).get(0);
        example.say("%s → %s", sentence, load(file, sentence).text());
    }

    static void train(Path sources, Path targets, Path file, long iterations) {
        // [train]
        ParallelText text = ParallelText.read(sources, targets);
        var source = WordVocabulary.of(Tokenizers.UNICODE_WORDS, text.sources(), 1, WordVocabulary.UNLIMITED);
        var target = WordVocabulary.of(Tokenizers.UNICODE_WORDS, text.targets(), 1, WordVocabulary.UNLIMITED);
        try (Seq2Seq model = Seq2Seq.create(source, target, Seq2SeqConfig.bahdanau2014(64, 128), Rng.seeded(1))) {
            var batches = PairBatches.shuffled(text.encode(source, target), 32, 1);
            var loss = new SoftmaxCrossEntropy(target.size(), Reduction.MEAN);
            var objective = new Seq2SeqObjective(model, batches, loss, Rng.seeded(2));
            var how = new TrainerConfig(new Adam(model.parameters()), Schedule.constant(3e-3), iterations);
            Trainer trainer = new Trainer(objective, how.with(GradientClip.byGlobalNorm(5)));
            trainer.listen(TrainListener.every(
                    100, s -> System.out.printf(Locale.ROOT, "%d: %.3f nats%n", s.iteration(), s.smoothedLoss())));
            System.out.println(trainer.run());
            model.save(file);
        }
        // [/train]
    }

    static Translation load(Path file, String sentence) {
        // [load]
        try (Seq2Seq model = Seq2Seq.load(file)) {
            Translator translator = new Translator(model, false);
            Translation best =
                    translator.translate(List.of(sentence), Decoding.beam(5)).get(0);
            best.alignment().ifPresent(alignment -> System.out.println(alignment.text()));
            return best;
        }
        // [/load]
    }

    /** Runs it; {@code --help} names the flags. */
    public static void main(String... args) {
        PROGRAM.start(args);
    }
}
