// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.examples.notebook.NextSentences;
import io.github.unroll4j.examples.notebook.NotebookLoss;
import io.github.unroll4j.examples.notebook.NotebookWeights;
import io.github.unroll4j.models.seq2seq.AttentionKind;
import io.github.unroll4j.models.seq2seq.Bridge;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.models.seq2seq.Seq2SeqConfig;
import io.github.unroll4j.models.train.Trainer;
import io.github.unroll4j.text.Tokenizers;
import io.github.unroll4j.text.WordVocabulary;
import java.util.List;

/** The seventh notebook: one GRU reads a sentence into a vector, another says the next sentence of the story. */
public final class EncoderDecoder {
    private static final int SIZE = 100; // of a word's vector and of both states
    private static final double SCALE = 0.01; // all weights start as 0.01·N(0, 1)

    static final Program PROGRAM = Program.of(
                    "encoder-decoder",
                    "Trains two GRUs: one reads a sentence into a vector, the other says the next one.",
                    42,
                    EncoderDecoder::run)
            .reading("crow.txt", "text in UTF-8")
            .training(5_000, 300);

    static void run(Example example) {
        List<String> sentences = NextSentences.split(example.text());
        WordVocabulary words = WordVocabulary.of(Tokenizers.NOTEBOOK, example.text());
        // h_s = GRU(e_s, h_{s-1})                   reads the sentence, word by word
        // s_0 = tanh(h_S W + b)                     all that is handed over
        // s_t = GRU(e of word t-1, s_{t-1})         reads what it said last; in training, what it should have said
        // p(word t) = softmax(s_t W + b)            one table of word vectors e for both
        var side = new Seq2SeqConfig.Side("gru-notebook-word", SIZE, SIZE, 1);
        var bridge = new Bridge.Options(Bridge.Kind.TANH, Bridge.Directions.CONCATENATED);
        var options = Seq2SeqConfig.Options.STANDARD.sharedEmbedding(true).dtype(Dtype.DOUBLE);
        var config = new Seq2SeqConfig(side, side, new AttentionKind.None(false, 0), bridge, options);
        try (Seq2Seq model = Seq2Seq.create(words, words, config, Rng.seeded(0))) {
            // Drawn as NumPy draws them, in the order of the notebook; biases start as 0.
            new NotebookWeights(model.parameters(), example.seed(), NotebookWeights.always(SCALE))
                    .table("embedding.W")
                    .gates("encoder.l0.gru", "z r n")
                    .matrices("bridge.l0.h.W")
                    .gates("decoder.l0.gru", "z r n")
                    .matrices("head.W");

            NotebookLoss loss = NotebookLoss.mean(new NextSentences(model, sentences, example.seed()), 500);
            Trainer trainer = loss.trainer(example.iterations()); // Adam, gradients clipped
            trainer.listen(loss.lines(500, s -> example.progress(s, loss.line(s))));
            example.train(trainer, model);
            example.draw("loss.png", loss.curve("encoder-decoder", "encoder-decoder, as its notebook trains it"));

            // No pair begins with the last sentence, and a word that is not in the story is read as <UNK>.
            sentences.forEach(sentence -> example.say(NextSentences.dialogue(model, sentence)));
            example.say(NextSentences.dialogue(model, "A fox had flown all day over dry land."));
        }
        example.end(
                "seq2seq 01, encoder-decoder",
                "encoder-decoder.md",
                "Cho et al. (2014), arXiv:1406.1078; Sutskever et al. (2014), arXiv:1409.3215",
                "translate --attention none --src FILE --trg FILE");
    }

    /** Runs it; {@code --help} names the flags. */
    public static void main(String... args) {
        PROGRAM.start(args);
    }
}
