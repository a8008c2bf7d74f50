"""The sentences of an article that say most of it: whole, in their order, and none that hangs in the air.

A sentence is worth the words of a dek that it can be expected to hold (``salience``), for its length, and by what it
is like: early or late, long or short, a question or not (``sentence_facts``). What a sentence already chosen has said
counts no more.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import exp, sqrt
from operator import mul

from digest.summarize.cutting import DANGLING
from digest.summarize.salience import STEM, word_chances
from digest.summarize.sentences import STARTERS, is_whole, join, split_paragraphs
from digest.summarize.trimming import shorter, without_lead_in
from digest.summarize.weights import Weights, shipped_weights
from digest.summarize.wording import hangs, is_boilerplate, open_quotes, points_back, speaks_to_us
from digest.summarize.words import count_words, tokens_of

MOST_SENTENCES = 20  # what matters in a longer article was said by then
MOST_PRINTABLE = 12
OPENING = 3
FEWEST_WORDS, FEWEST_STANDFIRST = 7, 8
SHORT, LONG = 9, 40  # words; most deks have more and fewer
EVEN_LENGTH = 12  # words; the larger, the longer the sentences that are preferred
LATE = 12  # by then a newswriter has said what is new
# Of a sentence's worth, what is left when it …
IS_LATE, IS_HALF_NAMED, IS_UNFINISHED, POINTS_BACK = 0.6, 0.85, 0.9, 0.85
STANDS_APART = 0.75  # … and, of one that comes beside another, when it does not follow it or lead to it
LEAST_WORTH = 0.45  # of what can be expected of the first one, what must be of another
CLAUSE = re.compile(r"[,;:–—](?=\s)")
NAME = re.compile(r"\b([A-ZÀ-ÞŚŠŻŽ][^\W\d_]+) ([A-ZÀ-ÞŚŠŻŽ][^\W\d_]{2,})")
CAPITALIZED = re.compile(r"\b[A-ZÀ-ÞŚŠŻŽ][^\W\d_]{2,}")


@dataclass(frozen=True)
class Sentence:
    """A sentence of the text as it may be printed; ``place`` is its place in the text, from 0."""

    place: int
    text: str
    language: str = ""
    rank: int = 0  # among those that may be printed
    opens: bool = True  # the text, so that it can only lean on the headline
    is_half_named: bool = False  # by a surname that stands in full before
    is_finished: bool = True

    @cached_property
    def is_tied(self) -> bool:
        """To what was said before."""
        return not self.opens and hangs(self.text, self.language)

    @cached_property
    def points_back(self) -> bool:
        """To something named before, though it can be read alone."""
        return not self.opens and points_back(self.text)

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset({word.lower() for word in tokens_of(self.text)})

    @cached_property
    def length(self) -> int:
        return count_words(self.text)


@dataclass(frozen=True)
class Scale:
    """What the sentences of one article are weighed with."""

    chances: Mapping[str, float]  # of each word
    manners: Mapping[int, float]  # of each sentence, by its place: what is left of its worth for what it is like

    def worth(self, sentence: Sentence, said: frozenset[str] = frozenset()) -> float:
        """The share of a dek's words that it can be expected to say beyond ``said``, for what it is like."""
        return self.manners[sentence.place] * self.expected(sentence, said)

    def expected(self, sentence: Sentence, said: frozenset[str] = frozenset()) -> float:
        """The words of a dek that it probably has beyond ``said``, for its length."""
        return sum(self.chances.get(word, 0.0) for word in sentence.words - said) / (sentence.length + EVEN_LENGTH)


def scale_for(
    title: str, paragraphs: Sequence[Sequence[str]], sentences: Sequence[Sentence], weights: Weights
) -> Scale:
    """The scale for the article of which ``sentences`` may be printed."""
    opening = [each.text for each in sentences[:OPENING]]
    chances = word_chances(title, [line for paragraph in paragraphs for line in paragraph], opening, weights.words)
    stems = stems_of(tokens_of(title))
    return Scale(chances, {each.place: _manner(each, stems, weights.sentences) for each in sentences})


