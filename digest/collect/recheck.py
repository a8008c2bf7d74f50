"""A last look at the chosen stories' pages, just before they are sent: still there, and still saying the same?"""

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from digest.collect.fetch import Fetcher
from digest.collect.pages import extract_page
from digest.collect.reading import gone_from
from digest.collect.repeated import without_repeated
from digest.domain import Article
from digest.errors import FetchError
from digest.newsletters import Source
from digest.parsing import parsed

logger = logging.getLogger(__name__)

# Of the words (in a text, of three in a row); below it the page says something else: a consent wall, an error.
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
    return Look(_corrected(article, replace(page, text=without_repeated(page.text, lines))) if page else article)


def _corrected(article: Article, page: Article) -> Article:
    """The article in the page's words, where the page says the same but for a few.

    A title or a dek that is another one altogether is the site's own, beside that of its feed.
    """
    if not _is_version(_threes(article.text), _threes(page.text)):
        return article
    title, dek = (
        after if _is_version(Counter(before.lower().split()), Counter(after.lower().split())) else before
        for before, after in ((article.title, page.title), (article.dek, page.dek))
    )
    return replace(article, text=page.text, title=title, dek=dek)


def _is_version(before: Counter[Any], after: Counter[Any]) -> bool:
    longer = max(before.total(), after.total())
    return longer > 0 and (before & after).total() / longer >= LEAST_ALIKE


def _threes(text: str) -> Counter[Any]:
    words = text.split()
    return Counter(zip(words, words[1:], words[2:], strict=False))
