"""Learns digest/summarize/weights.json from articles and their publishers' own deks, and says how well, out of sample.

    python tests/benchmarks/learn_weights.py

First the words: each word of an article is an example (does the dek have it?) for plain logistic regression over the
steps of its facts, by AdaGrad over words that are alike. Then the sentences: on top of the words they may hold, the
weights of what they are like that make the ROUGE-1 of the chosen one the highest, were it drawn by lot, the better
the likelier (a softmax over each article's sentences); shrunk, for there are few articles. No library, and the same
weights each time.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from operator import mul
from pathlib import Path
from random import Random
from statistics import mean, pstdev

from deks import Case, page_deks, rouge_1, wild_deks
from table import row

from digest.summarize import summarize_text, weights
from digest.summarize.extractive import OPENING, first_lines, printable, scale_for, sentence_facts, stems_of
from digest.summarize.salience import Steps, chance, word_facts
from digest.summarize.weights import SENTENCE_FACTS, WORD_FACTS, Weights
from digest.summarize.words import tokens_of

SHIPPED = Path(weights.__file__).with_name("weights.json")
ROUNDS, PACE, SHRINKING = 20, 0.2, 3.0  # for the words
STEPS, STEP, SENTENCE_SHRINKING, SHARPNESS = 60, 0.02, 0.2, 7.0  # for the sentences
LONGEST = 60  # words of a sentence
FOLDS = 8
Words = Counter[tuple[Steps, bool]]  # how many words there are of each kind


@dataclass(frozen=True)
class Example:
    """An article with its words by what is known of them and whether the dek has them."""

    case: Case
    words: Words


@dataclass(frozen=True)
class Choice:
    """An article's sentences: what each is like, the logarithm of what its words are worth, and its ROUGE-1."""

    facts: Sequence[Sequence[float]]
    worths: Sequence[float]
    scores: Sequence[float]


def example_of(case: Case) -> Example:
    """The case, with its words counted."""
    title, body, dek, language = case
    lines = first_lines(body)
    opening = [each.text for each in printable(title, lines, language)[:OPENING]]
    told = {word.lower() for word in tokens_of(dek)}
    facts = word_facts(title, [line for paragraph in lines for line in paragraph], opening)
    return Example(case, Counter((steps, word in told) for word, steps in facts.items()))


def learn(examples: Sequence[Example]) -> Weights:
    """The weights that the examples speak for."""
    words = learn_words([each.words for each in examples])
    choices = [choice_of(each.case, Weights(words, [0.0] * len(SENTENCE_FACTS))) for each in examples]
    return Weights(words, learn_sentences([choice for choice in choices if choice.facts]))


def learn_words(examples: Sequence[Words]) -> Sequence[Sequence[float]]:
    """Weights under which the deks' words are likely."""
    seen: dict[Steps, list[int]] = {}
    for each in examples:
        for (steps, is_told), number in each.items():
            seen.setdefault(steps, [0, 0])[is_told] += number
    words = sorted(seen.items())
    total = sum(untold + told for _, (untold, told) in words)
    learnt = [[0.0] * size for size in WORD_FACTS.values()]
    moved = [[1.0] * size for size in WORD_FACTS.values()]
    shuffle = Random(1).shuffle
    for _ in range(ROUNDS):
        shuffle(words)
        for steps, (untold, told) in words:
            number = untold + told
            error = told - number * chance(steps, learnt)
            for weight, history, step in zip(learnt, moved, steps, strict=True):
                slope = error - SHRINKING * weight[step] * number / total
                history[step] += slope * slope
                weight[step] += PACE * slope / sqrt(history[step])
    return learnt


def choice_of(case: Case, learnt: Weights) -> Choice:
    """The sentences that could be the article's one."""
    title, body, dek, language = case
    lines = first_lines(body)
    sentences = printable(title, lines, language)
    scale = scale_for(title, lines, sentences, learnt)
    free = [each for each in sentences if not each.is_tied and each.length <= LONGEST]
    stems = stems_of(tokens_of(title))
    return Choice(
        [sentence_facts(each, stems) for each in free],
        [log(scale.expected(each) + 1e-9) for each in free],
        [rouge_1(dek, each.text) for each in free],
    )