def _manner(sentence: Sentence, title: frozenset[str], weights: Sequence[float]) -> float:
    manner = exp(sum(map(mul, weights, sentence_facts(sentence, title))))
    for applies, left in (
        (sentence.place > LATE, IS_LATE),
        (sentence.points_back, POINTS_BACK),
        (sentence.is_half_named, IS_HALF_NAMED),
        (not sentence.is_finished, IS_UNFINISHED),
    ):
        manner *= left if applies else 1
    return manner


def stems_of(tokens: Iterable[str]) -> frozenset[str]:
    """The first letters of the longer words."""
    return frozenset({token[:STEM].lower() for token in tokens if len(token) > 3 or not token.isascii()})


def sentence_facts(sentence: Sentence, title: frozenset[str]) -> tuple[float, ...]:
    """What a sentence is like, in the order of ``SENTENCE_FACTS``."""
    return (
        sentence.rank == 0,
        sentence.rank == 1,
        1 / sqrt(1 + sentence.place),
        sentence.length < SHORT,
        sentence.length > LONG,
        sentence.text.rstrip("\"'”»“").endswith(("?", "？", "؟")),
        ":" in sentence.text,
        len(title & stems_of(sentence.words)) / (len(title) or 1),
        speaks_to_us(sentence.text),
    )


def summarize_text(
    title: str, text: str, language: str, max_sentences: int, max_words: int, *, weights: Weights | None = None
) -> str:
    """At most ``max_sentences`` sentences of ``text``, of at most ``max_words`` words together.

    ``language`` is a BCP 47 tag, or empty when unknown. They stand in the order of the text. A text whose
    every sentence is too long gives one cut at a clause. Empty text gives "". ``weights`` are others than the shipped
    ones, for those who learn them.
    """
    lines = first_lines(text)
    sentences = printable(title, lines, language) or _anything(lines)
    if not sentences or max_sentences < 1 or max_words < 1:
        return ""
    scale = scale_for(title, lines, sentences, weights or shipped_weights())
    chosen = _choose(sentences, scale, max_sentences, max_words)
    if not chosen:
        best = max(sentences, key=lambda each: (not each.is_tied, scale.worth(each), -each.place))
        return cut(best.text, max_words)
    return join([each.text for each in sorted(chosen, key=lambda each: each.place)])


def cut(sentence: str, max_words: int) -> str:
    """The beginning of a sentence, up to the last clause that fits into ``max_words``; else up to a word."""
    if count_words(sentence) <= max_words:
        return sentence
    ends = [match.start() for match in CLAUSE.finditer(sentence)]
    fitting = [
        end
        for end in ends
        if max_words / 2 <= count_words(sentence[:end]) <= max_words and not open_quotes(sentence[:end])
    ]
    if fitting:
        return sentence[: fitting[-1]].rstrip(" ,;:–—") + "…"
    kept = sentence
    while kept and count_words(kept) > max_words:
        kept = kept.rpartition(" ")[0] or kept[: max_words * 2 - 1]
    while kept.rpartition(" ")[2].lower() in DANGLING:
        kept = kept.rpartition(" ")[0]
    return kept.rstrip(" ,;:–—-") + "…"


def printable(title: str, paragraphs: Sequence[Sequence[str]], language: str) -> list[Sentence]:
    """The sentences that may be printed, without what leads in, in their order."""
    said = frozenset(word.lower() for word in tokens_of(title))
    names: dict[str, str] = {}
    sentences: list[Sentence] = []
    place, opens = 0, True
    for paragraph in paragraphs:
        quoted = 0
        for line in paragraph:
            opened = open_quotes(line)
            is_ours = not quoted and not opened and not _tells_nothing(line, said)
            if is_ours and (is_whole(line) or (not sentences and _is_standfirst(line))):
                text = without_lead_in(line)
                half = _is_half_named(text, names, said)
                sentences.append(Sentence(place, text, language, len(sentences), opens, half, is_whole(line)))
            quoted = max(quoted + opened, 0)
            if len(sentences) == MOST_PRINTABLE:
                return sentences
            opens = opens and not is_whole(line)
            names.update(_names_in(line))
            place += 1
    return sentences if any(each.is_finished for each in sentences) else []


