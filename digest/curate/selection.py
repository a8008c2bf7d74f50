"""Which of the ranked stories stand in the issue: the worthiest that do not repeat each other.

Maximal marginal relevance (Carbonell and Goldstein, 1998): each next story is the one whose score, less
its likeness to those chosen already, is highest.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt

from digest.curate.duplicates import words_of
from digest.domain import Cluster

LIKENESS_COSTS = 0.8
LEAD_CHARACTERS = 300
SHORTEST_TERM = 3  # letters: shorter words carry grammar, not the subject


@dataclass(frozen=True, slots=True)
class Ranked:
    """A piece with its score."""

    cluster: Cluster
    parts: Mapping[str, float]

    @property
    def score(self) -> float:
        """The sum of the parts."""
        return sum(self.parts.values())

    @property
    def order(self) -> tuple[float, str]:
        """Sorts the worthier first; equals by address, so that the order they came in decides nothing."""
        return -self.score, self.cluster.best.url


def choose(ranked: Sequence[Ranked], *, at_most: int, per_source: int) -> tuple[list[Ranked], dict[str, str]]:
    """The chosen pieces in the order of choice, and for each other one, by URL, why it was not."""
    likeness = _likeness(ranked)
    waiting, chosen, why = sorted(ranked, key=lambda each: each.order), list[Ranked](), dict[str, str]()
    taken: Counter[str] = Counter()
    while waiting and len(chosen) < at_most:
        best = min(waiting, key=lambda each: (_repeats(each, chosen, likeness) - each.score, each.order))
        waiting.remove(best)
        source = best.cluster.best.source
        if taken[source] == per_source:
            why[best.cluster.best.url] = (
                f"its source already has {per_source} {'story' if per_source == 1 else 'stories'}"
            )
            continue
        taken[source] += 1
        chosen.append(best)
    for each in waiting:
        why[each.cluster.best.url] = f"ranked below the {len(chosen)} chosen"
    return chosen, why


def in_reading_order(chosen: Sequence[Ranked], section: Callable[[Ranked], str]) -> list[Ranked]:
    """The lead first, then section by section in the order of each section's worthiest story."""
    ordered = sorted(chosen, key=lambda each: each.order)
    sections = list(dict.fromkeys(section(each) for each in ordered[1:]))
    return ordered[:1] + sorted(ordered[1:], key=lambda each: sections.index(section(each)))


def _repeats(one: Ranked, chosen: Iterable[Ranked], likeness: Callable[[Ranked, Ranked], float]) -> float:
    return LIKENESS_COSTS * max((likeness(one, other) for other in chosen), default=0.0)


def _likeness(ranked: Sequence[Ranked]) -> Callable[[Ranked, Ranked], float]:
    """Cosine of the weighted terms of title and first lines, between 0 and 1."""
    terms = {each.cluster.best.url: _terms(each) for each in ranked}
    spread = Counter(term for own in terms.values() for term in own)
    weights = {url: {term: log(1 + len(terms) / spread[term]) for term in own} for url, own in terms.items()}
    norms = {url: sqrt(sum(weight * weight for weight in own.values())) or 1.0 for url, own in weights.items()}

    def cosine(one: Ranked, other: Ranked) -> float:
        left, right = one.cluster.best.url, other.cluster.best.url
        shared = weights[left].keys() & weights[right].keys()
        return sum(weights[left][term] * weights[right][term] for term in sorted(shared)) / (norms[left] * norms[right])

    return cosine


def _terms(ranked: Ranked) -> frozenset[str]:
    article = ranked.cluster.best
    text = f"{article.title} {article.dek or article.text[:LEAD_CHARACTERS]}"
    return frozenset(word for word in words_of(text) if len(word) >= SHORTEST_TERM or not word.isascii())
