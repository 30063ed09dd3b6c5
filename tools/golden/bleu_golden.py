# SPDX-License-Identifier: Apache-2.0
"""Corpus BLEU of random sentences, worked out from the definition in exact fractions by a second, unlike implementation.

Run from the project root (Python and nothing else):
    python3 tools/golden/bleu_golden.py > text/src/test/resources/io/github/unroll4j/text/bleu.golden

A block for each corpus: "corpus <number of sets of references>", one line a sentence, "hypothesis ||| reference ||| …", then
"score <BLEU> penalty <BP> length <c> reference <r>" and "matches <4 numbers> totals <4 numbers>".

The n-grams are matched one by one: each n-gram of a hypothesis crosses out an equal one that is left in a reference; over several
references this is done for each kind of n-gram with the reference that has most of it.
"""
import math
import platform
import random
from fractions import Fraction

WORDS = "a the dog cat man saw bit had not with , . it 's".split()


def sentence(rng, longest):
    return [rng.choice(WORDS) for _ in range(rng.randint(0, longest))]


def near(rng, words, loss=0.1):
    """The same sentence with words left out, put in, or changed."""
    changed = []
    for word in words:
        dice = rng.random()
        if dice < loss:
            continue
        changed.append(rng.choice(WORDS) if dice < loss + 0.1 else word)
        if dice > 0.9:
            changed.append(rng.choice(WORDS))
    return changed


def grams(words, n):
    return [" ".join(words[i:i + n]) for i in range(len(words) - n + 1)]


def crossed_out(hypothesis, references, n):
    matched = 0
    for kind in sorted(set(grams(hypothesis, n))):
        left = max((grams(r, n) for r in references), key=lambda all_grams: all_grams.count(kind))[:]
        for gram in grams(hypothesis, n):
            if gram == kind and gram in left:
                left.remove(gram)
                matched += 1
    return matched


def show(rng, sets, sentences, longest, loss):
    print("corpus", sets)
    matches, totals, c, r = [0] * 4, [0] * 4, 0, 0
    for _ in range(sentences):
        truth = sentence(rng, longest)
        references = [truth] + [near(rng, truth) for _ in range(sets - 1)]
        hypothesis = near(rng, truth, loss)
        print(" ||| ".join(" ".join(words) for words in [hypothesis] + references))
        for n in range(1, 5):
            matches[n - 1] += crossed_out(hypothesis, references, n)
            totals[n - 1] += len(grams(hypothesis, n))
        c += len(hypothesis)
        r += min((abs(len(x) - len(hypothesis)), len(x)) for x in references)[1]
    product = math.prod(Fraction(m, t) if t else Fraction(0) for m, t in zip(matches, totals))
    penalty = 1.0 if c >= r else math.exp(1 - r / c)
    score = 100 * penalty * float(product) ** 0.25
    print(f"score {score:.17g} penalty {penalty:.17g} length {c} reference {r}")
    print("matches", *matches, "totals", *totals)


print(f"# tools/golden/bleu_golden.py, Python {platform.python_version()}")
generator = random.Random(2002)
for shape in [(1, 1, 12, 0.1), (1, 30, 12, 0.2), (1, 99, 25, 0.1), (2, 40, 15, 0.25), (4, 50, 20, 0.1), (1, 50, 3, 0.1)]:
    show(generator, *shape)
