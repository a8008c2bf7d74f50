"""A last look at the chosen stories' pages, just before they are sent: still there, and still saying the same?"""

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from digest.collect.fetch import Fetcher
from digest.collect.pages import extract_page
from digest.collect.parsing import parsed
from digest.collect.reading import gone_from
from digest.collect.repeated import without_repeated
from digest.domain import Article
from digest.errors import FetchError
from digest.newsletters import Source

logger = logging.getLogger(__name__)

# Of the three words in a row; below it the page says something else (a consent wall, an error in polite words).
LEAST_ALIKE = 0.6


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at an article's page found: the article as it reads now, and why it is gone, if it is."""

    article: Article
    gone: str = ""


async def look_again(
    articles: Sequence[Article],
    sources: Mapping[str, Source],
    lines: Mapping[str, Mapping[str, int]],
    *,
    public_url: str = "",
) -> dict[str, Look]:
    """Look at the pages of ``articles`` once more; by address what was found. Files are not looked at.

    ``lines`` are, by source, those that it repeats. A page that is gone (404, 410) takes the article with it. One
    that is out of reach, or that says something else altogether, changes nothing.
    """
    on_the_web = [article for article in articles if article.url.startswith(("http://", "https://"))]
    async with Fetcher(public_url=public_url) as fetcher:
        looks = await asyncio.gather(
            *(_look(each, sources.get(each.source), lines.get(each.source, {}), fetcher) for each in on_the_web)
        )
    return {look.article.url: look for look in looks}


async def _look(article: Article, source: Source | None, lines: Mapping[str, int], fetcher: Fetcher) -> Look:
    try:
        fetched = await fetcher.get(article.url, allow_private=source is not None and source.allow_private)
    except FetchError as error:
        logger.info("%s could not be looked at once more: %s", article.url, error)
        return Look(article, gone_from(error))
    page = await parsed(extract_page, fetched.body, fetched.url, charset=fetched.charset)
    text = without_repeated(page.text, lines) if page else ""
    return Look(replace(article, text=text) if _is_corrected(article.text, text) else article)


def _is_corrected(before: str, after: str) -> bool:
    """True when both are versions of one text."""
    old, new = _threes(before), _threes(after)
    longer = max(old.total(), new.total())
    return old != new and longer > 0 and (old & new).total() / longer >= LEAST_ALIKE


def _threes(text: str) -> Counter[tuple[str, ...]]:
    words = text.split()
    return Counter(zip(words, words[1:], words[2:], strict=False))
