// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.benchmarks;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.seq2seq.AttentionKind;
import io.github.unroll4j.models.seq2seq.Bridge;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.models.seq2seq.Seq2SeqConfig;
import io.github.unroll4j.models.seq2seq.Seq2SeqObjective;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.text.Pair;
import io.github.unroll4j.text.PairBatches;
import io.github.unroll4j.text.Tokenizers;
import io.github.unroll4j.text.WordVocabulary;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * An encoder and a decoder with additive attention on pairs of random token ids: GRU layers, the bridge h_0 = tanh(W
 * h_S + b), the context in every gate, the logits from the state. Half of the rows are shorter than the longest, down
 * to half of it.
 *
 * @param name the name that the programs for other libraries use too
 * @param vocabulary V of either side
 * @param shared whether both sides have one table of embeddings, as in the notebook whose sizes bahdanau-seed has
 * @param size E, H and A
 * @param batch B
 * @param steps S and T, {@code <EOS>} included
 */
record PairCase(String name, int vocabulary, boolean shared, int size, int batch, int steps) implements Problem {
    private static final int FIRST_WORD = WordVocabulary.UNK_ID + 1;

    static final List<PairCase> ALL = List.of(
            new PairCase("bahdanau-seed", 82, true, 100, 1, 10),
            new PairCase("bahdanau-mid", 5000, false, 256, 64, 15));

    @Override
    public Training open(Dtype dtype) {
        WordVocabulary words = WordVocabulary.ofTokens(
                Tokenizers.WHITESPACE,
                Stream.concat(
                                Stream.of(WordVocabulary.SOS, WordVocabulary.EOS, WordVocabulary.UNK),
                                IntStream.range(FIRST_WORD, vocabulary).mapToObj(i -> "w" + i))
                        .toList());
        Seq2SeqConfig.Side side = new Seq2SeqConfig.Side("gru", size, size, 1);
        Seq2SeqConfig.Options options = Seq2SeqConfig.Options.STANDARD.dtype(dtype);
        Seq2SeqConfig config = new Seq2SeqConfig(
                side,
                side,
                new AttentionKind.Bahdanau(size, 0),
                new Bridge.Options(Bridge.Kind.TANH, Bridge.Directions.CONCATENATED),
                options.sharedEmbedding(shared));
        Seq2Seq model = Seq2Seq.create(words, words, config, Rng.seeded(1));
        SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(vocabulary, Reduction.MEAN);
        PairBatches batches = PairBatches.sorted(pairs(Rng.seeded(2)), batch); // one batch, again and again
        return new Training(new Seq2SeqObjective(model, batches, loss, Rng.seeded(3)), model);
    }

    private List<Pair> pairs(Rng rng) {
        List<Pair> pairs = new ArrayList<>();
        for (int n = 0; n < batch; n++) {
            int length = length(n);
            pairs.add(new Pair(ids(length, rng), ids(length - 1, rng)));
        }
        return pairs;
    }

    /** Of a batch of many, the even rows are full and the odd ones take turns from half of that upwards. */
    private int length(int n) {
        int shorter = steps - steps / 2;
        return batch == 1 || n % 2 == 0 ? steps : steps / 2 + n / 2 % shorter;
    }

    private int[] ids(int length, Rng rng) {
        return IntStream.range(0, length)
                .map(i -> FIRST_WORD + rng.nextInt(vocabulary - FIRST_WORD))
                .toArray();
    }

    @Override
    public double tokens() {
        return IntStream.range(0, batch).map(this::length).sum();
    }

    @Override
    public double productFlops() {
        double gates = 3.0 * size * (size + size) + 3.0 * size * (size + size + size);
        double attention = 2.0 * size * size;
        return 3 * 2 * tokens() * (gates + attention + (double) size * vocabulary);
    }
}
