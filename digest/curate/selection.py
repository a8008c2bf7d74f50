"""Which of the ranked stories stand in the issue: the worthiest that do not repeat each other.

Maximal marginal relevance (Carbonell and Goldstein, 1998): each next story is the one whose score, less
its likeness to those chosen already, is highest. Pinned stories come before all others.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log, sqrt

from digest.curate.shingles import words_of
from digest.domain import Cluster

LIKENESS_COSTS = 0.8
LEAST_ALIKE = 0.15  # what is less like another has but some common words with it
READ_CHARACTERS = 1500  # of a text: what it is about is said by then
TITLE = 3  # times that its words count
OTHERS = 30  # pieces that are imagined beside the real ones, which may be few
SHORTEST_TERM = 4  # letters: shorter words carry grammar, not the subject


@dataclass(frozen=True, slots=True)
class Ranked:
    """A piece with the parts of its score, the section it would stand in, and the pin that fits it."""

    cluster: Cluster
    parts: Mapping[str, float]
    section: str = ""
    pin: str = ""

    @property
    def url(self) -> str:
        """The best copy's address."""
        return self.cluster.best.url

    @property
    def score(self) -> float:
        """The sum of the parts."""
        return sum(self.parts.values())

    @property
    def order(self) -> tuple[bool, float, str]:
        """Sorts the pinned, then the worthier first; equals by address: the order they came in decides nothing."""
        return not self.pin, -self.score, self.url


@dataclass(slots=True)
class _Caps:
    """How many of one source, and of one section, are taken, and whether one more may be."""

    per_source: int
    per_section: int | None
    sources: Counter[str] = field(default_factory=Counter)
    sections: Counter[str] = field(default_factory=Counter)

    def why_not(self, one: Ranked) -> str:
        """The cap that keeps it out; "" when none does. A pinned one counts, and is never kept out."""
        if one.pin:
            return ""
        if self.sources[one.cluster.best.source] >= self.per_source:
            return f"its source already has {_stories(self.per_source)}"
        if self.per_section is not None and self.sections[one.section] >= self.per_section:
            return f"its section already has {_stories(self.per_section)}"
        return ""

    def take(self, one: Ranked) -> None:
        self.sources[one.cluster.best.source] += 1
        self.sections[one.section] += 1


def choose(
    ranked: Sequence[Ranked], *, at_most: int, per_source: int, per_section: int | None = None
) -> tuple[list[Ranked], dict[str, str]]:
    """The chosen pieces in the order of choice, and for each other one, by URL, why it was not."""
    likeness, caps = _likeness(ranked), _Caps(per_source, per_section)
    waiting, chosen, why = {each.url: each for each in sorted(ranked, key=_order)}, list[Ranked](), dict[str, str]()
    repeats: dict[str, tuple[float, str]] = {}  # how like each one is to the chosen one that it is most like
    while waiting and len(chosen) < at_most:
        best = min(
            waiting.values(),
            key=lambda each: (not each.pin, LIKENESS_COSTS * repeats.get(each.url, (0.0,))[0] - each.score, each.url),
        )
        del waiting[best.url]
        if reason := caps.why_not(best):
            why[best.url] = reason
            continue
        caps.take(best)
        chosen.append(best)
        for each in waiting.values():
            repeats[each.url] = max(repeats.get(each.url, (0.0, "")), (likeness(each, best), best.cluster.best.title))
    least = min((each.score for each in chosen), default=0.0)
    for each in waiting.values():
        too_like = each.score > least and repeats.get(each.url, (0.0, ""))[0] > 0
        why[each.url] = f"too like “{repeats[each.url][1]}”" if too_like else f"ranked below the {len(chosen)} chosen"
    return chosen, why


def in_reading_order(chosen: Sequence[Ranked], section_order: Sequence[str] = ()) -> list[Ranked]:
    """The lead first, then section by section: as ``section_order`` has them, the others by their worthiest story."""
    ordered = sorted(chosen, key=_order)
    found = list(dict.fromkeys(each.section for each in ordered[1:]))
    sections = [
        *(name for name in section_order if name in found),
        *(name for name in found if name not in section_order),
    ]
    return ordered[:1] + sorted(ordered[1:], key=lambda each: sections.index(each.section))


def _order(one: Ranked) -> tuple[bool, float, str]:
    return one.order


def _stories(number: int) -> str:
    return "1 story" if number == 1 else f"{number} stories"


def _likeness(ranked: Sequence[Ranked]) -> Callable[[Ranked, Ranked], float]:
    """Cosine of the weighted terms of title and text, between 0 and 1; 0 for what has little in common.

    A term weighs the more, the more often the one piece and the fewer others have it (tf-idf), so that words without
    a subject weigh next to nothing in any language.
    """
    terms = {each.url: _terms(each) for each in ranked}
    spread = Counter(term for own in terms.values() for term in own)
    weights = {
        url: {term: (1 + log(count)) * log((OTHERS + len(terms)) / spread[term]) for term, count in own.items()}
        for url, own in terms.items()
    }
    norms = {url: sqrt(sum(weight * weight for weight in own.values())) or 1.0 for url, own in weights.items()}

    def cosine(one: Ranked, other: Ranked) -> float:
        left, right = weights[one.url], weights[other.url]
        shared = left.keys() & right.keys()
        found = sum(left[term] * right[term] for term in sorted(shared)) / (norms[one.url] * norms[other.url])
        return found if found >= LEAST_ALIKE else 0.0

    return cosine


def _terms(ranked: Ranked) -> Counter[str]:
    """How often each word is said."""
    article = ranked.cluster.best
    text = " ".join((*[article.title] * TITLE, article.dek, article.text[:READ_CHARACTERS]))
    return Counter(word for word in words_of(text) if len(word) >= SHORTEST_TERM or not word.isascii())
