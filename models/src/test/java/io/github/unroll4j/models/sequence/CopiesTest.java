// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.core.tensor.Tensor;
import io.github.unroll4j.models.cells.GruCell;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.layer.Embedded;
import io.github.unroll4j.models.layer.Embedding;
import io.github.unroll4j.models.lm.LanguageModel;
import io.github.unroll4j.models.lm.LanguageModelConfig;
import io.github.unroll4j.models.lm.Regularisation;
import io.github.unroll4j.models.seq2seq.AttentionKind;
import io.github.unroll4j.models.seq2seq.Bridge;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.models.seq2seq.Seq2SeqConfig;
import io.github.unroll4j.models.testing.Built;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.text.CharVocabulary;
import io.github.unroll4j.text.Pair;
import io.github.unroll4j.text.PairBatch;
import io.github.unroll4j.text.PairBatches;
import io.github.unroll4j.text.Tokenizers;
import io.github.unroll4j.text.Window;
import io.github.unroll4j.text.WordVocabulary;
import java.util.Collections;
import org.junit.jupiter.api.Test;

/**
 * What one training iteration copies between the heap and native sides of slabs, counted in numbers. A new copy has to
 * be meant: it changes a figure here.
 */
class CopiesTest {
    private static final int T = 7;
    private static final int B = 2;
    private static final int E = 3;
    private static final int H = 5;

    private static Noise noise() {
        return Noise.of(Rng.seeded(3));
    }

    /** Numbers copied by a second run, per step and row. */
    private static long copied(Runnable iteration) {
        iteration.run();
        long before = Slab.copied();
        iteration.run();
        long copied = Slab.copied() - before;
        assertThat(copied % (T * B)).isZero();
        return copied / (T * B);
    }

    private static long ofLanguageModel(double dropout) {
        CharVocabulary letters = CharVocabulary.of("abcdefghijk");
        LanguageModelConfig config =
                new LanguageModelConfig("lstm", H, 2, Dtype.FLOAT).with(Regularisation.dropout(dropout));
        try (LanguageModel model = LanguageModel.create(letters, config, Rng.seeded(1))) {
            Window window = new Window(T, B, new int[T * B], new int[T * B], new int[] {T, T}, new boolean[B]);
            SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(letters.size(), Reduction.MEAN);
            Pass pass = LanguageModel.pass(window).with(noise());
            return copied(() -> model.learn(window, model.zeroState(B), loss, pass));
        }
    }

    @Test
    void aLanguageModelOfTwoLayers() {
        long V = 11;
        // logits to the heap, their gradient back; the gradients of both layers' outputs, step by step
        assertThat(ofLanguageModel(0)).isEqualTo(2 * V + 2 * H);
        // below: each layer's outputs to the heap to be masked and back to native memory, the gradient to the heap
        assertThat(ofLanguageModel(0.3)).isEqualTo(2 * V + 2 * 3 * H);
    }

    @Test
    void anEncoderThatReadsBothWays() {
        try (Built<Embedded> encoder = Built.of(
                Dtype.FLOAT,
                1,
                p -> new Embedded(
                        new Embedding("e", 4, E, 0, p),
                        new Bidirectional(
                                new HoistedLayer(new GruCell(H), E, p.scope("fwd")),
                                new HoistedLayer(new GruCell(H), E, p.scope("bwd")),
                                Bidirectional.Merge.CONCAT)))) {
            Embedded layer = encoder.layer();
            Sequence ids = Sequence.ids(new int[T * B], T, B);
            Sequence dH = Sequence.of(Tensor.zeros(Dtype.FLOAT, T, B, 2 * H));
            long copied = copied(() ->
                    layer.backward(layer.forward(ids, layer.zeroState(B), Pass.full(T, B)), dH, layer.zeroState(B)));
            // embedded tokens to native memory in both orders, outputs to the heap to be merged, gradients to the heap
            // to be summed
            assertThat(copied).isEqualTo(2 * E + 2 * H + 2 * E);
        }
    }

    private static Seq2Seq translator(double dropout) {
        WordVocabulary source = WordVocabulary.of(Tokenizers.WHITESPACE, "one two three");
        WordVocabulary target = WordVocabulary.of(Tokenizers.WHITESPACE, "a b");
        Seq2SeqConfig.Side side = new Seq2SeqConfig.Side("gru", E, H, 1);
        Seq2SeqConfig config = new Seq2SeqConfig(
                side,
                side,
                new AttentionKind.Bahdanau(4, 6),
                new Bridge.Options(Bridge.Kind.TANH, Bridge.Directions.BACKWARD),
                Seq2SeqConfig.Options.STANDARD.bidirectional(true).dropout(dropout));
        return Seq2Seq.create(source, target, config, Rng.seeded(1));
    }

    private static long ofTranslator(double dropout) {
        Pair pair = new Pair(new int[T], new int[T - 1]); // and an <EOS>
        PairBatch batch =
                PairBatches.sorted(Collections.nCopies(B, pair), B).iterator().next();
        assertThat(batch.sourceSteps()).isEqualTo(T);
        assertThat(batch.targetSteps()).isEqualTo(T);
        try (Seq2Seq model = translator(dropout)) {
            SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(model.target().size(), Reduction.MEAN);
            return copied(() -> model.learn(batch, loss, noise()));
        }
    }

    @Test
    void aTranslatorWithAttentionAndReadout() {
        long V = 5;
        long A = 4;
        long L = 6;
        long M = 2 * H;
        // as above; the annotations go on from the heap
        long encoder = 2 * E + 2 * H + 2 * E;
        // annotations to native memory, keys back; the keys' gradient to native memory, the annotations' back
        long attention = M + A + A + M;
        // embedded tokens to native memory; the gradient of each of their two uses to the heap
        long tokens = 3 * E;
        // states and contexts to native memory, the pairs of units back; all of it again the other way
        long readout = H + M + 2 * L + 2 * L + M + H;
        // features to native memory, logits back; all of it again the other way
        long head = L + V + V + L;
        long all = encoder + attention + tokens + readout + head;
        assertThat(ofTranslator(0)).isEqualTo(all);
        assertThat(ofTranslator(0.3))
                .as("rows are masked where they are on the heap anyhow")
                .isEqualTo(all);
    }
}