def learn_sentences(choices: Sequence[Choice]) -> Sequence[float]:
    """Weights under which the sentences that say what the deks say come first. Each fact counts by its spread."""
    spreads = [pstdev(values) or 1.0 for values in zip(*(row for each in choices for row in each.facts), strict=True)]
    learnt = [0.0] * len(spreads)
    squares = [0.0] * len(spreads)
    for turn in range(1, STEPS + 1):
        slopes = [-SENTENCE_SHRINKING * weight * spread for weight, spread in zip(learnt, spreads, strict=True)]
        for choice in choices:
            for number, pull in enumerate(_pulls(choice, learnt)):
                slopes[number] += pull / spreads[number] / len(choices)
        squares = [0.9 * square + 0.1 * slope * slope for square, slope in zip(squares, slopes, strict=True)]
        for number, slope in enumerate(slopes):
            learnt[number] += STEP / sqrt(turn) * slope / (sqrt(squares[number]) + 1e-6) / spreads[number]
    return learnt


def _pulls(choice: Choice, learnt: Sequence[float]) -> Iterator[float]:
    """How much the expected score rises with each weight."""
    worths = [
        SHARPNESS * (worth + sum(map(mul, learnt, facts)))
        for worth, facts in zip(choice.worths, choice.facts, strict=True)
    ]
    odds = [exp(worth - max(worths)) for worth in worths]
    chances = [each / sum(odds) for each in odds]
    expected = sum(map(mul, chances, choice.scores))
    gains = [SHARPNESS * odd * (score - expected) for odd, score in zip(chances, choice.scores, strict=True)]
    return (sum(map(mul, gains, values)) for values in zip(*choice.facts, strict=True))


def cross_validated(cases: Sequence[Case], seed: int = 0) -> list[str]:
    """For each article the sentence that weights choose which were learnt without it."""
    examples = [example_of(case) for case in cases]
    order = list(range(len(cases)))
    Random(seed).shuffle(order)
    found = [""] * len(cases)
    for fold in range(FOLDS):
        held_out = set(order[fold::FOLDS])
        learnt = learn([examples[number] for number in order if number not in held_out])
        for number in held_out:
            title, body, _, language = cases[number]
            found[number] = summarize_text(title, body, language, 1, LONGEST, weights=learnt)
    return found


def main() -> int:
    """Print the figures out of sample, then learn from all and write the file."""
    pages, wild = page_deks(), wild_deks()
    for seed in range(3):
        scores = [
            rouge_1(case[2], found)
            for case, found in zip(pages + wild, cross_validated(pages + wild, seed), strict=True)
        ]
        row(f"pages/deks.json, out of sample, shuffle {seed}", mean(scores[: len(pages)]))
        row(f"deks/wild.json, out of sample, shuffle {seed}", mean(scores[len(pages) :]))
    learnt = learn([example_of(case) for case in pages + wild])
    SHIPPED.write_text(_written(learnt), encoding="utf-8")
    return 0


def _written(learnt: Weights) -> str:
    """The weights as JSON, a fact a line."""
    words = [
        f"    {json.dumps(fact)}: {[round(weight, 3) for weight in steps]}"
        for fact, steps in zip(WORD_FACTS, learnt.words, strict=True)
    ]
    sentences = [
        f"    {json.dumps(fact)}: {round(weight, 3)}"
        for fact, weight in zip(SENTENCE_FACTS, learnt.sentences, strict=True)
    ]
    blocks = {"words": ",\n".join(words), "sentences": ",\n".join(sentences)}
    return "{\n" + ",\n".join(f'  "{name}": {{\n{block}\n  }}' for name, block in blocks.items()) + "\n}\n"


if __name__ == "__main__":
    sys.exit(main())
