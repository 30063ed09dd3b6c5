// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.lang.Character.UnicodeScript;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class UnicodeTest {
    private static final int TEXTS = 50_000;

    private static final Pattern CLUSTER = Pattern.compile("\\X");

    private static final Pattern IN_WORD = Pattern.compile("[\\p{L}\\p{N}_]");

    /** Texts of all of Unicode, half of their characters from those that tokenizers treat differently. */
    private static List<String> texts() {
        int[] prose = ("aZéß\u0301я你ひカ\u0E01\uD835\uDD387²_'’\".,;-—(]«¿。€\u200D\u200B\uFE0F\u0600ΣσİΑ"
                        + "\uD83D\uDC69\uD83C\uDFFD\uD83D\uDE80\uD83C\uDDE9\uD83C\uDDEA \n\t\u00A0\u3000\u0085\0")
                .codePoints()
                .toArray();
        Random random = new Random(17);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < TEXTS; i++) {
            StringBuilder text = new StringBuilder();
            for (int left = random.nextInt(30); left > 0; left--) {
                int c = random.nextBoolean() ? prose[random.nextInt(prose.length)] : random.nextInt(0x20000);
                text.appendCodePoint(c >= 0xD800 && c < 0xE000 ? ' ' : c);
            }
            texts.add(text.toString());
        }
        return texts;
    }

    private static void assumeUnicode13() {
        assumeThat(Runtime.version().feature())
                .as("JDK 17 has Unicode 13, from which the table was made; others know other characters")
                .isEqualTo(17);
    }

    @Test
    void theTableSaysWhatTheJdkSaysFromWhichItWasMade() {
        assumeUnicode13();
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            int type = Character.getType(c);
            boolean mark = type == Character.NON_SPACING_MARK
                    || type == Character.ENCLOSING_MARK
                    || type == Character.COMBINING_SPACING_MARK;
            boolean asExpected = Unicode.isLetter(c) == Character.isLetter(c)
                    && Unicode.isDigit(c) == Character.isDigit(c)
                    && Unicode.isMark(c) == mark
                    && Unicode.isFormat(c) == (type == Character.FORMAT)
                    && Unicode.opens(c)
                            == (type == Character.START_PUNCTUATION || type == Character.INITIAL_QUOTE_PUNCTUATION)
                    && Unicode.closes(c)
                            == (type == Character.END_PUNCTUATION || type == Character.FINAL_QUOTE_PUNCTUATION)
                    && Unicode.standsAlone(c)
                            == (Character.isIdeographic(c) || UnicodeScript.of(c) == UnicodeScript.HIRAGANA);
            assertThat(asExpected).as("U+%04X", c).isTrue();
        }
    }

    @Test
    void whiteSpaceAndNumbersAreThoseOfTheProperties() {
        assumeUnicode13();
        Pattern white = Pattern.compile("\\p{IsWhite_Space}");
        Pattern number = Pattern.compile("\\p{N}");
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            String text = Character.toString(c);
            assertThat(Unicode.isWhiteSpace(c))
                    .as("U+%04X", c)
                    .isEqualTo(white.matcher(text).matches());
            assertThat(Unicode.isNumber(c))
                    .as("U+%04X", c)
                    .isEqualTo(number.matcher(text).matches());
        }
    }

    @Test
    void everyCharacterHasTheSmallLetterOfTheJdk() {
        assumeUnicode13();
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            String text = Character.toString(c);
            assertThat(Unicode.lowerCase(text)).as("U+%04X", c).isEqualTo(text.toLowerCase(Locale.ROOT));
        }
    }

    /** The expected texts are those of Python 3.11's {@code str.lower}. */
    @Test
    void aSigmaAtTheEndOfAWordIsAFinalOne() {
        assertThat(Unicode.lowerCase("ΑΣ ΣΑΣ. Σ ΑΣ'Α Α\u0301Σ\u0301 ΑΣ1 1Σ"))
                .isEqualTo("ας σας. σ ασ'α α\u0301ς\u0301 ας1 1σ");
    }

    @Test
    void symbolsEndWhereClustersDoOrWhereAWordBegins() {
        assumeUnicode13();
        for (String text : texts()) {
            Matcher cluster = CLUSTER.matcher(text);
            Matcher word = IN_WORD.matcher(text);
            for (int start = 0; start < text.length(); ) {
                int next = start + Character.charCount(text.codePointAt(start));
                if (word.region(start, next).matches()) {
                    start = next;
                    continue;
                }
                boolean inCluster = cluster.region(start, text.length()).lookingAt();
                int end = inCluster ? cluster.end() : text.length();
                if (word.region(next, text.length()).find()) {
                    end = Math.max(next, Math.min(end, word.start()));
                }
                assertThat(Unicode.symbolEnd(text, start))
                        .as("%s from %d", CodePoints.describe(text), start)
                        .isEqualTo(end);
                start = next;
            }
        }
    }

    /** The hash was computed under JDK 17. Whatever JDK runs this must split and join 50,000 texts in the same way. */
    @Test
    void textIsSplitAndJoinedTheSameOnEveryJdk() throws NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (String text : texts()) {
            for (Tokenizer tokenizer : List.of(
                    Tokenizers.NOTEBOOK,
                    Tokenizers.WHITESPACE,
                    Tokenizers.UNICODE_WORDS,
                    Tokenizers.UNICODE_WORDS.lowerCased())) {
                List<String> words = tokenizer.tokenize(text);
                digest.update(String.join("\uFFFF", words).getBytes(UTF_8));
                digest.update(tokenizer.join(words).getBytes(UTF_8));
            }
        }

        assertThat(HexFormat.of().formatHex(digest.digest()))
                .isEqualTo("cacb57a30917ff8e44121ed289fad0b95b592c2c3160a51230e218c16cb67265");
    }

    @Test
    void lettersThatCameLaterAreNoneOfTheWordsThatAModelKnows() {
        String kawi = "\uD807\uDF12\uD807\uDF13"; // U+11F12 and U+11F13, letters since Unicode 15

        assertThat(Tokenizers.NOTEBOOK.tokenize("a" + kawi)).containsExactly("a");
        assertThat(Tokenizers.UNICODE_WORDS.tokenize("a" + kawi))
                .containsExactly("a", kawi.substring(0, 2), kawi.substring(2));
    }
}
