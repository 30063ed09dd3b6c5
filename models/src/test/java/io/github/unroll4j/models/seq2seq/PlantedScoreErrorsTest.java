// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import static io.github.unroll4j.models.seq2seq.PlantedSeq2SeqErrorsTest.after;
import static io.github.unroll4j.models.seq2seq.PlantedSeq2SeqErrorsTest.lostKey;
import static io.github.unroll4j.models.seq2seq.PlantedSeq2SeqErrorsTest.scaled;
import static io.github.unroll4j.models.seq2seq.PlantedSeq2SeqErrorsTest.scaledVector;
import static io.github.unroll4j.models.seq2seq.RigParts.H;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.unroll4j.core.check.GradientCheck;
import io.github.unroll4j.core.check.GradientReport;
import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.attention.AdditiveScore;
import io.github.unroll4j.models.attention.DotScore;
import io.github.unroll4j.models.attention.LocationScore;
import io.github.unroll4j.models.attention.Pairs;
import io.github.unroll4j.models.attention.Score;
import io.github.unroll4j.models.attention.ScoreLayout;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.check.ScoreCheck;
import io.github.unroll4j.optim.Reduction;
import io.github.unroll4j.optim.SoftmaxCrossEntropy;
import io.github.unroll4j.text.Pair;
import io.github.unroll4j.text.PairBatch;
import io.github.unroll4j.text.Tokenizers;
import io.github.unroll4j.text.WordVocabulary;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An error in a score is found wherever scores are checked. */
class PlantedScoreErrorsTest {
    static Stream<Score> spoiltScores() {
        return Stream.of(
                after(new DotScore(H), lostKey(0)),
                after(DotScore.general(H), scaled(Pairs::dq)),
                scaledVector(new AdditiveScore(5)),
                after(new LocationScore(4), p -> p.dq().set(1, 0)));
    }

    /** The check that a score of one's own passes finds the same. */
    @ParameterizedTest
    @MethodSource("spoiltScores")
    void isFoundByTheContractOfScores(Score spoilt) {
        assertThat(ScoreCheck.check(H, H, () -> spoilt).passed()).isFalse();
    }

    /** The checks of whole models find it too, number by number and along one direction a parameter. */
    @ParameterizedTest
    @ValueSource(doubles = {1, 1.001})
    void isFoundInAWholeModel(double factor) {
        AttentionKind own = new AttentionKind.Luong(AttentionKind.ScoreName.OWN);
        Seq2SeqConfig.Side side = new Seq2SeqConfig.Side("gru", 2, 3, 1);
        Bridge.Options bridge = new Bridge.Options(Bridge.Kind.TANH, Bridge.Directions.CONCATENATED);
        Seq2SeqConfig config =
                new Seq2SeqConfig(side, side, own, bridge, Seq2SeqConfig.Options.STANDARD.dtype(Dtype.DOUBLE));
        Score right = new AdditiveScore(2);
        ScoreLayout.Vector v_a = right.layout().vectors().get(0);
        Score spoilt = after(right, p -> p.dp(v_a).scale(0, 1, factor));
        WordVocabulary words =
                WordVocabulary.ofTokens(Tokenizers.WHITESPACE, List.of("<SOS>", "<EOS>", "<UNK>", "a", "b"));
        PairBatch batch = PairBatch.of(List.of(new Pair(new int[] {3, 4, 3}, new int[] {4, 3})));
        Seq2SeqParts parts = Seq2SeqParts.builtIn(config).with((hidden, width) -> spoilt);
        Seq2Seq model = Seq2Seq.create(words, words, config, parts, Rng.seeded(1));
        try (Seq2SeqRig rig = new Seq2SeqRig(model, batch, new SoftmaxCrossEntropy(words.size(), Reduction.SUM))) {
            for (GradientCheck check : List.of(rig.everyNumber(), rig.alongEveryParameter())) {
                GradientReport report = check.full();
                assertThat(report.passed(CellCheck.GRADIENT_TOLERANCE)).isEqualTo(factor == 1);
                assertThat(report.summary(CellCheck.GRADIENT_TOLERANCE).contains("decoder.additive.v_a"))
                        .isEqualTo(factor != 1);
            }
        }
    }
}
