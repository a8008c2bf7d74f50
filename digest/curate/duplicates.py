"""Which articles are copies of one piece: syndicated, cut short, retitled, with a line more or less, lightly edited.

Two articles are copies when most of what the shorter one says stands in the longer one, its names and numbers
included: without these they are but two forms filled in from one template. What stands only deep inside a much
longer text is quoted there. Articles are compared when they share something rare, so that ten thousand need no
fifty million comparisons.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import combinations, product
from math import log2
from statistics import median, quantiles

from digest.curate.shingles import SHINGLE, plain, shingles, sketch, words_of
from digest.domain import Article, Cluster

LEAST_WORDS = 12  # shorter texts say too little to be compared: only their titles can be
CONTAINED = 0.5  # of the shorter one's shingles
SAME_TITLE_CONTAINED, SURER = 0.3, 0.2
NEARLY_ALL = 0.9
FIRST, BEGINNING_CONTAINED = 30, 0.3  # shingles, and how many of them stand in a copy
FEWEST_FACTS, FEWEST_OTHERS = 4, 2
OTHER_FACTS = 0.4  # of the facts: so many are others in another piece
FILLED_IN, MOSTLY = 0.15, 0.6  # of the facts, and of what one says of its own
MUCH_SHORTER = 0.5
WHOLE = 3  # members of a group that stand for it
IN_ONE_PIECE = 0.75  # of the shorter one's length: between the quarters of it
DEEP = 60  # words before a copy of the beginning: a dateline, a caption, a notice
COMMONEST = 50  # what more articles than this share is a source's own, and leads nowhere
LEAST_SHARED, LEAST_SHARED_PART = 2, 0.05  # of the smaller sketch
SKETCHED = 4_000  # characters: copies have something in common before that
TELLING_TITLE = 5  # words; "Weather" and "Letters to the editor" are the same every day
FACT = re.compile(r"(?<![.!?…:“\"»]\s)(?<!^)\b(?:[^\W\d_a-z]\w+)|\d+(?:[.,]\d+)*")


class _Print:
    """What of an article is compared. Most articles are like no other, and give their sketch alone."""

    def __init__(self, article: Article) -> None:
        self.article = article
        words = words_of(article.text[:SKETCHED])
        dek = words_of(article.dek)
        self.is_untold = len(words) < LEAST_WORDS
        self.is_short = self.is_untold and len(dek) + len(words) < LEAST_WORDS
        self._text = f"{article.dek} {article.text}" if self.is_untold else article.text
        self.sketch = sketch(dek + words)

    @property
    def words(self) -> list[str]:
        """The words of the text; of the dek too, where there is hardly any text."""
        return words_of(self._text)

    @property
    def ordered(self) -> list[int]:
        """The shingles in the order of the text."""
        return shingles(self.words)

    @cached_property
    def length(self) -> int:
        """How many shingles there are."""
        return max(0, len(self.words) - SHINGLE + 1)

    @cached_property
    def own(self) -> frozenset[int]:
        """The shingles of the text; of the dek, where there is no text."""
        return frozenset(self.ordered)

    @cached_property
    def told(self) -> frozenset[int]:
        """Those of text and dek."""
        dek = frozenset(shingles(words_of(self.article.dek)))
        return self.own | dek if dek else self.own

    @cached_property
    def facts(self) -> frozenset[str]:
        """Its names and numbers: capitalised words inside sentences, and figures."""
        return frozenset(word.lower() for word in FACT.findall(plain(self.article.text or self.article.dek)))

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """All words, and figures as they are written."""
        words = frozenset((*self.words, *words_of(self.article.dek)))
        return self.facts.union(word for word in words if not word.isdigit())

    @cached_property
    def title(self) -> tuple[str, ...]:
        return tuple(words_of(self.article.title))

    @cached_property
    def language(self) -> str:
        return self.article.language.partition("-")[0].lower()


def fold_duplicates(articles: Sequence[Article]) -> list[Cluster]:
    """The articles grouped by piece, in the order of each piece's first appearance.

    Which articles belong together does not depend on their order. The best copy comes first: the
    original before a reprint, the more complete before the shorter, the earlier before the later.
    """
    prints = [_Print(article) for article in articles]
    likeness = {pair: alike for pair in _pairs(prints) if (alike := _likeness(prints[pair[0]], prints[pair[1]]))}
    groups = {index: [index] for index in range(len(prints))}  # every member leads to the one list of its group
    for left, right in sorted(likeness, key=lambda pair: _surest_first(pair, likeness, prints)):
        one, other = groups[left], groups[right]
        if one is not other and _are_one(one, other, likeness, prints):
            one += other
            groups.update(dict.fromkeys(other, one))
    pieces = {id(group): group for group in groups.values()}
    return [_cluster([articles[index] for index in sorted(group)]) for group in pieces.values()]


def _surest_first(
    pair: tuple[int, int], likeness: Mapping[tuple[int, int], float], prints: Sequence[_Print]
) -> tuple[float, list[str]]:
    return -likeness[pair], sorted(prints[index].article.url for index in pair)


def _are_one(
    one: Sequence[int], other: Sequence[int], likeness: Mapping[tuple[int, int], float], prints: Sequence[_Print]
) -> bool:
    """True when two groups are of one piece: of their whole members two are copies.

    That any member of each is like the other is not enough: a beginning of one sentence is like all that quote it.
    """
    met = (tuple(sorted(pair)) for pair in product(_whole(one, prints), _whole(other, prints)))
    return any(likeness.get((left, right)) or _likeness(prints[left], prints[right]) for left, right in met)


def _whole(group: Sequence[int], prints: Sequence[_Print]) -> list[int]:
    """A few of the longest members, none of them much shorter than the longest."""
    ordered = sorted(group, key=lambda index: (-prints[index].length, prints[index].article.url))[:WHOLE]
    least = prints[ordered[0]].length * MUCH_SHORTER
    return [index for index in ordered if prints[index].length >= least]


def _likeness(left: _Print, right: _Print) -> float:
    """How sure it is that they are copies; 0 when they are none.

    It is how much of the shorter one stands in the longer one, from 0 to 1, and a little more under the same title.
    """
    if left.article.url == right.article.url or _names(left.article, right.article):
        return 1.0
    if left.language and right.language and left.language != right.language:
        return 0.0
    shorter, longer = sorted((left, right), key=lambda each: (each.length, each.article.url))
    titled = left.title == right.title and bool(left.title)
    one_source = left.article.source == right.article.source != ""
    if shorter.is_short:
        return 1.0 if titled and len(left.title) >= TELLING_TITLE and not one_source else 0.0
    if shorter.is_untold and one_source and not titled:
        return 0.0  # a dek that stands under other titles too is the source's own
    contained = len(shorter.own & longer.told) / len(shorter.own)
    if contained < (SAME_TITLE_CONTAINED if titled else CONTAINED):
        return 0.0
    if contained < NEARLY_ALL and (_is_form(shorter, longer) or _begin_apart(shorter, longer)):
        return 0.0
    if titled:
        return contained + SURER
    return 0.0 if _is_quoted(shorter, longer) else contained


def _is_form(shorter: _Print, longer: _Print) -> bool:
    """True when what the one says of its own are names and numbers: a form filled in anew."""
    facts, own = shorter.facts, shorter.vocabulary - longer.vocabulary - _notices(shorter, longer)
    others = facts & own
    if len(facts) < FEWEST_FACTS or len(others) < FEWEST_OTHERS:
        return False
    share = len(others) / len(facts)
    return share > OTHER_FACTS or (share > FILLED_IN and len(others) > MOSTLY * len(own))


def _notices(shorter: _Print, longer: _Print) -> frozenset[str]:
    """The words before, and those behind, what both say, where this is half: unless these too are names and numbers."""
    shared = [place for place, shingle in enumerate(shorter.ordered) if shingle in longer.told]
    if len(shared) < CONTAINED * shorter.length:
        return frozenset()
    words = shorter.words
    ends = (frozenset(end) - longer.vocabulary for end in (words[: shared[0]], words[shared[-1] + SHINGLE :]))
    return frozenset(word for end in ends if len(end & shorter.facts) <= MOSTLY * len(end) for word in end)


def _begin_apart(shorter: _Print, longer: _Print) -> bool:
    """True when the beginning of neither stands in the other: they share what their source says below each."""
    begun = (
        len(other.told.intersection(own)) / len(own)
        for each, other in ((shorter, longer), (longer, shorter))
        if (own := each.ordered[:FIRST])
    )
    return max(begun, default=0.0) < BEGINNING_CONTAINED


def _is_quoted(shorter: _Print, longer: _Print) -> bool:
    """True when the one stands in the other's middle in one piece: a shorter copy is its beginning, or all over."""
    if shorter.length >= longer.length * MUCH_SHORTER:
        return False
    places = [place for place, shingle in enumerate(longer.ordered) if shingle in shorter.own]
    if len(places) < 2 or median(places) <= DEEP + shorter.length:
        return False
    lower, _, upper = quantiles(places, n=4)
    return upper - lower < IN_ONE_PIECE * shorter.length


