# SPDX-License-Identifier: Apache-2.0
"""The figures of sacrebleu 2.6 on 3,000 random sets of sentences, odd blanks included.

Run from the project root (pip install sacrebleu==2.6.0):
    python3 tools/golden/sacrebleu_golden.py > text/src/test/resources/io/github/unroll4j/text/sacrebleu.golden

The sentences are not recorded: both sides draw them with the same generator, x := 6364136223846793005 x + 1442695040888963407
modulo 2^64, of which a choice among n is (x >> 33) mod n. A line of the file is a set: its matches, totals, length, length of the
references, BLEU without smoothing and brevity penalty. Where every order has a match, BLEU with the default smoothing is the same.
"""
import sacrebleu
from sacrebleu.metrics import BLEU

PIECES = (
    "the a dog cat saw It's 3 1,000 2.5 7- - -- , . ; : ! ? ' \" ( ) & &amp; &quot; &lt;b&gt; &amp;lt; <skipped> e.g. U.S. x-y"
    " über 你好 \U0001F642 é ₂ $5 50% a_b #1 \u200b \ufeff \u180e \u00ad"
).split(" ")
BLANKS = [" "] * 20 + [chr(c) for c in (
    9, 10, 11, 12, 13, 28, 29, 30, 31, 0x85, 0xA0, 0x1680, 0x2000, 0x2003, 0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000)] + ["", "  "]


class Generator:
    x = 2002

    def below(self, n):
        self.x = (self.x * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.x >> 33) % n

    def sentence(self):
        return "".join(PIECES[self.below(len(PIECES))] + BLANKS[self.below(len(BLANKS))] for _ in range(self.below(14)))

    def near(self, text):
        """The same sentence with some characters changed into blanks, or none left."""
        if self.below(5) == 0:
            return self.sentence()
        out = ""
        for c in text:
            out += BLANKS[self.below(len(BLANKS))] if self.below(25) == 0 else c
        return out


assert sacrebleu.__version__ == "2.6.0", sacrebleu.__version__
print(f"# tools/golden/sacrebleu_golden.py, sacrebleu {sacrebleu.__version__}")
generator = Generator()
plain, default = BLEU(smooth_method="none"), BLEU()
for _ in range(3000):
    sets, sentences = 1 + generator.below(3), 1 + generator.below(6)
    references = [[] for _ in range(sets)]
    hypotheses = []
    for _ in range(sentences):
        truth = generator.sentence()
        hypotheses.append(generator.near(truth))
        for s in range(sets):
            references[s].append(truth if s == 0 else generator.near(truth))
    score = plain.corpus_score(hypotheses, references)
    if all(score.counts):
        assert score.score == default.corpus_score(hypotheses, references).score
    print(*score.counts, *score.totals, score.sys_len, score.ref_len, f"{score.score:.17g} {score.bp:.17g}")
