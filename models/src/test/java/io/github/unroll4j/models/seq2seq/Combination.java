// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.attention.AdditiveScore;
import io.github.unroll4j.models.attention.Focus;
import io.github.unroll4j.models.attention.Score;
import io.github.unroll4j.models.cells.Cells;
import io.github.unroll4j.models.cells.ProjectedLstmCell;
import io.github.unroll4j.models.engine.CellLayers;
import io.github.unroll4j.models.sequence.LayerFactory;
import io.github.unroll4j.models.testing.SpoiltScore;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.text.Pair;
import io.github.unroll4j.text.PairBatch;
import io.github.unroll4j.text.Tokenizers;
import io.github.unroll4j.text.WordVocabulary;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One choice of everything that a configuration of a model leaves open, and of what it is trained on: a level of each
 * {@link Factor}.
 *
 * @param levels one a factor, in their order
 */
record Combination(List<Integer> levels) {
    private static final int H = 3;
    private static final int E = 2;
    private static final List<String> WORDS = List.of("<SOS>", "<EOS>", "<UNK>", "a", "b", "c");

    private static final List<AttentionKind.ScoreName> SCORES = List.of(AttentionKind.ScoreName.values());
    private static final Score.Factory MINE =
            (hidden, width) -> SpoiltScore.after(new AdditiveScore(2), unspoilt -> {});
    private static final List<CellsOfBoth> CELLS = cells();

    /** What is chosen. */
    enum Factor {
        /** No attention, a summary, a summary and maxout, Bahdanau's, his with maxout, Luong's with each score. */
        ATTENDING(5 + Combination.SCORES.size()),
        /** Global, local-m, local-p; Luong's only, as the next two. */
        FOCUS(3),
        FEEDING(2),
        /** Whether the attentional vector has a bias. */
        BIAS(2),
        BRIDGE(Bridge.Kind.values().length),
        DIRECTIONS(Bridge.Directions.values().length),
        /** Whether the encoder reads both ways. */
        BOTH_WAYS(2),
        /** Whether the decoder has as many units as the encoder, or twice as many. */
        WIDE(2),
        CELLS(Combination.CELLS.size()),
        /** Layers of the encoder and of the decoder: 1 and 1, 2 and 2, 1 and 2, 2 and 1. */
        LAYERS(4),
        REVERSED(2),
        SHARED_EMBEDDING(2),
        DROPOUT(2),
        /** Summed, mean with label smoothing, mean over the batch with label smoothing. */
        LOSS(3),
        /** Unequal lengths with an empty source, one pair, empty sources only. */
        LENGTHS(3);

        final int count;

        Factor(int count) {
            this.count = count;
        }
    }

    /** The layers of the two sides. */
    private record CellsOfBoth(String name, LayerFactory encoder, LayerFactory decoder) {}

    /**
     * Every built-in cell on both sides, a projected LSTM with more memory than outputs, and unlike cells, one of which
     * has a state that the other lacks.
     */
    private static List<CellsOfBoth> cells() {
        LayerFactory projected = CellLayers.of(hidden -> new ProjectedLstmCell(2 * hidden, hidden));
        LayerFactory lstm = Cells.named("lstm");
        LayerFactory resetBefore = Cells.named("gru-bahdanau-2014");
        return Stream.concat(
                        Cells.names().stream().map(name -> new CellsOfBoth(name, Cells.named(name), Cells.named(name))),
                        Stream.of(
                                new CellsOfBoth("lstm of more memory", projected, projected),
                                new CellsOfBoth("lstm to gru-bahdanau-2014", lstm, resetBefore),
                                new CellsOfBoth("gru-bahdanau-2014 to lstm", resetBefore, lstm)))
                .toList();
    }

    private int level(Factor factor) {
        return levels.get(Combinations.FACTORS.indexOf(factor));
    }

    @SafeVarargs
    private <T> T choice(Factor factor, T... choices) {
        return choices[level(factor)];
    }

    private boolean is(Factor factor) {
        return level(factor) == 1;
    }

    private Bridge.Options bridge() {
        return new Bridge.Options(
                choice(Factor.BRIDGE, Bridge.Kind.values()), choice(Factor.DIRECTIONS, Bridge.Directions.values()));
    }

    private AttentionKind attention() {
        return switch (level(Factor.ATTENDING)) {
            case 0 -> new AttentionKind.None(false, 0);
            case 1 -> new AttentionKind.None(true, 0);
            case 2 -> new AttentionKind.None(true, 2);
            case 3 -> new AttentionKind.Bahdanau(2, 0);
            case 4 -> new AttentionKind.Bahdanau(2, 2);
            default -> luong();
        };
    }

    private boolean own() {
        return attention() instanceof AttentionKind.Luong luong && luong.score() == AttentionKind.ScoreName.OWN;
    }

    private AttentionKind luong() {
        AttentionKind.ScoreName score = SCORES.get(level(Factor.ATTENDING) - 5);
        int size = score == AttentionKind.ScoreName.CONCAT ? 2 : score == AttentionKind.ScoreName.LOCATION ? 3 : 0;
        Focus focus = switch (level(Factor.FOCUS)) {
            case 0 -> Focus.global();
            case 1 -> new Focus.Monotonic(1);
            default -> new Focus.Predictive(2);
        };
        return new AttentionKind.Luong(score, size, focus, is(Factor.FEEDING), is(Factor.BIAS));
    }

