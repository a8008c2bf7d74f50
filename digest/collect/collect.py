"""Collects from many sources at once; each one's failure is its own, and is told in its harvest."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from digest.collect import feeds, sitemaps, wordpress
from digest.collect.canonical import canonical_url
from digest.collect.dates import EARLIEST
from digest.collect.discovery import feeds_on
from digest.collect.fetch import Fetched, Fetcher, host_of
from digest.collect.folders import read_folder
from digest.collect.harvest import Known, Remembered
from digest.collect.pages import extract_page
from digest.collect.reading import mark_of, read_articles
from digest.collect.repeated import learn, without_repeated
from digest.domain import Article, Harvest
from digest.errors import FeedError, FetchError
from digest.newsletters import Source
from digest.parsing import parsed

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 20  # sources; what each of them brings is held in memory until it is handed on
MOST_MAPS = 3  # of a sitemap's index: the newest
CLOSED = frozenset({401, 403, 404})  # what a WordPress answers whose REST interface is switched off
MOST_LISTED = 500  # of one source in one collection: the newest


async def collect(
    sources: Sequence[Source],
    memory: Mapping[str, Remembered],
    *,
    known: Known,
    now: datetime,
    folder: Path,
    public_url: str = "",
) -> AsyncIterator[Harvest]:
    """What the sources give now, each as soon as it is there. Never raises for a source's fault.

    ``memory`` holds what was remembered of each by key; ``known`` tells what was read before. Relative paths of
    folder sources begin at ``folder``; ``public_url`` is told to the servers that are asked.
    """
    desk = _Desk(known, now, folder)
    room = asyncio.Semaphore(MOST_AT_ONCE)
    done: asyncio.Queue[Harvest] = asyncio.Queue(maxsize=1)

    async def bring(source: Source, fetcher: Fetcher) -> None:
        async with room:
            await done.put(await _harvest(source, memory.get(source.key, Remembered()), fetcher, desk))

    async with Fetcher(public_url=public_url) as fetcher:
        tasks = [asyncio.create_task(bring(source, fetcher)) for source in sources]
        try:
            for _ in tasks:
                yield await done.get()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


@dataclass(frozen=True, slots=True)
class _Desk:
    """What is the same for all the sources of one collection."""

    known: Known
    now: datetime
    folder: Path


async def _harvest(source: Source, remembered: Remembered, fetcher: Fetcher, desk: _Desk) -> Harvest:
    if remembered.retry_at is not None and remembered.retry_at > desk.now:
        told = f"not asked: it wanted to be left alone until {remembered.retry_at:%Y-%m-%d %H:%M} UTC"
        return Harvest(source.key, error=told, retry_at=remembered.retry_at)
    try:
        harvest = _under_its_name(source, await _read(source, remembered, fetcher, desk))
    except FetchError as error:
        retry = None if error.retry_after is None else desk.now + timedelta(seconds=error.retry_after)
        return Harvest(source.key, error=str(error), retry_at=retry)
    except FeedError as error:
        return Harvest(source.key, error=f"{host_of(str(source.url))}: {error}")
    except Exception as error:
        # A mistake of ours that one source brings to light must not keep the others from the reader.
        logger.exception("source %s could not be read", source.key)
        place = source.path if source.type == "folder" else host_of(str(source.url))
        return Harvest(source.key, error=f"{place} could not be read ({type(error).__name__})")
    return _without_its_lines(harvest, remembered, desk.known)


async def _read(source: Source, remembered: Remembered, fetcher: Fetcher, desk: _Desk) -> Harvest:
    if source.type == "folder":
        files = tuple(await parsed(read_folder, desk.folder / str(source.path)))
        listed = frozenset(article.url for article in files)
        return Harvest(source.key, files, marks=_marks(files), listed=listed, complete_since=EARLIEST)
    fetched = await _fetched(source, remembered, fetcher)
    if fetched.unchanged:
        etag, modified = fetched.etag or remembered.etag, fetched.last_modified or remembered.last_modified
        return Harvest(source.key, etag=etag, last_modified=modified, unchanged=True, moved_to=fetched.moved_to)
    if source.type == "page":
        harvest = await _from_page(source, fetched)
    else:
        harvest = await _from_listing(source, remembered, fetcher, fetched, desk.known)
    return replace(harvest, moved_to=fetched.moved_to.partition("/wp-json/")[0])


async def _fetched(source: Source, remembered: Remembered, fetcher: Fetcher) -> Fetched:
    address = wordpress.posts_url(str(source.url)) if source.type == "wordpress" else str(source.url)
    try:
        return await fetcher.get(
            address, allow_private=source.allow_private, etag=remembered.etag, last_modified=remembered.last_modified
        )
    except FetchError as error:
        if source.type != "wordpress" or error.status not in CLOSED:
            raise
        told = f"{error}: this WordPress does not open its REST interface (try its feed: /feed/)"
        raise FetchError(told, retry_after=error.retry_after, status=error.status) from error


async def _from_page(source: Source, fetched: Fetched) -> Harvest:
    article = await parsed(extract_page, fetched.body, fetched.url, charset=fetched.charset)
    if article is None:
        raise FetchError(f"{host_of(str(source.url))}: no article was found on the page")
    return Harvest(
        source.key,
        (article,),
        fetched.etag,
        fetched.last_modified,
        marks=_marks([article]),
        read=frozenset({article.url}),
        listed=frozenset({article.url}),
    )


async def _from_listing(
    source: Source, remembered: Remembered, fetcher: Fetcher, fetched: Fetched, known: Known
) -> Harvest:
    listed, is_itself = await _listed(source, fetcher, fetched)
    entries = listed[:MOST_LISTED]
    readings = await read_articles(
        entries,
        fetcher,
        marks=known(source.key, [entry.url for entry in entries]),
        allow_private=source.allow_private,
        is_new=remembered.is_new,
    )
    there = [each for each in readings if not each.gone]
    # With the validators a source that did not change would not list again what could not be read.
    is_settled = is_itself and all(each.mark for each in there)
    return Harvest(
        source.key,
        tuple(each.article for each in there),
        etag=fetched.etag if is_settled else "",
        last_modified=fetched.last_modified if is_settled else "",
        dropped=tuple((each.article.url, each.gone) for each in readings if each.gone),
        marks={each.article.url: each.mark for each in there},
        read=frozenset(each.article.url for each in there if each.from_page),
        listed=frozenset(entry.url for entry in entries),
        complete_since=_complete_since(entries),
    )


async def _listed(source: Source, fetcher: Fetcher, fetched: Fetched) -> tuple[list[Article], bool]:
    """What the source lists, and whether it stands in what was fetched itself: else its validators tell nothing."""
    if source.type == "wordpress":
        return await parsed(wordpress.parse_posts, fetched.body, fetched.url), True
    if source.type == "sitemap":
        return await _from_sitemaps(source, fetcher, fetched)
    try:
        return await parsed(feeds.parse_feed, fetched.body, fetched.url, charset=fetched.charset), True
    except FeedError:
        address = await _feed_of_page(fetched)
        if not address:
            raise
    logger.info("source %s is a page; its feed is %s", source.key, address)
    feed = await fetcher.get(address, allow_private=source.allow_private)
    return await parsed(feeds.parse_feed, feed.body, feed.url, charset=feed.charset), False


async def _feed_of_page(fetched: Fetched) -> str:
    """The address of the feed that a page names as its main one; "" when it names none."""
    offered = await parsed(feeds_on, fetched.body, fetched.url)
    return next((each.url for each in offered if each.type == "feed"), "")


async def _from_sitemaps(source: Source, fetcher: Fetcher, fetched: Fetched) -> tuple[list[Article], bool]:
    """The sitemap's articles, the newest first; those of its newest parts when it is an index."""
    found = await parsed(sitemaps.parse_sitemap, fetched.body, fetched.url)
    articles = list(found.articles)
    for address in found.maps[:MOST_MAPS]:
        part = await fetcher.get(address, allow_private=source.allow_private)
        articles += (await parsed(sitemaps.parse_sitemap, part.body, part.url)).articles
    dated = sorted((each for each in articles if each.published), key=lambda each: str(each.published), reverse=True)
    return [*dated, *(each for each in articles if not each.published)], not found.maps