def _pairs(prints: Sequence[_Print]) -> Iterator[tuple[int, int]]:
    """Pairs worth a comparison: they share an address, a title where there is no text, or enough that is rare."""
    by_address: dict[str, set[int]] = defaultdict(set)
    by_title: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for index, each in enumerate(prints):
        for url in {each.article.url, each.article.original_url} - {""}:
            by_address[url].add(index)
        by_title[each.title].add(index)
    untold = {each.title for each in prints if each.is_short and len(each.title) >= TELLING_TITLE}
    named = (*by_address.values(), *(by_title[title] for title in untold))
    pairs = {pair for group in named if len(group) <= COMMONEST for pair in combinations(sorted(group), 2)}
    shared = Counter(pair for group in _sharing(prints) for pair in combinations(group, 2))
    for (left, right), count in shared.items():
        smaller = min(len(prints[left].sketch), len(prints[right].sketch))
        if count >= max(LEAST_SHARED, LEAST_SHARED_PART * smaller):
            pairs.add((left, right))
    yield from sorted(pairs)


def _sharing(prints: Sequence[_Print]) -> Iterable[list[int]]:
    """For each shingle in several sketches, whose they are."""
    first: dict[int, int] = {}
    holders: dict[int, list[int]] = {}
    for index, each in enumerate(prints):
        for shingle in each.sketch:
            before = first.setdefault(shingle, index)
            if before != index:
                holders.setdefault(shingle, [before]).append(index)
    return (group for group in holders.values() if len(group) <= COMMONEST)


def _names(left: Article, right: Article) -> bool:
    return left.original_url in (right.url, right.original_url or None) or right.original_url == left.url


def _cluster(copies: Sequence[Article]) -> Cluster:
    best, *others = sorted(copies, key=_worse)
    return Cluster(best, tuple(others))


def _worse(article: Article) -> tuple[bool, int, float, str]:
    """Sorts the better copy first; lengths within a fifth or so of each other count as equal."""
    completeness = round(4 * log2(1 + len(article.text)))
    when = article.published.timestamp() if article.published else float("inf")
    reprint = bool(article.original_url or article.original_name)
    return reprint, -completeness, when, article.url
