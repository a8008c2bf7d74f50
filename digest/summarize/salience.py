"""How likely each word of an article is to stand in what an editor writes under its headline.

A word's chance comes from a handful of plain facts (how often, where first, in the title, how long …), each with a
learnt weight; the idea is the regression of Hong & Nenkova (2014), "Improving the Estimation of Word Importance for
News Summarization". No fact knows a language, and none knows a word.
"""

from collections import Counter
from collections.abc import Sequence
from math import exp, log
from operator import getitem

from digest.summarize.words import tokens_of

STEM = 5  # letters that the forms of a word share
Steps = tuple[int, ...]


def word_chances(
    title: str, sentences: Sequence[str], opening: Sequence[str], weights: Sequence[Sequence[float]]
) -> dict[str, float]:
    """The chance, from 0 to 1, of each word of ``sentences``; ``opening`` are the first three that may be printed."""
    known: dict[Steps, float] = {}
    chances = {}
    for word, steps in word_facts(title, sentences, opening).items():
        if steps not in known:
            known[steps] = chance(steps, weights)
        chances[word] = known[steps]
    return chances


def chance(steps: Steps, weights: Sequence[Sequence[float]]) -> float:
    """The logistic of the sum of what each fact weighs."""
    return 1 / (1 + exp(-sum(map(getitem, weights, steps))))


def word_facts(title: str, sentences: Sequence[str], opening: Sequence[str]) -> dict[str, Steps]:
    """What is known of each word, in steps, in the order of ``WORD_FACTS``."""
    counts, capitals, first = _counted(sentences)
    total = counts.total()
    said = {word.lower() for word in tokens_of(title)}
    stems = {word[:STEM] for word in said if len(word) > 3}
    leading = [{word.lower() for word in tokens_of(sentence)} for sentence in opening]
    lead = leading[0] if leading else set()
    early = lead.union(*leading)
    length = min(len(sentences) // 8, 5)
    often = {count: (_step(count), min(int(4 * log(1 + 100 * count / total)), 12)) for count in set(counts.values())}
    begins = [min(int(2 * log(1 + place)), 7) for place in range(len(sentences))]
    return {
        word: (
            *often[count],
            2 if word in said else int(len(word) > 3 and word[:STEM] in stems),
            begins[first[word]],
            word in lead,
            word in early,
            min(len(word), 12),
            0 if not capitals[word] else 2 if capitals[word] == count else 1,
            word.isdigit(),
            length,
        )
        for word, count in counts.items()
    }


def _counted(sentences: Sequence[str]) -> tuple[Counter[str], Counter[str], dict[str, int]]:
    """How often each word stands there, how often with a capital, and in which sentence first."""
    counts: Counter[str] = Counter()
    capitals: Counter[str] = Counter()
    first: dict[str, int] = {}
    for place, sentence in enumerate(sentences):
        written = tokens_of(sentence)
        lowered = [word.lower() for word in written]
        counts.update(lowered)
        capitals.update(low for word, low in zip(written, lowered, strict=True) if word != low)
        for word in lowered:
            first.setdefault(word, place)
    return counts, capitals, first


def _step(count: int) -> int:
    return min(int(log(count, 1.6) + 0.01), 7)
