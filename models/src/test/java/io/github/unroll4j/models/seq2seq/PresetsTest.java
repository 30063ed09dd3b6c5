// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.param.Parameter;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.attention.Focus;
import io.github.unroll4j.models.cells.Cells;
import io.github.unroll4j.models.cells.GruCell;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.engine.HoistedLayer;
import io.github.unroll4j.models.sequence.Bidirectional;
import io.github.unroll4j.models.sequence.LayerFactory;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.text.Pair;
import io.github.unroll4j.text.PairBatch;
import io.github.unroll4j.text.Tokenizers;
import io.github.unroll4j.text.WordVocabulary;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The papers' models as they are offered, and what no configuration allows. */
class PresetsTest {
    private static final WordVocabulary WORDS = words("a", "b", "c");

    private static WordVocabulary words(String... words) {
        return WordVocabulary.ofTokens(
                Tokenizers.WHITESPACE,
                Stream.concat(Stream.of("<SOS>", "<EOS>", "<UNK>"), Stream.of(words))
                        .toList());
    }

    static Stream<Seq2SeqConfig> presets() {
        return Stream.of(
                Seq2SeqConfig.sutskever2014(3, 2),
                Seq2SeqConfig.cho2014(3, 4),
                Seq2SeqConfig.bahdanau2014(3, 4),
                Seq2SeqConfig.luong2015(3, 2));
    }

    @Test
    void saysWhatItIsMadeOf() {
        assertThat(presets().map(Seq2SeqConfig::describe))
                .containsExactly(
                        "lstm 3 x 2 of embedding 3 -> lstm 3 x 2 of embedding 3 in FLOAT, no attention,"
                                + " bridge identity, sources reversed",
                        "gru-cho-2014 4 x 1 of embedding 3 -> gru-cho-2014-decoder 4 x 1 of embedding 3 in FLOAT,"
                                + " a summary at every step, maxout 2, bridge summary",
                        "gru-bahdanau-2014 4 x 1 of embedding 3 both ways -> gru-bahdanau-2014 4 x 1 of embedding 3"
                                + " in FLOAT, additive attention of 4, maxout 2, bridge tanh of backward",
                        "lstm 3 x 2 of embedding 3 -> lstm 3 x 2 of embedding 3 in FLOAT, general attention within 10"
                                + " of a predicted position, input feeding, bridge identity, sources reversed,"
                                + " dropout 0.2");
    }

    @ParameterizedTest
    @MethodSource("presets")
    void learnsAndTranslates(Seq2SeqConfig preset) {
        Seq2SeqConfig config = new Seq2SeqConfig(
                preset.encoder(),
                preset.decoder(),
                preset.attending(),
                preset.bridge(),
                preset.options().dtype(Dtype.DOUBLE));
        PairBatch batch = PairBatch.of(List.of(
                new Pair(new int[] {3, 4, 5, 3}, new int[] {5, 4}),
                new Pair(new int[0], new int[] {3}),
                new Pair(new int[] {4}, new int[] {3, 3, 4})));
        SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(WORDS.size(), Reduction.MEAN);
        try (Seq2SeqRig rig = new Seq2SeqRig(Seq2Seq.create(WORDS, WORDS, config, Rng.seeded(2)), batch, loss)) {
            rig.alongEveryParameter().full().require(CellCheck.GRADIENT_TOLERANCE);
            assertThat(rig.model().score(batch)[0]).isNegative();
            assertThat(rig.model().translate("a b c")).isNotNull();
        }
    }

    /** Section 4.1.1 of Cho et al. (2014), appendix B.1 of Bahdanau, Cho and Bengio (2015). */
    @ParameterizedTest
    @MethodSource("of2014")
    void theModelsOf2014StartAsTheirPapersSay(Seq2SeqConfig preset) {
        try (Seq2Seq model = Seq2Seq.create(WORDS, WORDS, preset, Rng.seeded(3))) {
            int matrices = 0;
            for (Parameter p : model.parameters().list()) {
                double[] w = p.valuesCopy();
                String name = p.name().substring(p.name().lastIndexOf('.') + 1);
                if (p.shape().length == 1) {
                    assertThat(w).as(p.name()).containsOnly(0);
                } else if (List.of("W_h", "U_n").contains(name)) {
                    matrices++;
                    assertOrthogonalBlocks(p);
                } else {
                    double deviation =
                            Math.sqrt(Arrays.stream(w).map(x -> x * x).sum() / w.length);
                    double expected = List.of("W_a", "U_a").contains(name) ? 0.001 : 0.01;
                    // a deviation is known to its 1/√(2n)-th part: five times that
                    assertThat(deviation)
                            .as(p.name())
                            .isCloseTo(expected, within(5 * expected / Math.sqrt(2.0 * w.length)));
                }
            }
            assertThat(matrices).as("recurrent matrices").isGreaterThan(2);
        }
    }

