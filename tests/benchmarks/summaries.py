"""How well one sentence says what a publisher's own dek says: the lead's, LexRank's, ours, the best there is."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from math import log, sqrt
from statistics import mean

from deks import Case, page_deks, rouge_1, wild_deks
from learn_weights import cross_validated
from table import row

from digest.summarize import summarize_text
from digest.summarize.sentences import split_sentences
from digest.summarize.words import words_of

PLAIN_END = re.compile(r"(?<=[.!?…])\s+|\n+")
FEWEST_PLAIN = 5  # words of what the plain splitter calls a sentence
LEXRANK_SENTENCES, DAMPING, TURNS = 60, 0.85, 30
Terms = Mapping[str, float]


def print_summaries() -> None:
    """ROUGE-1 of one sentence against the dek, and its ratio to the lead as we split and as a plain splitter does."""
    sets = {"pages/deks.json": page_deks(), "deks/wild.json": wild_deks()}
    unseen = iter(cross_validated([case for cases in sets.values() for case in cases]))
    for name, cases in sets.items():
        ways = {
            "lead, our splitter": [(split_sentences(body) or [""])[0] for _, body, _, _ in cases],
            "lead, plain splitter": [plain_lead(body) for _, body, _, _ in cases],
            "LexRank": [lexrank(split_sentences(body)[:LEXRANK_SENTENCES]) for _, body, _, _ in cases],
            "ours": [summarize_text(title, body, language, 1, 60) for title, body, _, language in cases],
            "ours, out of sample": [next(unseen) for _ in cases],
            "oracle": [max(split_sentences(case[1]), key=lambda each: rouge_1(case[2], each)) for case in cases],
        }
        _print_ways(name, cases, ways)


def _print_ways(name: str, cases: Sequence[Case], ways: Mapping[str, Sequence[str]]) -> None:
    scores = {
        way: mean(rouge_1(case[2], each) for case, each in zip(cases, found, strict=True))
        for way, found in ways.items()
    }
    stricter = max(score for way, score in scores.items() if way.startswith("lead"))
    for way, score in scores.items():
        row(f"{name} ({len(cases)}), {way}", score)
        row("    ratio to the better lead", score / stricter)


def plain_lead(text: str) -> str:
    """The first piece of five words that ends with a full stop or a line."""
    pieces = [piece for piece in PLAIN_END.split(text) if len(piece.split()) >= FEWEST_PLAIN]
    return pieces[0] if pieces else text


def lexrank(sentences: Sequence[str]) -> str:
    """The most central sentence: continuous LexRank over cosines of tf-idf (Erkan & Radev, 2004)."""
    if not sentences:
        return ""
    counts = [Counter(words_of(sentence)) for sentence in sentences]
    held = Counter(word for count in counts for word in count)
    vectors = [_unit({word: tf * log(len(counts) / held[word]) for word, tf in count.items()}) for count in counts]
    alike = [[_product(one, other) for other in vectors] for one in vectors]
    sums = [sum(line) or 1.0 for line in alike]
    ranks = [1 / len(vectors)] * len(vectors)
    for _ in range(TURNS):
        shares = [rank / total for rank, total in zip(ranks, sums, strict=True)]
        ranks = [
            (1 - DAMPING) / len(ranks) + DAMPING * sum(a * b for a, b in zip(line, shares, strict=True))
            for line in alike
        ]
    return sentences[max(range(len(ranks)), key=lambda place: (ranks[place], -place))]


def _unit(terms: Terms) -> Terms:
    length = sqrt(sum(weight * weight for weight in terms.values())) or 1.0
    return {word: weight / length for word, weight in terms.items()}


def _product(one: Terms, other: Terms) -> float:
    return sum(weight * other[word] for word, weight in one.items() if word in other)
