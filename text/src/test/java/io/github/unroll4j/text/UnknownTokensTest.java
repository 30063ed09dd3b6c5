// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UnknownTokensTest {

    private final RecordingLogger log = new RecordingLogger();
    private final UnknownTokens unknownTokens = new UnknownTokens(CharVocabulary.of("ab?"), log);

    @Test
    void warnsOnceWithTheNumberAndThePlaceOfTheFirst() {
        encode(UnknownRule.skip(), 1, -1, 2, -1);
        encode(UnknownRule.skip(), -1);

        assertThat(log.lines())
                .containsExactly(
                        "WARN CharVocabulary.encode: 2 of 4 tokens are not in the vocabulary of 3 (rule: skip), the"
                                + " first at token 1",
                        "DEBUG CharVocabulary.encode: 1 of 1 tokens are not in the vocabulary of 3 (rule: skip), the"
                                + " first at token 0");
    }

    @Test
    void countsReplacedTokensAmongAll() {
        assertThat(encode(UnknownRule.replaceWith("?"), 1, -1, 2)).containsExactly(1, 0, 2);
        assertThat(log.lines())
                .containsExactly("WARN CharVocabulary.encode: 1 of 3 tokens are not in the vocabulary of 3 (rule:"
                        + " replace with '?' (U+003F QUESTION MARK)), the first at token 1");
    }

    @Test
    void isSilentWhenEverythingIsKnown() {
        assertThat(encode(UnknownRule.fail(), 1, 2)).containsExactly(1, 2);
        assertThat(log.lines()).isEmpty();
    }

    /** Encodes ids as they are; -1 is an unknown token. */
    private int[] encode(UnknownRule rule, int... ids) {
        UnknownTokens.Encoding encoding = unknownTokens.begin(rule, ids.length);
        for (int i = 0; i < ids.length; i++) {
            int position = i;
            if (ids[i] >= 0) {
                encoding.add(ids[i]);
            } else {
                encoding.addUnknown(() -> "'secret'", () -> "at token " + position);
            }
        }
        return encoding.finish();
    }
}
