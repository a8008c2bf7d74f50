"""What an article is about, told by words: topics, pins and blocks.

A phrase is found whole and in any case, where words begin and end; ``tram*`` finds all that begin so. What looks
like an address finds the article that bears it.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from digest.domain import Article
from digest.newsletters import Topic

MENTIONS = 2  # in the text: a single one may be in passing
LONGEST_READ = 20_000  # characters of a text; what an article is about is said by then


def first_fit(article: Article, phrases: Iterable[str]) -> str:
    """The first of the phrases or addresses that fits the article; "" when none does."""
    return next((phrase for phrase in phrases if _fits(article, phrase)), "")


def topics_of(article: Article, topics: Mapping[str, Topic]) -> list[Topic]:
    """The topics that the article is about, in their own order."""
    return [topic for topic in topics.values() if first_fit(article, topic.words)]


def _fits(article: Article, phrase: str) -> bool:
    if phrase.startswith(("http://", "https://")):
        return phrase.rstrip("/") in (article.url.rstrip("/"), article.original_url.rstrip("/"))
    pattern = _pattern(phrase)
    if pattern.search(article.title) or pattern.search(article.dek):
        return True
    mentions = pattern.finditer(article.text[:LONGEST_READ])
    return sum(1 for _, _ in zip(range(MENTIONS), mentions, strict=False)) == MENTIONS


@lru_cache(maxsize=1000)
def _pattern(phrase: str) -> re.Pattern[str]:
    whole = r"\W+".join(re.escape(word) for word in phrase.rstrip("*").split())
    return re.compile(rf"(?<!\w){whole}" + (r"\w*" if phrase.endswith("*") else r"(?!\w)"), re.IGNORECASE)
