// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.examples.notebook.NextSentences;
import io.github.unroll4j.examples.notebook.NotebookLoss;
import io.github.unroll4j.examples.notebook.NotebookWeights;
import io.github.unroll4j.models.attention.Focus;
import io.github.unroll4j.models.seq2seq.AttentionKind;
import io.github.unroll4j.models.seq2seq.Bridge;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.models.seq2seq.Seq2SeqConfig;
import io.github.unroll4j.models.train.Trainer;
import io.github.unroll4j.text.Tokenizers;
import io.github.unroll4j.text.WordVocabulary;
import java.util.List;

/** The ninth notebook: a decoder that looks at the sentence after its step, with the state that it has now. */
public final class Luong {
    private static final int SIZE = 100; // of a word's vector and of both states

    static final Program PROGRAM = Program.of(
                    "luong",
                    "Trains GRUs with multiplicative attention to say the next sentence, and draws where they look.",
                    42,
                    Luong::run)
            .reading("crow.txt", "text in UTF-8")
            .training(5_000, 300);

    static void run(Example example) {
        List<String> sentences = NextSentences.split(example.text());
        WordVocabulary words = WordVocabulary.of(Tokenizers.NOTEBOOK, example.text());
        // h_s = GRU(e_s, h_{s-1}),  s_0 = tanh(h_S W + b)
        // s_t = GRU(e of word t-1, s_{t-1})               no input feeding
        // α_ts = softmax_s(s_t · (h_s W_a))               where to look: the general score
        // c_t = Σ_s α_ts h_s                              what is seen there
        // s̃_t = tanh([c_t ; s_t] W_c + b_c),  p(word t) = softmax(s̃_t W + b)
        var side = new Seq2SeqConfig.Side("gru-notebook-word", SIZE, SIZE, 1);
        var attention = new AttentionKind.Luong(AttentionKind.ScoreName.GENERAL, 0, Focus.global(), false, true);
        var bridge = new Bridge.Options(Bridge.Kind.TANH, Bridge.Directions.CONCATENATED);
        var options = Seq2SeqConfig.Options.STANDARD.sharedEmbedding(true).dtype(Dtype.DOUBLE);
        var config = new Seq2SeqConfig(side, side, attention, bridge, options);
        try (Seq2Seq model = Seq2Seq.create(words, words, config, Rng.seeded(0))) {
            // Drawn as NumPy draws them, in the order of the notebook; biases start as 0.
            new NotebookWeights(model.parameters(), example.seed(), NotebookWeights.glorot())
                    .table("embedding.W")
                    .gates("encoder.l0.gru", "z r n")
                    .matrices("decoder.general.W_a", "bridge.l0.h.W")
                    .gates("decoder.l0.gru", "z r n")
                    .matrices("decoder.W_c", "head.W");

            NotebookLoss loss = NotebookLoss.mean(new NextSentences(model, sentences, example.seed()), 500);
            Trainer trainer = loss.trainer(example.iterations()); // Adam, gradients clipped
            trainer.listen(loss.lines(500, s -> example.progress(s, loss.line(s))));
            example.train(trainer, model);
            example.draw("loss.png", loss.curve("luong", "luong, as its notebook trains it"));

            // No pair begins with the last sentence, and a word that is not in the story is read as <UNK>.
            sentences.forEach(sentence -> example.say(NextSentences.dialogue(model, sentence)));
            example.say(NextSentences.dialogue(model, "A fox had flown all day over dry land."));
            example.show(
                    "luong: multiplicative attention, sentence 1 of the text",
                    NextSentences.answer(model, sentences.get(0)).alignment().orElseThrow());
        }
        example.say("%n%s", NextSentences.byHeart(sentences.size()));
        example.end(
                "seq2seq 03, multiplicative attention",
                "luong.md",
                "Luong, Pham and Manning (2015), arXiv:1508.04025",
                "translate --attention general --src FILE --trg FILE");
    }

    /** Runs it; {@code --help} names the flags. */
    public static void main(String... args) {
        PROGRAM.start(args);
    }
}
