// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.models.seq2seq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll4j.core.rng.Rng;
import io.github.unroll4j.models.check.CellCheck;
import io.github.unroll4j.models.seq2seq.Combination.Factor;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The gradients of whole models, from the loss of a batch to the embeddings, over all that their options allow; {@link
 * Combinations} says which are crossed in full. One derivative a parameter, along a random direction, in each
 * combination; every single one in some, in which every two choices meet.
 */
class Seq2SeqGradientsTest {
    private static final List<Combination> ALL = Combinations.all();

    static Stream<Combination> allowed() {
        return ALL.stream().filter(one -> one.refusal().isEmpty());
    }

    static Stream<Combination> covering() {
        return Combinations.covering(allowed().toList()).stream();
    }

    static Stream<Combination> refused() {
        return ALL.stream().filter(one -> one.refusal().isPresent());
    }

    @ParameterizedTest
    @MethodSource("allowed")
    void everyParameterOfEveryCombination(Combination one) {
        try (Seq2SeqRig rig = new Seq2SeqRig(one)) {
            rig.alongEveryParameter().full().require(CellCheck.GRADIENT_TOLERANCE);
        }
    }

    @ParameterizedTest
    @MethodSource("covering")
    void everyNumberOfEveryParameterWhereTwoChoicesMeet(Combination one) {
        try (Seq2SeqRig rig = new Seq2SeqRig(one)) {
            rig.everyNumber().full().require(CellCheck.GRADIENT_TOLERANCE);
            assertThat(rig.inPlace().directional(1, Rng.seeded(3)).complaints()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatDoesNotFitIsRefusedInOneSentence(Combination one) {
        assertThatIllegalArgumentException()
                .isThrownBy(one::model)
                .withMessageStartingWith(one.refusal().orElseThrow())
                .withMessageEndingWith(".")
                .withMessageNotContaining("\n");
    }

    /**
     * Focus, feeding and bias go with Luong's scores, the last two with his own only, and a bridge of zeros is refused
     * where nothing else of the source reaches the decoder; all other pairs of levels are there.
     */
    @Test
    void everyTwoChoicesMeet() {
        int pairs = 0;
        for (Factor one : Factor.values()) {
            for (Factor other : Factor.values()) {
                pairs += one.compareTo(other) < 0 ? one.count * other.count : 0;
            }
        }
        int others = Factor.ATTENDING.count - AttentionKind.ScoreName.values().length;
        int feedingOrBias = Factor.FEEDING.count - 1 + Factor.BIAS.count - 1;
        int withoutLuong = others * (Factor.FOCUS.count - 1) + (others + 1) * feedingOrBias;
        int expected = pairs - withoutLuong - 1;
        assertThat(Combinations.met(allowed().toList())).isEqualTo(expected);
        assertThat(Combinations.met(covering().toList())).isEqualTo(expected);
    }
}