    static Stream<Seq2SeqConfig> of2014() {
        return Stream.of(Seq2SeqConfig.cho2014(20, 30), Seq2SeqConfig.bahdanau2014(20, 30));
    }

    /** Each gate's columns by themselves: WᵀW = 1, in float. */
    private static void assertOrthogonalBlocks(Parameter p) {
        double[] w = p.valuesCopy();
        int H = p.size(0);
        int width = p.size(1);
        for (int i = 0; i < width; i++) {
            for (int j = i / H * H; j < i / H * H + H; j++) {
                double product = 0;
                for (int row = 0; row < H; row++) {
                    product += w[row * width + i] * w[row * width + j];
                }
                assertThat(product).as("%s, columns %s and %s", p.name(), i, j).isCloseTo(i == j ? 1 : 0, within(1e-6));
            }
        }
    }

    @Test
    void aBridgeOfZerosBeforeADecoderThatHoldsItsSummaryIsRefused() {
        Seq2SeqConfig cho = Seq2SeqConfig.cho2014(2, 3);
        Seq2SeqConfig config = cho.with(new Bridge.Options(Bridge.Kind.ZEROS, Bridge.Directions.SUMMED));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Seq2Seq.create(WORDS, WORDS, config, Rng.seeded(1)))
                .withMessage("Seq2Seq: the decoder has HoistedLayer(gru), whose summary of the source is a part of its"
                        + " first state, and the bridge ZEROS, so that it would learn nothing of the source;"
                        + " expected another bridge.");
    }

    private static Seq2SeqConfig config(AttentionKind attending, Seq2SeqConfig.Options options) {
        Seq2SeqConfig.Side side = new Seq2SeqConfig.Side("gru", 2, 3, 1);
        Bridge.Options bridge = new Bridge.Options(Bridge.Kind.TANH, Bridge.Directions.SUMMED);
        return new Seq2SeqConfig(side, side, attending, bridge, options);
    }

    /** Trained with the target before its eyes such a decoder would be at a loss when it has to write one. */
    @ParameterizedTest
    @MethodSource("attending")
    void aDecoderThatReadsBothWaysIsRefused(AttentionKind attending) {
        LayerFactory both = (inputSize, hidden, p) -> new Bidirectional(
                new HoistedLayer(new GruCell(hidden), inputSize, p.scope("fwd")),
                new HoistedLayer(new GruCell(hidden), inputSize, p.scope("bwd")),
                Bidirectional.Merge.SUM);
        Seq2SeqConfig config = config(attending, Seq2SeqConfig.Options.STANDARD);
        Seq2SeqParts parts = Seq2SeqParts.builtIn(config).with(Cells.named("gru"), both);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Seq2Seq.create(WORDS, WORDS, config, parts, Rng.seeded(1)))
                .withMessage(
                        "Seq2Seq: the decoder has Bidirectional(HoistedLayer(gru), HoistedLayer(gru)), which needs the"
                                + " whole sequence, expected layers that run step by step, because a target is written token by token;"
                                + " likely cause: a layer that reads both ways, whose place is the encoder.");
    }

    static Stream<AttentionKind> attending() {
        return Stream.of(
                new AttentionKind.None(false, 0),
                new AttentionKind.Bahdanau(2, 0),
                new AttentionKind.Luong(AttentionKind.ScoreName.GENERAL));
    }

    @Test
    void aReadoutWithoutASummaryIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AttentionKind.None(false, 2))
                .withMessage(
                        "AttentionKind.None: maxout is 2 without a summary at every step, which the readout reads, expected"
                                + " 0 for none, or with a summary 1 or more.");
    }

    @ParameterizedTest
    @EnumSource
    void theSizeOfAScoreIsAskedForWhereItHasOne(AttentionKind.ScoreName score) {
        boolean has = score == AttentionKind.ScoreName.CONCAT || score == AttentionKind.ScoreName.LOCATION;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AttentionKind.Luong(score, has ? 0 : 4, Focus.global(), true, false))
                .withMessage("AttentionKind.Luong: size is " + (has ? 0 : 4) + " for the score " + score + ", expected "
                        + (has ? "1 or more." : "0, because this score has none of its own."));
    }

    @Test
    void aSharedTableNeedsOneVocabularyAndOneSize() {
        Seq2SeqConfig.Options sharing = Seq2SeqConfig.Options.STANDARD.sharedEmbedding(true);
        Seq2SeqConfig config = config(new AttentionKind.None(false, 0), sharing);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Seq2Seq.create(WORDS, words("a", "b", "d"), config, Rng.seeded(1)))
                .withMessageStartingWith(
                        "Seq2Seq: one shared table of embeddings was asked for, but the vocabularies differ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Seq2SeqConfig(
                        config.encoder(),
                        new Seq2SeqConfig.Side("gru", 5, 3, 1),
                        config.attending(),
                        config.bridge(),
                        sharing))
                .withMessage(
                        "Seq2SeqConfig: one shared table was asked for, but the sides have embeddings of 2 and 5.");
    }
}
