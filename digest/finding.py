"""What could be a source at an address: the address itself, what its page offers, or where such things mostly stand."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urljoin

from digest.collect import parse_feed
from digest.collect.discovery import Found, feeds_on, sitemaps_in
from digest.collect.feeds import feed_title
from digest.collect.fetch import Fetched, Fetcher
from digest.collect.sitemaps import parse_sitemap
from digest.collect.wordpress import parse_posts, posts_url
from digest.errors import FeedError, FetchError

MOST_TRIED = 8
# Where feeds stand that no page tells of.
USUAL_PLACES = ("/feed", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/rss", "/feed.json")


@dataclass(frozen=True, slots=True)
class Tried:
    """Something found, and what it gave when it was asked: ``articles``, the ``newest``, or an ``error``."""

    found: Found
    articles: int = 0
    newest: datetime | None = None
    error: str = ""


async def find_sources(url: str, *, allow_private: bool = False, public_url: str = "") -> list[Tried]:
    """What could be a source at ``url``, the best first, each asked once; those that do not answer come last.

    Raises FetchError when the address itself cannot be fetched.
    """
    async with Fetcher(public_url=public_url) as fetcher:
        search = _Search(fetcher, allow_private)
        fetched = await search.get(url)
        itself = _itself(fetched)
        if itself is not None:
            return [itself]
        offered = feeds_on(fetched.body, fetched.url)
        tried = await search.try_all([*offered, *await search.sitemaps(fetched.url)])
        if not any(each.found.type == "feed" and not each.error for each in tried):
            guessed = await search.try_all(Found(urljoin(fetched.url, place)) for place in USUAL_PLACES)
            tried = [*[each for each in guessed if each.articles][:1], *tried]
        return sorted(tried, key=lambda each: each.error != "")


class _Search:
    """Asks one site."""

    def __init__(self, fetcher: Fetcher, allow_private: bool) -> None:
        self._fetcher = fetcher
        self._allow_private = allow_private

    async def get(self, url: str) -> Fetched:
        return await self._fetcher.get(url, allow_private=self._allow_private)

    async def sitemaps(self, url: str) -> list[Found]:
        """The sitemaps that the site's ``robots.txt`` names."""
        try:
            robots = await self.get(urljoin(url, "/robots.txt"))
        except FetchError:
            return []
        return [Found(each, type="sitemap") for each in sitemaps_in(robots.body.decode("utf-8", "replace"))]

    async def try_all(self, found: Iterable[Found]) -> list[Tried]:
        return list(await asyncio.gather(*(self._try(each) for each in list(found)[:MOST_TRIED])))

    async def _try(self, found: Found) -> Tried:
        address = posts_url(found.url) if found.type == "wordpress" else found.url
        try:
            return _tried(found, await self.get(address))
        except (FetchError, FeedError) as error:
            return Tried(found, error=str(error))


def _itself(fetched: Fetched) -> Tried | None:
    """The address itself, when it is a feed or a sitemap."""
    for itself in (Found(fetched.url), Found(fetched.url, type="sitemap")):
        try:
            return _tried(itself, fetched)
        except FeedError:
            continue
    return None


def _tried(found: Found, fetched: Fetched) -> Tried:
    if found.type == "feed":
        articles = parse_feed(fetched.body, fetched.url, charset=fetched.charset)
        found = replace(found, title=feed_title(fetched.body, fetched.url, charset=fetched.charset) or found.title)
    elif found.type == "wordpress":
        articles = parse_posts(fetched.body, fetched.url)
    else:
        articles = list(parse_sitemap(fetched.body, fetched.url).articles)
    dates = [article.published for article in articles if article.published]
    return Tried(found, len(articles), max(dates, default=None))
