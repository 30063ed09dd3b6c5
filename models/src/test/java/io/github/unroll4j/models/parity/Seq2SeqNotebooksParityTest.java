// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.parity;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.core.param.Parameters;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.attention.Focus;
import io.github.unroll4j.models.cells.GruCell;
import io.github.unroll4j.models.cells.GruFormulation;
import io.github.unroll4j.models.engine.CellLayers;
import io.github.unroll4j.models.seq2seq.AttentionKind;
import io.github.unroll4j.models.seq2seq.Bridge;
import io.github.unroll4j.models.seq2seq.Seq2Seq;
import io.github.unroll4j.models.seq2seq.Seq2SeqConfig;
import io.github.unroll4j.models.seq2seq.Seq2SeqParts;
import io.github.unroll4j.models.sequence.LayerFactory;
import io.github.unroll4j.models.sequence.Noise;
import io.github.unroll4j.models.sequence.Recurrent;
import io.github.unroll4j.models.sequence.Stepwise;
import io.github.unroll4j.optim.Adam;
import io.github.unroll4j.optim.GradientClip;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.text.Pair;
import io.github.unroll4j.text.PairBatch;
import io.github.unroll4j.text.Tokenizers;
import io.github.unroll4j.text.WordVocabulary;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/**
 * The sequence-to-sequence notebooks: one pair an iteration in the recorded order, summed loss, clipping by value,
 * Adam.
 */
class Seq2SeqNotebooksParityTest {
    /** The notebooks report -ln(p + 1e-8); their gradient is that of -ln p. */
    private static final double NOTEBOOK_EPSILON = 1e-8;

    private static final int H = 100;
    private static final LayerFactory WORD_GRU =
            CellLayers.of(hidden -> new GruCell(hidden, GruFormulation.NOTEBOOK_WORD));

    /** The same, but for one product a step with token and context side by side, as the notebooks have it. */
    private static final LayerFactory JOINED = (inputSize, hidden, p) -> {
        Recurrent layer = WORD_GRU.create(inputSize, hidden, p);
        return (Recurrent) Proxy.newProxyInstance(
                Stepwise.class.getClassLoader(),
                new Class<?>[] {Stepwise.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "knownColumns" -> Optional.empty();
                    case "equals" -> proxy == arguments[0];
                    default -> method.invoke(layer, arguments);
                });
    };

    @Test
    void encoderDecoder() {
        Notebook notebook = Notebook.named("encoder_decoder");
        Notebook.Weights weights = notebook.weights(0.01);
        reaches(
                notebook,
                "thirsty_crow.txt",
                new AttentionKind.None(false, 0),
                (p, n) -> loadCommon(p, weights, 2 * H));
    }

    @Test
    void bahdanau() {
        Notebook notebook = Notebook.named("bahdanau");
        Notebook.Weights weights = notebook.weights((name, w) -> Math.sqrt(2.0 / (w.length + w[0].length)));
        reaches(notebook, "thirsty_crow_v2.txt", new AttentionKind.Bahdanau(H, 0), (p, n) -> {
            loadCommon(p, weights, 3 * H);
            p.get("decoder.additive.W_a").set(weights.transposed("Wa"));
            p.get("decoder.additive.U_a").set(weights.transposed("Ua"));
            p.get("decoder.additive.v_a").set(weights.transposed("va"));
        });
    }

    @Test
    void luong() {
        Notebook notebook = Notebook.named("luong");
        Notebook.Weights weights = notebook.weights((name, w) -> switch (name) {
            case "Wa", "W_bridge" -> Math.sqrt(1.0 / H);
            case "Wc" -> Math.sqrt(2.0 / (3 * H));
            default -> Math.sqrt(2.0 / (w.length + w[0].length));
        });
        AttentionKind attention =
                new AttentionKind.Luong(AttentionKind.ScoreName.GENERAL, 0, Focus.global(), false, true);
        reaches(notebook, "thirsty_crow_v2.txt", attention, (p, n) -> {
            loadCommon(p, weights, 2 * H);
            p.get("decoder.general.W_a").set(weights.transposed("Wa"));
            p.get("decoder.W_c").set(weights.transposed("Wc"));
            p.get("decoder.b_c").set(weights.transposed("bc"));
        });
    }

    // their gates are u, r, h over columns [h ; x], u keeps and is our z
    private static void loadCommon(Parameters p, Notebook.Weights w, int decoderColumns) {
        p.get("embedding.W").set(w.rows("Wemb"));
        p.get("encoder.l0.gru.W_x").set(w.blocks(H, 2 * H, "Wr_enc", "Wu_enc", "Wh_enc"));
        p.get("encoder.l0.gru.W_h").set(w.blocks(0, H, "Wr_enc", "Wu_enc", "Wh_enc"));
        p.get("encoder.l0.gru.b").set(w.blocks(0, 1, "br_enc", "bu_enc", "bh_enc"));
        p.get("bridge.l0.h.W").set(w.transposed("W_bridge"));
        p.get("bridge.l0.h.b").set(w.transposed("b_bridge"));
        p.get("decoder.l0.gru.W_x").set(w.blocks(H, decoderColumns, "Wr_dec", "Wu_dec", "Wh_dec"));
        p.get("decoder.l0.gru.W_h").set(w.blocks(0, H, "Wr_dec", "Wu_dec", "Wh_dec"));
        p.get("decoder.l0.gru.b").set(w.blocks(0, 1, "br_dec", "bu_dec", "bh_dec"));
        p.get("head.W").set(w.transposed("Wy"));
        p.get("head.b").set(w.transposed("by"));
    }

