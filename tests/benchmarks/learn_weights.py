"""Learns digest/summarize/weights.json from articles and their publishers' own deks, and says how well, out of sample.

    python tests/benchmarks/learn_weights.py

Each word of an article is an example: does the dek have it? Plain logistic regression over the steps of each fact
(``salience.FACTS``), with a little shrinking, by AdaGrad over words that are alike. No library, and the same weights
each time.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from math import sqrt
from pathlib import Path
from random import Random
from statistics import mean

from summaries import Case, page_deks, rouge_1, wild_deks
from table import row

from digest.summarize import salience, summarize_text
from digest.summarize.extractive import OPENING, first_lines, printable
from digest.summarize.salience import FACTS, Steps, Weights, chance, word_facts
from digest.summarize.words import tokens_of

SHIPPED = Path(salience.__file__).with_name("weights.json")
ROUNDS, PACE, SHRINKING = 30, 0.2, 3.0
FOLDS, SEEDS = 8, 2
Examples = Counter[tuple[Steps, bool]]  # how many words there are of each kind


def examples_of(case: Case) -> Examples:
    """The words of an article by what is known of them, and whether the dek has them."""
    title, body, dek, language = case
    lines = first_lines(body)
    opening = [each.text for each in printable(title, lines, language)[:OPENING]]
    told = {word.lower() for word in tokens_of(dek)}
    facts = word_facts(title, [line for paragraph in lines for line in paragraph], opening)
    return Counter((steps, word in told) for word, steps in facts.items())


def learn(examples: Sequence[Examples]) -> Weights:
    """Weights under which the deks' words are likely."""
    seen: dict[Steps, list[int]] = {}
    for each in examples:
        for (steps, is_told), number in each.items():
            seen.setdefault(steps, [0, 0])[is_told] += number
    words = sorted(seen.items())
    total = sum(untold + told for _, (untold, told) in words)
    weights = [[0.0] * size for size in FACTS.values()]
    moved = [[1.0] * size for size in FACTS.values()]
    shuffle = Random(1).shuffle
    for _ in range(ROUNDS):
        shuffle(words)
        for steps, (untold, told) in words:
            number = untold + told
            error = told - number * chance(steps, weights)
            for weight, history, step in zip(weights, moved, steps, strict=True):
                slope = error - SHRINKING * weight[step] * number / total
                history[step] += slope * slope
                weight[step] += PACE * slope / sqrt(history[step])
    return weights


def cross_validated(cases: Sequence[Case], folds: int = FOLDS, seeds: int = SEEDS) -> Iterator[tuple[Case, str]]:
    """Each article with the sentence that weights choose which were learnt without it, once for each seed."""
    examples = [examples_of(case) for case in cases]
    for seed in range(seeds):
        order = list(range(len(cases)))
        Random(seed).shuffle(order)
        for fold in range(folds):
            held_out = set(order[fold::folds])
            weights = learn([examples[number] for number in order if number not in held_out])
            for number in sorted(held_out):
                title, body, _, language = cases[number]
                yield cases[number], summarize_text(title, body, language, 1, 60, weights=weights)


def main() -> int:
    """Print the figures out of sample, then learn from all and write the file."""
    sets = {"pages/deks.json": page_deks(), "deks/wild.json": wild_deks()}
    cases = [case for each in sets.values() for case in each]
    found = list(cross_validated(cases))
    for name, own in sets.items():
        figures = [rouge_1(case[2], sentence) for case, sentence in found if case in own]
        row(f"{name}, out of sample", mean(figures))
    weights = learn([examples_of(case) for case in cases])
    rounded = {fact: [round(weight, 3) for weight in each] for fact, each in zip(FACTS, weights, strict=True)}
    text = ",\n".join(f"  {json.dumps(fact)}: {json.dumps(steps)}" for fact, steps in rounded.items())
    SHIPPED.write_text("{\n" + text + "\n}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
