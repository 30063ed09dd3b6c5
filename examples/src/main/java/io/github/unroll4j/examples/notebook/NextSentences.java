// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.notebook;

import io.github.unroll4j.cli.run.Commands;
import io.github.unroll4j.core.checkpoint.Checkpoint;
import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.models.decoding.Decoding;
import io.github.unroll4j.models.decoding.Translation;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.models.seq2seq.Translator;
import io.github.unroll4j.models.sequence.Noise;
import io.github.unroll4j.models.train.Objective;
import io.github.unroll4j.optim.Loss;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.text.Pair;
import io.github.unroll4j.text.PairBatch;
import java.util.ArrayList;
import java.util.List;

/**
 * Trains a model to answer each sentence of a text with the next one: one pair an iteration, drawn by Python's {@code
 * random.choice}, the loss summed over the words and the end of the target.
 */
public final class NextSentences implements Objective {
    private static final int LONGEST = 25;

    private final Seq2Seq model;
    private final List<Pair> pairs = new ArrayList<>();
    private final SoftmaxCrossEntropy loss;
    private final MersenneTwister random;
    /** The pairs drawn so far: a run that goes on at iteration n has drawn n of them. */
    private final List<Integer> order = new ArrayList<>();

    /**
     * The pairs of a text.
     *
     * @param model to train
     * @param sentences of the text, two or more
     * @param seed of Python
     */
    public NextSentences(Seq2Seq model, List<String> sentences, long seed) {
        if (sentences.size() < 2) {
            throw new IllegalArgumentException("the text has " + sentences.size() + " sentence, expected two or more,"
                    + " each ended by one of . ! ? and white space");
        }
        this.model = model;
        loss = new SoftmaxCrossEntropy(model.target().size(), Reduction.SUM);
        random = MersenneTwister.python(seed);
        for (int i = 0; i + 1 < sentences.size(); i++) {
            pairs.add(new Pair(
                    model.source().encode(sentences.get(i)), model.target().encode(sentences.get(i + 1))));
        }
    }

    /**
     * Cuts a text where one of {@code . ! ?} is followed by white space.
     *
     * @param text the text
     * @return its sentences, with single spaces
     */
    public static List<String> split(String text) {
        return List.of(text.strip().replaceAll("\\s+", " ").split("(?<=[.!?]) ", -1));
    }

    /**
     * The most likely answer, word by word, as the notebooks ask for it.
     *
     * @param model asked
     * @param sentence what is read
     * @return the answer, at most 25 words
     */
    public static Translation answer(Seq2Seq model, String sentence) {
        Translator translator = new Translator(model, false);
        return translator
                .translate(List.of(sentence), Decoding.greedy().upTo(LONGEST))
                .get(0);
    }

    /**
     * A sentence and the answer to it, to read.
     *
     * @param model asked
     * @param sentence what is read
     * @return two lines and an empty one
     */
    public static String dialogue(Seq2Seq model, String sentence) {
        return "> " + sentence + "\n< " + answer(model, sentence).text() + "\n";
    }

    /**
     * What an alignment of such a model is worth.
     *
     * @param sentences of the text
     * @return a sentence or two
     */
    public static String byHeart(int sentences) {
        return "these " + sentences
                + " sentences are learned by heart, for which it need not look at the right word, so"
                + " that the weights above mean little; attention that has to look and can be read: "
                + Commands.of("dates");
    }

    @Override
    public Parameters parameters() {
        return model.parameters();
    }

    @Override
    public Loss gradients(long iteration) {
        while (order.size() <= iteration) {
            order.add(random.choice(pairs.size()));
        }
        Pair pair = pairs.get(order.get((int) iteration));
        return model.learn(PairBatch.of(List.of(pair)), loss, Noise.off());
    }

    @Override
    public double epochs(long iteration) {
        return (double) iteration / pairs.size();
    }

    /** Adds nothing: which pair comes next follows from the seed and the number of the iteration. */
    @Override
    public void writeTo(Checkpoint.Builder checkpoint) {}

    @Override
    public void restore(Checkpoint checkpoint) {}
}