    private static void reaches(
            Notebook notebook, String file, AttentionKind attending, BiConsumer<Parameters, Notebook> load) {
        reaches(notebook, file, attending, load, WORD_GRU);
        // without attention nothing waits, and nothing is put beside it
        if (!(attending instanceof AttentionKind.None)) {
            reaches(notebook, file, attending, load, JOINED);
        }
    }

    private static void reaches(
            Notebook notebook,
            String file,
            AttentionKind attending,
            BiConsumer<Parameters, Notebook> load,
            LayerFactory decoder) {
        String text = notebook.text(file);
        WordVocabulary vocabulary = WordVocabulary.of(Tokenizers.NOTEBOOK, text);
        List<Pair> pairs = pairs(text, vocabulary);
        assertThat(pairs.get(1).source()).isEqualTo(notebook.pair(1, "src"));
        Seq2SeqConfig.Side side = new Seq2SeqConfig.Side("gru-word-notebook", H, H, 1);
        Bridge.Options bridge = new Bridge.Options(Bridge.Kind.TANH, Bridge.Directions.CONCATENATED);
        Seq2SeqConfig config = new Seq2SeqConfig(
                side,
                side,
                attending,
                bridge,
                Seq2SeqConfig.Options.STANDARD.sharedEmbedding(true).dtype(Dtype.DOUBLE));
        Seq2SeqParts parts = Seq2SeqParts.builtIn(config).with(WORD_GRU, decoder);
        double[] order = notebook.numbers("pair_order");
        double[] recorded = notebook.losses();
        try (Seq2Seq model = Seq2Seq.create(vocabulary, vocabulary, config, parts, Rng.seeded(0))) {
            load.accept(model.parameters(), notebook);
            Adam adam = new Adam(model.parameters());
            SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(vocabulary.size(), Reduction.SUM);
            double[] means = notebook.numbers("mean_summed_loss_per_500");
            double sum = 0;
            for (int i = 0; i < order.length; i++) {
                PairBatch batch = PairBatch.of(List.of(pairs.get((int) order[i])));
                double found = notebookLoss(model.score(batch));
                model.parameters().zeroGradients();
                model.learn(batch, loss, Noise.off());
                GradientClip.byValue(5).apply(model.parameters());
                adam.step(1e-3);
                if (i < recorded.length) {
                    // two BLAS kernels differ by 1e-11 over these iterations, so 1e-9 leaves room for rounding only
                    assertThat(found)
                            .as("loss of iteration " + i)
                            .isCloseTo(recorded[i], Percentage.withPercentage(1e-7));
                }
                sum += found;
                if (i % 500 == 499) {
                    assertInBand(i, sum / 500, means);
                    sum = 0;
                }
            }
            if (!(attending instanceof AttentionKind.None)) {
                for (Pair pair : pairs) {
                    assertSays(model, words(pair.source(), vocabulary), words(pair.target(), vocabulary));
                }
            }
            if (decoder == JOINED || attending instanceof AttentionKind.Bahdanau) {
                notebook.predictions().forEach((source, greedy) -> assertSaysLikeTheNotebook(model, source, greedy));
            }
        }
    }

    private static String words(int[] ids, WordVocabulary vocabulary) {
        return Arrays.stream(ids).mapToObj(vocabulary::token).collect(Collectors.joining(" "));
    }

    // What is recorded is said to sources that were never trained on: one lacks its full stop, the other has unknown
    // words. They ask for what rounding has grown to in 5000 iterations. With the notebook's order of sums, one product
    // for token and context, the first has the notebook's answer, and the second with OpenBLAS's kernels for Haswell,
    // which Maven asks for on x86; with the token's product made before the loop this still holds for Bahdanau's model,
    // and no longer for Luong's, whose answer to the first then depends on the kernel.
    private static void assertSaysLikeTheNotebook(Seq2Seq model, String source, String greedy) {
        boolean known = Arrays.stream(model.source().encode(source)).noneMatch(id -> id == WordVocabulary.UNK_ID);
        if (known || "Haswell".equals(System.getenv("OPENBLAS_CORETYPE"))) {
            assertSays(model, source, greedy);
        }
    }

    private static void assertSays(Seq2Seq model, String source, String greedy) {
        WordVocabulary vocabulary = model.source();
        assertThat(vocabulary.encode(model.translate(source)))
                .as("what is said to: " + source)
                .isEqualTo(vocabulary.encode(greedy));
    }

    // 5 % until the loss falls under 5 % of its start, then below twice the figure: rounding grows from then on
    private static void assertInBand(int iteration, double found, double[] means) {
        double expected = means[iteration / 500];
        if (expected > 0.05 * means[0]) {
            assertThat(found).as("mean loss at " + iteration).isCloseTo(expected, Percentage.withPercentage(5));
        } else {
            assertThat(found).as("mean loss at " + iteration).isLessThan(2 * expected);
        }
    }

    private static List<Pair> pairs(String text, WordVocabulary vocabulary) {
        String[] sentences = text.strip().split("(?<=[.!?])\\s+", -1);
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i + 1 < sentences.length; i++) {
            pairs.add(new Pair(vocabulary.encode(sentences[i]), vocabulary.encode(sentences[i + 1])));
        }
        return pairs;
    }

    private static double notebookLoss(double[] logProbabilities) {
        double sum = 0;
        for (double logP : logProbabilities) {
            sum -= Math.log(Math.exp(logP) + NOTEBOOK_EPSILON);
        }
        return sum;
    }
}
