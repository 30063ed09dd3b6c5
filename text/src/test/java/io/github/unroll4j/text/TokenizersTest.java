// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class TokenizersTest {

    private static final List<Tokenizer> ALL = List.of(
            Tokenizers.NOTEBOOK,
            Tokenizers.WHITESPACE,
            Tokenizers.WHITESPACE_WITH_SPECIALS,
            Tokenizers.UNICODE_WORDS,
            Tokenizers.CODE_POINTS);

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.oneOf(Texts.prose(), Texts.unicode());
    }

    /** The expected lists are those of Python 3.11's {@code re.findall(r"\w+|[.,!?'\";:]", text.lower())}. */
    @Test
    void notebookSplitsAsPythonDoes() {
        assertThat(Tokenizers.NOTEBOOK.tokenize("He SAID: \"Don't—stop_it\"; (now) 3.5%!"))
                .containsExactly(
                        "he", "said", ":", "\"", "don", "'", "t", "stop_it", "\"", ";", "now", "3", ".", "5", "!");
        assertThat(Tokenizers.NOTEBOOK.tokenize("e\u0301a x² ½ Ⅷ 你好 \uD835\uDD38b ŒUVRE ΣΑΣ İ"))
                .containsExactly("e", "a", "x²", "½", "ⅷ", "你好", "\uD835\uDD38b", "œuvre", "σας", "i");
    }

    @Test
    void whitespaceSplitsAtEveryUnicodeSpace() {
        assertThat(Tokenizers.WHITESPACE.tokenize(" The crow,\tthe\u00A0jug.\r\n\u3000Now\u2028then\u0085 "))
                .containsExactly("The", "crow,", "the", "jug.", "Now", "then");
    }

    @Test
    void unicodeWordsKeepsPunctuationAndCase() {
        assertThat(Tokenizers.UNICODE_WORDS.tokenize("Well-known: \"Don't!\" (3.14, 1,000) a_b e.g. x."))
                .containsExactly(
                        "Well", "-", "known", ":", "\"", "Don't", "!", "\"", "(", "3.14", ",", "1,000", ")", "a_b", "e",
                        ".", "g", ".", "x", ".");
    }

    @Test
    void unicodeWordsKnowsOtherScripts() {
        assertThat(Tokenizers.UNICODE_WORDS.tokenize("l’été naïve e\u0301te\u0301 cel·la 你好。ひら カタカナ"))
                .containsExactly("l’été", "naïve", "e\u0301te\u0301", "cel·la", "你", "好", "。", "ひ", "ら", "カタカナ");
    }

    @Test
    void unicodeWordsJoinsAtMarksOnlyWhereBothSidesFit() {
        assertThat(Tokenizers.UNICODE_WORDS.tokenize("1'000 a.5 'a a' rock'你 5.a 3,"))
                .containsExactly("1'000", "a", ".", "5", "'", "a", "a", "'", "rock", "'", "你", "5", ".", "a", "3", ",");
    }

    @Test
    void unicodeWordsKeepsInvisibleJoinersButEndsAtAZeroWidthSpace() {
        assertThat(Tokenizers.UNICODE_WORDS.tokenize("می\u200Cخواهم ab\u200Bcd"))
                .containsExactly("می\u200Cخواهم", "ab", "\u200B", "cd");
    }

    @Test
    void unicodeWordsNeverCutsAnEmoji() {
        String astronaut = "\uD83D\uDC69\uD83C\uDFFD\u200D\uD83D\uDE80";
        String flag = "\uD83C\uDDE9\uD83C\uDDEA";

        assertThat(Tokenizers.UNICODE_WORDS.tokenize("go" + astronaut + flag + flag + "!"))
                .containsExactly("go", astronaut, flag, flag, "!");
    }

    @Test
    void unicodeWordsNeverCutsAWordThatASignClingsTo() {
        assertThat(Tokenizers.UNICODE_WORDS.tokenize("\u0600\u0661\u0662 \u0600crow"))
                .containsExactly("\u0600", "\u0661\u0662", "\u0600", "crow");
    }

    @Test
    void unicodeWordsTakesVeryLongWords() {
        String word = "a'".repeat(200_000) + "a";

        assertThat(Tokenizers.UNICODE_WORDS.tokenize(word)).containsExactly(word);
    }

    @Property(tries = 200)
    void unicodeWordsAndWhitespaceLoseNothingButWhiteSpace(@ForAll("texts") String text) {
        String solid = withoutWhiteSpace(text);

        assertThat(String.join("", Tokenizers.WHITESPACE.tokenize(text))).isEqualTo(solid);
        assertThat(String.join("", Tokenizers.UNICODE_WORDS.tokenize(text))).isEqualTo(solid);
    }

    @Test
    void codePointsKeepsEverything() {
        assertThat(Tokenizers.CODE_POINTS.tokenize("5 mars\t2\u00A0é e\u0301\uD83D\uDE80"))
                .containsExactly(
                        "5", " ", "m", "a", "r", "s", "\t", "2", "\u00A0", "é", " ", "e", "\u0301", "\uD83D\uDE80");
        assertThat(Tokenizers.CODE_POINTS.tokenize(" \n")).containsExactly(" ", "\n");
    }

    @Property(tries = 200)
    void joiningUndoesSplittingIntoCodePoints(@ForAll("texts") String text) {
        assertThat(Tokenizers.CODE_POINTS.join(Tokenizers.CODE_POINTS.tokenize(text)))
                .isEqualTo(text);
    }

    @Property(tries = 200)
    void tokensAreNeverEmpty(@ForAll("texts") String text) {
        for (Tokenizer tokenizer : ALL) {
            assertThat(tokenizer.tokenize(text)).doesNotContain("");
        }
    }

    @Property(tries = 200)
    void splittingUndoesJoiningOfWhitespaceTokens(@ForAll("texts") String text) {
        List<String> words = Tokenizers.WHITESPACE.tokenize(text);

        assertThat(Tokenizers.WHITESPACE.tokenize(Tokenizers.WHITESPACE.join(words)))
                .isEqualTo(words);
    }

    @Property(tries = 200)
    void joiningAddsNothingButSpaces(@ForAll("texts") String text) {
        for (Tokenizer tokenizer : ALL) {
            List<String> words = tokenizer.tokenize(text);
            assertThat(withoutWhiteSpace(tokenizer.join(words))).isEqualTo(withoutWhiteSpace(String.join("", words)));
        }
    }

    @Test
    void blankTextHasNoWords() {
        for (Tokenizer tokenizer : ALL) {
            assertThat(tokenizer.tokenize("")).isEmpty();
            assertThat(tokenizer.join(List.of())).isEmpty();
            if (tokenizer != Tokenizers.CODE_POINTS) {
                assertThat(tokenizer.tokenize(" \n\t\u00A0")).isEmpty();
            }
        }
    }

    @Test
    void builtInTokenizersAreFoundByName() {
        for (Tokenizer tokenizer : ALL) {
            assertThat(Tokenizers.named(tokenizer.name())).isSameAs(tokenizer);
        }
        assertThat(ALL)
                .extracting(Tokenizer::name)
                .containsExactly("notebook", "whitespace", "whitespace-with-specials", "unicode-words", "code-points");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tokenizers.named("bpe"))
                .withMessageContaining("\"bpe\", expected one of [notebook, whitespace, whitespace-with-specials,"
                        + " unicode-words, code-points]");
    }

    @Test
    void lowerCasedSplitsTheTextInSmallLetters() {
        Tokenizer lower = Tokenizers.UNICODE_WORDS.lowerCased();
        assertThat(lower.tokenize("The ŒUVRE isn't İO; ΣΑΣ!"))
                .containsExactlyElementsOf(Tokenizers.UNICODE_WORDS.tokenize("the œuvre isn't i\u0307o; σας!"));
        assertThat(lower.join(List.of("the", "crow", "."))).isEqualTo("the crow.");
        assertThat(lower.lowerCased()).as("already is").isSameAs(lower);
        assertThat(lower).hasToString("unicode-words-lower");
    }

    @Test
    void lowerCasedTokenizersAreFoundByName() {
        for (Tokenizer tokenizer : ALL) {
            Tokenizer lower = tokenizer.lowerCased();
            assertThat(lower.name()).isEqualTo(tokenizer.name() + "-lower");
            assertThat(Tokenizers.named(lower.name())).isEqualTo(lower);
        }
        Vocabulary vocabulary = WordVocabulary.of(Tokenizers.WHITESPACE.lowerCased(), "The crow");
        assertThat(Vocabulary.of(vocabulary.splitting(), vocabulary.tokens()).encode("THE CROW"))
                .containsExactly(4, 3);
        Tokenizer own = text -> List.of(text.split(","));
        assertThat(own.lowerCased().name()).isEqualTo("custom-lower");
        assertThat(own.lowerCased().tokenize("A,b")).containsExactly("a", "b");
    }

    private static String withoutWhiteSpace(String text) {
        return text.replaceAll("\\p{IsWhite_Space}", "");
    }
}
