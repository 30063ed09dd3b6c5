// SPDX-License-Identifier: Apache-2.0
package io.github.unroll4j.text;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** BLEU beside the figures that {@code tools/golden/sacrebleu_golden.py} recorded from sacrebleu 2.6. */
class SacrebleuTest {
    /** Both sides compute in double with a few operations, on numbers up to 100. */
    private static final double ROUNDING = 1e-11;

    private static final String[] PIECES =
            ("the a dog cat saw It's 3 1,000 2.5 7- - -- , . ; : ! ? ' \" ( ) & &amp; &quot; &lt;b&gt; &amp;lt; <skipped>"
                            + " e.g. U.S. x-y über 你好 \uD83D\uDE42 é ₂ $5 50% a_b #1 \u200B \uFEFF \u180E \u00AD")
                    .split(" ", -1);

    private static final List<String> BLANKS = blanks();

    private static List<String> blanks() {
        List<String> blanks = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            blanks.add(" ");
        }
        int[] odd = {
            9, 10, 11, 12, 13, 28, 29, 30, 31, 0x85, 0xA0, 0x1680, 0x2000, 0x2003, 0x200A, 0x2028, 0x2029, 0x202F,
            0x205F, 0x3000
        };
        Arrays.stream(odd).mapToObj(Character::toString).forEach(blanks::add);
        blanks.add("");
        blanks.add("  ");
        return blanks;
    }

    /** The generator of the script, draw for draw. */
    private static final class Generator {
        private long x = 2002;

        int below(int n) {
            x = x * 6364136223846793005L + 1442695040888963407L;
            return (int) ((x >>> 33) % n);
        }

        String sentence() {
            StringBuilder sentence = new StringBuilder();
            for (int left = below(14); left > 0; left--) {
                sentence.append(PIECES[below(PIECES.length)]).append(blank());
            }
            return sentence.toString();
        }

        String blank() {
            return BLANKS.get(below(BLANKS.size()));
        }

        String near(String text) {
            if (below(5) == 0) {
                return sentence();
            }
            StringBuilder near = new StringBuilder();
            text.codePoints().forEach(c -> near.append(below(25) == 0 ? blank() : Character.toString(c)));
            return near.toString();
        }
    }

    private static List<String> figures() throws IOException {
        try (InputStream file = Objects.requireNonNull(SacrebleuTest.class.getResourceAsStream("sacrebleu.golden"))) {
            return new String(file.readAllBytes(), US_ASCII)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        }
    }

    @Test
    @SuppressWarnings({"unchecked", "rawtypes"}) // arrays of lists can be created only as raw types
    void threeThousandRandomSetsWithOddBlanksScoreTheSame() throws IOException {
        Generator generator = new Generator();
        List<String> figures = figures();
        assertThat(figures).hasSize(3000);
        for (String line : figures) {
            List<String>[] references = new List[1 + generator.below(3)];
            Arrays.setAll(references, i -> new ArrayList<String>());
            List<String> hypotheses = new ArrayList<>();
            for (int left = 1 + generator.below(6); left > 0; left--) {
                String truth = generator.sentence();
                hypotheses.add(generator.near(truth));
                for (int s = 0; s < references.length; s++) {
                    references[s].add(s == 0 ? truth : generator.near(truth));
                }
            }

            Bleu bleu = Bleu.ofTexts(hypotheses, references);

            String[] words = line.split(" ", -1);
            List<Long> counts =
                    Arrays.stream(words).limit(10).map(Long::valueOf).toList();
            assertThat(bleu)
                    .as("%s against %s", hypotheses, Arrays.toString(references))
                    .isEqualTo(new Bleu(counts.subList(0, 4), counts.subList(4, 8), counts.get(8), counts.get(9)));
            assertThat(bleu.score()).isCloseTo(Double.parseDouble(words[10]), within(ROUNDING));
            assertThat(bleu.brevityPenalty()).isCloseTo(Double.parseDouble(words[11]), within(ROUNDING));
        }
    }

    @Test
    void pythonsBlanksSeparateTokensAndAreDroppedAtTheEnd() {
        assertThat(Mteval13a.tokenize("a\u001Fb\u001Cc\u00A0d")).containsExactly("a", "b", "c", "d");
        assertThat(Mteval13a.tokenize("a -\u00A0")).containsExactly("a", "-");
        assertThat(Mteval13a.tokenize("a-\n\u00A0")).containsExactly("a-");
        assertThat(Mteval13a.tokenize("a\u200Bb")).containsExactly("a\u200Bb");
    }
}
