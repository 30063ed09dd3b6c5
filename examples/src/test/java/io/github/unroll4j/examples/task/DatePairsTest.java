// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.examples.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.unroll4j.core.rng.Rng;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatePairsTest {
    private static final int HELD_OUT = 10_000;

    private static DatePairs pairs(long seed) {
        return new DatePairs(HELD_OUT, Rng.seeded(seed));
    }

    private static Set<String> targets(List<TextPair> pairs) {
        Set<String> targets = new HashSet<>();
        pairs.forEach(pair -> targets.add(pair.target()));
        return targets;
    }

    @Test
    void noDateIsBothLearnedAndHeldOut() {
        DatePairs pairs = pairs(1);
        List<TextPair> test = pairs.heldOut(Rng.seeded(2));
        Set<String> heldOut = targets(test);
        assertThat(test).hasSize(HELD_OUT);
        assertThat(heldOut).as("each once").hasSize(HELD_OUT);
        assertThat(targets(pairs.train(20_000, Rng.seeded(3)))).doesNotContainAnyElementsOf(heldOut);
        assertThat(pairs.train()).extracting(LocalDate::toString).doesNotContainAnyElementsOf(heldOut);
        assertThat(pairs.train().size() + HELD_OUT)
                .as("days of a hundred years")
                .isEqualTo(36_525);
    }

    @Test
    void noTextHasTwoAnswers() {
        Map<String, String> answers = new HashMap<>();
        for (TextPair pair : pairs(1).train(50_000, Rng.seeded(4))) {
            String other = answers.put(pair.source(), pair.target());
            assertThat(other == null || other.equals(pair.target()))
                    .as("%s and %s", pair, other)
                    .isTrue();
        }
    }

    @Test
    void theSameSeedGivesTheSamePairs() {
        List<TextPair> pairs = pairs(5).train(500, Rng.seeded(6));
        assertThat(pairs(5).train(500, Rng.seeded(6))).isEqualTo(pairs);
        assertThat(pairs(5).train(500, Rng.seeded(7))).isNotEqualTo(pairs);
        assertThat(pairs(5).heldOut(Rng.seeded(6))).isEqualTo(pairs(5).heldOut(Rng.seeded(6)));
        assertThat(targets(pairs(5).heldOut(Rng.seeded(6)))).isNotEqualTo(targets(pairs(6).heldOut(Rng.seeded(6))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "25/12/2024",
                "12/25/2024",
                "5/5/24",
                "05.03.2024",
                "05.03.24",
                "2024/3/5",
                "2024-03-05",
                "2024. 03. 05.",
                "٥\u200F/٣\u200F/٢٠٢٤",
                "۲۰۲۴/۳/۵"
            })
    void clearTextsAreUsed(String text) {
        assertThat(pairs(1).isClear(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"03/04/05", "3/4/05", "03/04/2005", "3/4/2005", "12/11/10"})
    void textsThatMeanDifferentDatesInDifferentPlacesAreNot(String text) {
        assertThat(pairs(1).isClear(text)).isFalse();
    }

    @Test
    void ambiguousTextsDoNotOccur() {
        for (TextPair pair : pairs(1).train(30_000, Rng.seeded(8))) {
            if (pair.source().matches("[0-9]+/[0-9]+/[0-9]+")) {
                int[] n = Arrays.stream(pair.source().split("/", -1))
                        .mapToInt(Integer::parseInt)
                        .toArray();
                boolean yearFirst = n[0] > 31;
                assertThat(yearFirst || n[0] > 12 || n[1] > 12 || n[0] == n[1])
                        .as(pair.toString())
                        .isTrue();
            }
        }
    }

    @Test
    void somethingMustBeLeftToLearnFrom() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DatePairs(36_525, Rng.seeded(1)))
                .withMessageContaining("36525 dates were to be held out, expected fewer than the 36525");
    }

    @Test
    void someTextsAreInCapitalsAndSomeInSmallLetters() {
        List<TextPair> pairs = pairs(1).train(8000, Rng.seeded(9));
        assertThat(pairs.stream().filter(p -> p.source().contains("NOVEMBER")).count())
                .isPositive();
        assertThat(pairs.stream().filter(p -> p.source().contains("november")).count())
                .isPositive();
        assertThat(pairs.stream().filter(p -> p.source().contains("November")).count())
                .isPositive();
    }

    @ParameterizedTest
    @CsvSource({"2024-03-05, 'Dienstag, 5. März 2024'", "1999-12-31, 'Freitag, 31. Dezember 1999'"})
    void aDateInFull(String iso, String text) {
        assertThat(DatePairs.inFull(iso)).isEqualTo(text);
    }
}