def _complete_since(entries: Sequence[Article]) -> datetime | None:
    """Since when the entries are all there are, when they are dated and stand in the order of their dates."""
    dates = [entry.published for entry in entries]
    known = [date for date in dates if date is not None]
    ordered = len(known) == len(dates) > 1 and known == sorted(known, reverse=True)
    return known[-1] if ordered else None


def _under_its_name(source: Source, harvest: Harvest) -> Harvest:
    """Each article once, under its source's name."""
    kept: dict[str, Article] = {}
    for article in harvest.articles:
        kept.setdefault(canonical_url(article.url) or article.url, replace(article, source=source.key))
    return replace(harvest, articles=tuple(kept.values()))


def _marks(articles: Sequence[Article]) -> dict[str, str]:
    return {article.url: mark_of(article) for article in articles}


def _without_its_lines(harvest: Harvest, remembered: Remembered, known: Known) -> Harvest:
    """Without the lines that the source repeats in one article after the other; each article teaches once."""
    taught = known(harvest.source, [article.url for article in harvest.articles])
    lines = learn(remembered.lines, [article.text for article in harvest.articles if article.url not in taught])
    cleaned = (replace(article, text=without_repeated(article.text, lines)) for article in harvest.articles)
    return replace(harvest, articles=tuple(cleaned), lines=lines)