    /**
     * Whether there is such a choice: focus, feeding and bias are Luong's; a score of one's own meets every focus only.
     */
    boolean exists() {
        boolean plain = level(Factor.FEEDING) == 0 && level(Factor.BIAS) == 0;
        return attention() instanceof AttentionKind.Luong ? plain || !own() : plain && level(Factor.FOCUS) == 0;
    }

    private int decoderUnits() {
        return is(Factor.WIDE) ? 2 * H : H;
    }

    /** The size of an output of so many units. */
    private int output(int units) {
        return CELLS.get(level(Factor.CELLS)).name().equals("lstm-projected") ? (units + 1) / 2 : units;
    }

    private int annotation() {
        return is(Factor.BOTH_WAYS) ? 2 * output(H) : output(H);
    }

    private Seq2SeqConfig config() {
        int both = level(Factor.LAYERS);
        int encoderLayers = both == 1 || both == 3 ? 2 : 1;
        int decoderLayers = both == 1 || both == 2 ? 2 : 1;
        String cell = CELLS.get(level(Factor.CELLS)).name();
        return new Seq2SeqConfig(
                new Seq2SeqConfig.Side(cell, E, H, encoderLayers),
                new Seq2SeqConfig.Side(cell, is(Factor.SHARED_EMBEDDING) ? E : E + 1, decoderUnits(), decoderLayers),
                attention(),
                bridge(),
                new Seq2SeqConfig.Options(
                        is(Factor.BOTH_WAYS),
                        is(Factor.REVERSED),
                        is(Factor.SHARED_EMBEDDING),
                        is(Factor.DROPOUT) ? 0.3 : 0,
                        Dtype.DOUBLE,
                        false,
                        Seq2SeqConfig.Start.OF_PARTS));
    }

    /** A model whose weights are all far from zero, so that no attention is flat and no gate half open. */
    Seq2Seq model() {
        WordVocabulary target = WordVocabulary.ofTokens(Tokenizers.WHITESPACE, WORDS);
        WordVocabulary source = is(Factor.SHARED_EMBEDDING)
                ? target
                : WordVocabulary.ofTokens(Tokenizers.WHITESPACE, WORDS.subList(0, WORDS.size() - 1));
        CellsOfBoth cells = CELLS.get(level(Factor.CELLS));
        Rng rng = Rng.seeded(levels.hashCode());
        Seq2SeqParts parts = Seq2SeqParts.builtIn(config()).with(cells.encoder(), cells.decoder());
        Seq2Seq model = Seq2Seq.create(source, target, config(), own() ? parts.with(MINE) : parts, rng);
        for (int i = 0; i < model.parameters().count(); i++) {
            model.parameters().values().set(i, 0.8 * rng.nextGaussian());
        }
        model.parameters().changed();
        return model;
    }

    /** What it is trained on; pairs of ids that all tables have. */
    PairBatch batch() {
        int[][] lengths = switch (level(Factor.LENGTHS)) {
            case 0 -> new int[][] {{4, 0, 2}, {2, 0, 3}};
            case 1 -> new int[][] {{3}, {2}};
            default -> new int[][] {{0, 0}, {1, 2}};
        };
        Rng rng = Rng.seeded(5);
        return PairBatch.of(IntStream.range(0, lengths[0].length)
                .mapToObj(b -> new Pair(ids(lengths[0][b], rng), ids(lengths[1][b], rng)))
                .toList());
    }

    private static int[] ids(int length, Rng rng) {
        return IntStream.range(0, length).map(t -> 2 + rng.nextInt(3)).toArray();
    }

    SoftmaxCrossEntropy loss() {
        return new SoftmaxCrossEntropy(
                WORDS.size(), choice(Factor.LOSS, Reduction.values()), level(Factor.LOSS) == 0 ? 0 : 0.1);
    }

    /** Whether nothing of the source would reach the decoder. */
    private boolean deaf() {
        return bridge().kind() == Bridge.Kind.ZEROS
                && attention() instanceof AttentionKind.None none
                && !none.summary();
    }

    /** How a model of this kind is refused, if it is: what its message says. */
    Optional<String> refusal() {
        if (deaf()) {
            return Optional.of("Seq2SeqConfig: the decoder has no attention, no summary and, with the bridge ZEROS");
        }
        boolean holds = CELLS.get(level(Factor.CELLS)).name().equals("gru-cho-2014-decoder");
        if (holds && bridge().kind() == Bridge.Kind.ZEROS && attention() instanceof AttentionKind.None) {
            return Optional.of("Seq2Seq: the decoder has HoistedLayer(gru), whose summary of the source");
        }
        int from = bridge().directions() == Bridge.Directions.CONCATENATED ? annotation() : output(H);
        int to = output(decoderUnits());
        if (bridge().kind() == Bridge.Kind.IDENTITY && from != to) {
            return Optional.of("Bridge: the decoder's l0.h has size " + to + ", what comes from the encoder's");
        }
        boolean dot = attention() instanceof AttentionKind.Luong luong && luong.score() == AttentionKind.ScoreName.DOT;
        if (dot && annotation() != to) {
            return Optional.of("Attention(dot): the size of an annotation is " + annotation() + ", expected " + to
                    + ", because this score has no map between the two");
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return attention() + ", " + bridge() + ", "
                + CELLS.get(level(Factor.CELLS)).name() + ", "
                + Stream.of(
                                Factor.BOTH_WAYS,
                                Factor.WIDE,
                                Factor.LAYERS,
                                Factor.REVERSED,
                                Factor.SHARED_EMBEDDING,
                                Factor.DROPOUT,
                                Factor.LOSS,
                                Factor.LENGTHS)
                        .map(factor -> factor + " " + level(factor))
                        .toList();
    }
}
