"""The sentences of an article that say most of it: whole, in their order, and none that hangs in the air.

A sentence is worth how near it is to the whole text's terms, to the title's, and to the beginning (the
centroid of Radev et al., 2004; the title and position methods of Edmundson, 1969).
"""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from math import log, sqrt

from digest.summarize.sentences import split_sentences
from digest.summarize.wording import hangs, is_boilerplate
from digest.summarize.words import count_words, words_of

MOST_SENTENCES = 60  # what matters in a longer article was said by then
CENTROID, TITLE, POSITION = 1.0, 0.7, 0.9
HANGING_COSTS, SHORT_COSTS, REPEATING_COSTS = 0.6, 0.5, 0.5
FEWEST_WORDS = 6
CLAUSE = re.compile(r"[,;:–—](?=\s)")


@dataclass(frozen=True)
class _Sentence:
    """A sentence of the text and its place in it, from 0."""

    place: int
    text: str

    @cached_property
    def terms(self) -> Counter[str]:
        return Counter(word for word in words_of(self.text) if len(word) > 3 or not word.isascii())

    @cached_property
    def length(self) -> int:
        return count_words(self.text)


def summarize_text(title: str, text: str, language: str, max_sentences: int, max_words: int) -> str:
    """At most ``max_sentences`` sentences of ``text``, of at most ``max_words`` words together.

    ``language`` is a BCP 47 tag, or empty when unknown. They stand in the order of the text, parted by one
    space. A text whose every sentence is too long gives the best one, cut at a clause. Empty text gives "".
    """
    sentences = [_Sentence(place, each) for place, each in enumerate(split_sentences(text)[:MOST_SENTENCES])]
    sentences = _telling(sentences, title) or sentences
    if not sentences or max_sentences < 1 or max_words < 1:
        return ""
    worth = _worths(sentences, title, language)
    chosen = _choose(sentences, worth, max_sentences, max_words)
    if not chosen:
        best = max(sentences, key=lambda each: (worth[each.place], -each.place))
        return cut(best.text, max_words)
    return " ".join(each.text for each in sorted(chosen, key=lambda each: each.place))


def cut(sentence: str, max_words: int) -> str:
    """The beginning of a sentence, up to the last clause that fits into ``max_words``; else up to a word."""
    if count_words(sentence) <= max_words:
        return sentence
    ends = [match.start() for match in CLAUSE.finditer(sentence)]
    fitting = [end for end in ends if max_words / 2 <= count_words(sentence[:end]) <= max_words]
    if fitting:
        return sentence[: fitting[-1]].rstrip(" ,;:–—") + "…"
    kept = sentence
    while kept and count_words(kept) > max_words:
        kept = kept.rpartition(" ")[0] or kept[: max_words * 2 - 1]
    return kept.rstrip(" ,;:–—-") + "…"


def _telling(sentences: list[_Sentence], title: str) -> list[_Sentence]:
    """Without what speaks of the site, and without the title said again."""
    said = " ".join(words_of(title))
    return [each for each in sentences if not is_boilerplate(each.text) and " ".join(words_of(each.text)) != said]


def _choose(sentences: list[_Sentence], worth: dict[int, float], max_sentences: int, max_words: int) -> list[_Sentence]:
    chosen: list[_Sentence] = []
    waiting = sorted(sentences, key=lambda each: (-worth[each.place], each.place))
    while waiting and len(chosen) < max_sentences:
        room = max_words - sum(each.length for each in chosen)
        fitting = [each for each in waiting if each.length <= room]
        if not fitting:
            break
        best = max(fitting, key=lambda each: (worth[each.place] - _repeats(each, chosen), -each.place))
        waiting.remove(best)
        chosen.append(best)
    return chosen


def _repeats(sentence: _Sentence, chosen: list[_Sentence]) -> float:
    return REPEATING_COSTS * max((_cosine(sentence.terms, other.terms) for other in chosen), default=0.0)


def _worths(sentences: list[_Sentence], title: str, language: str) -> dict[int, float]:
    centroid: Counter[str] = Counter()
    for sentence in sentences:
        centroid.update(sentence.terms.keys())
    weighted = Counter({term: 1 + log(count) for term, count in centroid.items() if count > 1})
    headline = Counter(word for word in words_of(title) if len(word) > 3 or not word.isascii())
    return {each.place: _worth(each, weighted, headline, language) for each in sentences}


def _worth(sentence: _Sentence, centroid: Counter[str], headline: Counter[str], language: str) -> float:
    worth = CENTROID * _cosine(sentence.terms, centroid) + TITLE * _cosine(sentence.terms, headline)
    worth += POSITION / sqrt(1 + sentence.place)
    if sentence.place and hangs(sentence.text, language):
        worth -= HANGING_COSTS
    if sentence.length < FEWEST_WORDS or sentence.text.endswith((":", "?")):
        worth -= SHORT_COSTS
    return worth


def _cosine(left: Counter[str], right: Counter[str]) -> float:
    if not left or not right:
        return 0.0
    product = sum(weight * right[term] for term, weight in left.items() if term in right)
    return product / (_norm(left) * _norm(right))


def _norm(terms: Counter[str]) -> float:
    return sqrt(sum(weight * weight for weight in terms.values()))
