// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.core.tensor.Dtype;
import io.github.unroll4j.models.cell.State;
import io.github.unroll4j.models.decoding.Evaluation;
import io.github.unroll4j.models.sequence.Run;
import io.github.unroll4j.models.sequence.Sequence;
import io.github.unroll4j.models.testing.LayerCase;
import io.github.unroll4j.text.CharVocabulary;
import io.github.unroll4j.text.Windows;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScoresTest {
    private static final CharVocabulary ABC = CharVocabulary.of("abcd");
    private final LanguageModel model = model();

    private static LanguageModel model() {
        LanguageModel model =
                LanguageModel.create(ABC, new LanguageModelConfig("lstm", 4, 2, Dtype.DOUBLE), Rng.seeded(1));
        LayerCase.shake(model.parameters(), Rng.seeded(2));
        return model;
    }

    private static int[] text(int length) {
        Rng rng = Rng.seeded(3);
        return IntStream.range(0, length).map(i -> rng.nextInt(ABC.size())).toArray();
    }

    @AfterEach
    void close() {
        model.close();
    }

    @Test
    void eachTokenIsScoredGivenAllBeforeIt() {
        int[] text = text(600); // longer than two of the pieces in which it is read
        Scores scores = model.score(text);
        State state = model.zeroState(1);

        assertThat(scores.ids()).isEqualTo(text);
        assertThat(scores.logProbabilities()).hasSize(600);
        assertThat(scores.logProbabilities()[0]).as("given").isZero();
        for (int i = 1; i < text.length; i++) {
            Run run = model.layers().forward(Sequence.ids(new int[] {text[i - 1]}, 1, 1), state);
            state = run.last();
            double[] logits = model.head().forward(run.H()).toDoubles();
            double sum = 0;
            for (int v = 0; v < ABC.size(); v++) {
                sum += Math.exp(logits[v]);
            }
            // the same numbers by products of other shapes
            assertThat(scores.logProbabilities()[i]).isCloseTo(logits[text[i]] - Math.log(sum), within(1e-12));
        }
    }

    @Test
    void aTextIsScoredAsItsTokens() {
        Scores scores = model.score("abdca");

        assertThat(scores.ids()).containsExactly(0, 1, 3, 2, 0);
        assertThat(scores.logProbabilities())
                .isEqualTo(model.score(0, 1, 3, 2, 0).logProbabilities());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> model.score("abx"))
                .withMessageContaining("'x'");
    }

    @Test
    void theirSumIsTheEvaluation() {
        int[] text = text(600);
        Evaluation evaluation = model.score(text).evaluation();

        assertThat(evaluation.tokens()).isEqualTo(599);
        assertThat(evaluation.totalNats()).isCloseTo(model.evaluate(text).totalNats(), within(1e-10));
    }

    @Test
    void documentsAreEachReadFromAFreshState() {
        List<int[]> documents = List.of(text(9), text(4), text(13), text(2));
        double nats = 0;
        long tokens = 0;
        for (int[] document : documents) {
            nats += model.evaluate(document).totalNats();
            tokens += document.length - 1;
        }
        Evaluation together = model.evaluate(Windows.ofDocuments(documents, 5, 2));

        assertThat(together.tokens()).isEqualTo(tokens);
        assertThat(together.totalNats()).isCloseTo(nats, within(1e-11));
    }

    @Test
    void aTextOfOneTokenHasNothingToScore() {
        assertThatIllegalArgumentException().isThrownBy(() -> model.score(2)).withMessageContaining("1 tokens");
    }
}
