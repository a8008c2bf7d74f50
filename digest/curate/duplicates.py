"""Which articles are copies of one piece: syndicated, cut short, retitled, with a line more or less.

Two articles are copies when most of the shorter one's word shingles stand in the longer one (containment
after Broder, "On the resemblance and containment of documents", 1997). Candidates for a comparison share a
rare shingle, so that ten thousand articles need no fifty million comparisons.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import combinations
from math import log2
from zlib import crc32

from digest.domain import Article, Cluster

SHINGLE = 4  # words; for scripts without spaces the "word" is a character
LEAST_WORDS = 12  # shorter texts say too little to be compared: only their titles could
CONTAINED = 0.5
SAME_TITLE_CONTAINED = 0.25
RARE = 8  # how many of an article's rarest shingles lead to comparisons
COMMONEST = 40  # a shingle in more articles than this is boilerplate, and leads nowhere
WORD = re.compile(r"[^\W_]+", re.UNICODE)
UNSPACED = re.compile(r"[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


class _Print:
    """An article's shingles, hashed."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self.words = words_of(article.text or article.dek)

    @cached_property
    def shingles(self) -> frozenset[int]:
        # Not hash(): its answers differ from one run to the next.
        words, last = self.words, len(self.words) - SHINGLE + 1
        return frozenset(crc32(" ".join(words[start : start + SHINGLE]).encode()) for start in range(last))

    @cached_property
    def title(self) -> frozenset[str]:
        return frozenset(words_of(self.article.title))

    @cached_property
    def language(self) -> str:
        return self.article.language.partition("-")[0].lower()


def fold_duplicates(articles: Sequence[Article]) -> list[Cluster]:
    """The articles grouped by piece, in the order of each piece's first appearance.

    Which articles belong together does not depend on their order. The best copy comes first: the
    original before a reprint, the more complete before the shorter, the earlier before the later.
    """
    prints = [_Print(article) for article in articles]
    group = list(range(len(prints)))

    def root(index: int) -> int:
        while group[index] != index:
            group[index] = group[group[index]]
            index = group[index]
        return index

    for left, right in _pairs(prints):
        if root(left) != root(right) and same_piece(prints[left], prints[right]):
            first, second = sorted((root(left), root(right)))
            group[second] = first
    members: dict[int, list[Article]] = defaultdict(list)
    for index, article in enumerate(articles):
        members[root(index)].append(article)
    return [_cluster(copies) for copies in members.values()]


def same_piece(left: _Print, right: _Print) -> bool:
    """True when one is a copy of the other."""
    if left.article.url == right.article.url or _names(left.article, right.article):
        return True
    if left.language and right.language and left.language != right.language:
        return False
    shorter, longer = sorted((left, right), key=lambda each: len(each.shingles))
    if len(shorter.words) < LEAST_WORDS:
        return False
    contained = len(shorter.shingles & longer.shingles) / len(shorter.shingles)
    titled = bool(shorter.title) and shorter.title == longer.title
    return contained >= (SAME_TITLE_CONTAINED if titled else CONTAINED)


def words_of(text: str) -> list[str]:
    """The words of a text, lower-case; in scripts without spaces, its characters."""
    words = WORD.findall(text.lower())
    if not UNSPACED.search(text):
        return words
    return [piece for word in words for piece in (list(word) if UNSPACED.search(word) else [word])]


def _pairs(prints: Sequence[_Print]) -> Iterable[tuple[int, int]]:
    """Pairs worth a comparison: they share an address, or a shingle that is rare for one of them."""
    spread = Counter(shingle for each in prints for shingle in each.shingles)
    by_shingle: dict[int, list[int]] = defaultdict(list)
    by_url: dict[str, list[int]] = defaultdict(list)
    for index, each in enumerate(prints):
        for url in {each.article.url, each.article.original_url} - {""}:
            by_url[url].append(index)
        shared = (shingle for shingle in each.shingles if 1 < spread[shingle] <= COMMONEST)
        for shingle in sorted(shared, key=lambda shingle: (spread[shingle], shingle))[:RARE]:
            by_shingle[shingle].append(index)
    wanted = frozenset(by_shingle)
    holders: dict[int, list[int]] = defaultdict(list)
    for index, each in enumerate(prints):
        for shingle in each.shingles & wanted:
            holders[shingle].append(index)
    pairs = {pair for group in (*by_url.values(), *holders.values()) for pair in combinations(group, 2)}
    return sorted(pairs)


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