def _anything(paragraphs: Sequence[Sequence[str]]) -> list[Sentence]:
    """When no sentence may be printed: what speaks of the story at least, else everything."""
    lines = [line for paragraph in paragraphs for line in paragraph]
    told = [line for line in lines if not (is_boilerplate(line) or open_quotes(line) or "|" in line)] or lines
    return [Sentence(place, line) for place, line in enumerate(told)]


def first_lines(text: str) -> list[list[str]]:
    """The paragraphs' sentences, as far as an article is read."""
    kept: list[list[str]] = []
    room = MOST_SENTENCES
    for paragraph in split_paragraphs(text):
        if room <= 0:
            break
        kept.append(paragraph[:room])
        room -= len(paragraph)
    return kept


def _tells_nothing(line: str, said: frozenset[str]) -> bool:
    """What is too short, a row of a table, the title again, or speaks of the site."""
    words = {word.lower() for word in tokens_of(line)}
    repeats = len(words - said) < 0.3 * len(words)
    return repeats or "|" in line or count_words(line) < FEWEST_WORDS or is_boilerplate(line)


def _is_standfirst(line: str) -> bool:
    """A line before the text that is long enough to be a publisher's dek, though it has no full stop."""
    return count_words(line) >= FEWEST_STANDFIRST and line[-1].isalpha()


def _names_in(line: str) -> Iterator[tuple[str, str]]:
    """Family names, with the word before each."""
    for first, last in NAME.findall(line):
        if first.lower() not in STARTERS:
            yield last, first


def _is_half_named(text: str, names: Mapping[str, str], said: frozenset[str]) -> bool:
    return any(
        word in names and word.lower() not in said and f"{names[word]} {word}" not in text
        for word in CAPITALIZED.findall(text)
    )


def _choose(sentences: Sequence[Sentence], scale: Scale, max_sentences: int, max_words: int) -> list[Sentence]:
    chosen: list[Sentence] = []
    while len(chosen) < max_sentences:
        room = max_words - sum(each.length for each in chosen)
        taken = {each.place for each in chosen}
        fitting = [fit for each in sentences if each.place not in taken and (fit := _fitted(each, room))]
        worths = {each: _worth_beside(each, scale, chosen) for each in fitting}
        fitting.sort(key=lambda each: (-worths[each], each.place))
        best = next((each for each in fitting if _stands(each, chosen)), None)
        if best is None or (chosen and scale.expected(best) < LEAST_WORTH * scale.expected(chosen[0])):
            break
        chosen.append(best)
    return chosen


def _stands(sentence: Sentence, chosen: Sequence[Sentence]) -> bool:
    """On its own, or right behind one that names who is meant."""
    if not sentence.is_tied:
        return True
    return any(each.place == sentence.place - 1 and NAME.search(each.text) for each in chosen)


def _fitted(sentence: Sentence, room: int) -> Sentence | None:
    """The sentence, if need be without an aside; None when it is too long all the same."""
    if sentence.length <= room:
        return sentence
    return next((replace(sentence, text=text) for text in shorter(sentence.text) if count_words(text) <= room), None)


def _worth_beside(sentence: Sentence, scale: Scale, chosen: Sequence[Sentence]) -> float:
    """What it adds to those that are chosen; what they have said counts no more."""
    worth = scale.worth(sentence, frozenset(word for each in chosen for word in each.words))
    is_apart = chosen and all(abs(each.place - sentence.place) > 1 for each in chosen)
    return worth * STANDS_APART if is_apart else worth
