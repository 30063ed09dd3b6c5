// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Text that is read back from its ids, wherever {@link Vocabulary#decode} promises that it is the text. */
class RoundTripTest {
    private static final int TEXTS = 50_000;

    private final Random random = new Random(50_000);

    /** A character of all of Unicode, an odd one that files contain, or one of ASCII; never half a surrogate pair. */
    private int character() {
        int[] odd = {0, 9, 10, 13, 0x1F, ' ', 0x85, 0xA0, 0x301, 0x130, 0x200D, 0x2028, 0xFEFF, 0xFFFF, 0x1F642};
        int c = switch (random.nextInt(3)) {
            case 0 -> odd[random.nextInt(odd.length)];
            case 1 -> random.nextInt(128);
            default -> random.nextInt(Character.MAX_CODE_POINT + 1);
        };
        return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? '<' : c;
    }

    private String text(int most) {
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(most); left >= 0; left--) {
            text.appendCodePoint(character());
        }
        return text.toString();
    }

    /** Words apart by one space, some spelt like special tokens. */
    private String words() {
        List<String> words = new ArrayList<>();
        while (words.isEmpty() || random.nextInt(8) > 0) {
            String text = text(6);
            String word =
                    random.nextInt(5) == 0 ? List.of("<SOS>", "<EOS>", "<UNK>").get(random.nextInt(3)) : text;
            if (word.codePoints().noneMatch(Unicode::isWhiteSpace)) {
                words.add(word);
            }
        }
        return String.join(" ", words);
    }

    private static void assertReadBack(String text, Function<String, Vocabulary> vocabularyOf) {
        Vocabulary vocabulary = vocabularyOf.apply(text);
        int[] ids = vocabulary.encode(text);
        assertThat(vocabulary.decode(ids)).isEqualTo(text);
        Vocabulary stored = Vocabulary.of(vocabulary.splitting(), vocabulary.tokens());
        assertThat(stored.encode(text)).isEqualTo(ids);
        assertThat(stored.decode(ids)).isEqualTo(text);
    }

    @Test
    void charactersAreReadBack() {
        for (int i = 0; i < TEXTS; i++) {
            assertReadBack(text(40), CharVocabulary::of);
        }
    }

    @Test
    void codePointsAreReadBack() {
        for (int i = 0; i < TEXTS; i++) {
            assertReadBack(text(40), text -> WordVocabulary.of(Tokenizers.CODE_POINTS, text));
        }
    }

    @Test
    void wordsApartByOneSpaceAreReadBackSpecialTokensToo() {
        for (int i = 0; i < TEXTS; i++) {
            String text = words();
            assertReadBack(text, all -> WordVocabulary.of(Tokenizers.WHITESPACE, all));
            assertThat(WordVocabulary.of(Tokenizers.WHITESPACE, text).encode(text))
                    .as("no id of a special token")
                    .doesNotContain(WordVocabulary.SOS_ID, WordVocabulary.EOS_ID, WordVocabulary.UNK_ID);
        }
    }
}
