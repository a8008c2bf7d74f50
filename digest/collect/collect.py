"""Collects from many sources at once; each one's failure is its own, and is told in its harvest."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from math import inf
from pathlib import Path

from digest.collect.canonical import canonical_url
from digest.collect.cleaning import clean
from digest.collect.feeds import parse_feed
from digest.collect.fetch import Fetcher, host_of
from digest.collect.folders import read_folder
from digest.collect.harvest import Harvest, Remembered
from digest.collect.pages import extract_page
from digest.domain import Article
from digest.errors import FeedError, FetchError
from digest.newsletters import Source

logger = logging.getLogger(__name__)

FULL_TEXT = 800  # characters; a feed that says less than this of an article says its beginning
MOST_PAGES = 30  # of one feed in one collection
FEWEST_WORDS = 25
LONGEST_DEK = 500
CUT_SHORT = ("…", "...", "[…]", "[...]")


async def collect(
    sources: Sequence[Source],
    memory: Mapping[str, Remembered],
    *,
    now: datetime,
    folder: Path,
    public_url: str = "",
) -> tuple[Harvest, ...]:
    """What the sources give now, in their order. Never raises for a source's fault.

    ``memory`` holds what was remembered of each by key; relative paths of folder sources begin at ``folder``.
    ``public_url`` is told to the servers that are asked.
    """
    async with Fetcher(public_url=public_url) as fetcher:
        harvests = [_harvest(source, memory.get(source.key, Remembered()), fetcher, now, folder) for source in sources]
        return tuple(await asyncio.gather(*harvests))


async def _harvest(source: Source, remembered: Remembered, fetcher: Fetcher, now: datetime, folder: Path) -> Harvest:
    if remembered.retry_at is not None and remembered.retry_at > now:
        told = f"not asked: it wanted to be left alone until {remembered.retry_at:%Y-%m-%d %H:%M} UTC"
        return Harvest(source.key, error=told, retry_at=remembered.retry_at)
    try:
        if source.type == "folder":
            found = await asyncio.to_thread(read_folder, folder / str(source.path))
            harvest = Harvest(source.key, tuple(found))
        elif source.type == "page":
            harvest = await _from_page(source, remembered, fetcher)
        else:
            harvest = await _from_feed(source, remembered, fetcher)
    except FetchError as error:
        retry = None if error.retry_after is None else now + timedelta(seconds=error.retry_after)
        return Harvest(source.key, error=str(error), retry_at=retry)
    except FeedError as error:
        return Harvest(source.key, error=f"{host_of(str(source.url))}: {error}")
    except Exception as error:
        # A mistake of ours that one source brings to light must not keep the others from the reader.
        logger.exception("source %s could not be read", source.key)
        place = source.path if source.type == "folder" else host_of(str(source.url))
        return Harvest(source.key, error=f"{place} could not be read ({type(error).__name__})")
    return _sifted(source, harvest)


async def _from_page(source: Source, remembered: Remembered, fetcher: Fetcher) -> Harvest:
    url = str(source.url)
    fetched = await fetcher.get(
        url, allow_private=source.allow_private, etag=remembered.etag, last_modified=remembered.last_modified
    )
    if fetched.unchanged:
        return Harvest(source.key, etag=remembered.etag, last_modified=remembered.last_modified, unchanged=True)
    article = await asyncio.to_thread(extract_page, fetched.body, fetched.url)
    if article is None:
        raise FetchError(f"{host_of(url)}: no article was found on the page")
    return Harvest(source.key, (article,), fetched.etag, fetched.last_modified)


async def _from_feed(source: Source, remembered: Remembered, fetcher: Fetcher) -> Harvest:
    fetched = await fetcher.get(
        str(source.url),
        allow_private=source.allow_private,
        etag=remembered.etag,
        last_modified=remembered.last_modified,
    )
    if fetched.unchanged:
        return Harvest(source.key, etag=remembered.etag, last_modified=remembered.last_modified, unchanged=True)
    entries = await asyncio.to_thread(parse_feed, fetched.body, fetched.url, charset=fetched.charset)
    # A known article's page has been read: its beginning alone must not take the place of its text.
    entries = [each for each in entries if not (_is_beginning(each) and each.url in remembered.known_urls)]
    short = {each.url for each in _newest([entry for entry in entries if _is_beginning(entry)])[:MOST_PAGES]}
    articles = [_completed(source, entry, fetcher) if entry.url in short else _as_told(entry) for entry in entries]
    return Harvest(source.key, tuple(await asyncio.gather(*articles)), fetched.etag, fetched.last_modified)


def _newest(entries: Sequence[Article]) -> list[Article]:
    """The newest first; those without a date before them, as the feed has them."""
    return sorted(entries, key=lambda entry: -entry.published.timestamp() if entry.published else -inf)


def _standfirst(entry: Article, page: Article) -> str:
    """The feed's few words when they are a whole sentence that the page does not begin with."""
    words = clean(entry.text).text.replace("\n\n", " ")
    is_whole = len(words) <= LONGEST_DEK and not words.endswith(CUT_SHORT)
    return words if is_whole and not page.text.startswith(words[:60]) else ""


def _is_beginning(entry: Article) -> bool:
    return len(entry.text) < FULL_TEXT or entry.text.rstrip().endswith(CUT_SHORT)


async def _as_told(entry: Article) -> Article:
    """The entry with the feed's own words, cleaned."""
    cleaned = clean(entry.text)
    return replace(entry, text=cleaned.text, original_name=entry.original_name or cleaned.original_name)


async def _completed(source: Source, entry: Article, fetcher: Fetcher) -> Article:
    """The entry with the text of its page; with the feed's own words when the page gives nothing better.

    It keeps the feed's address: one that depended on the page would change on the day the page is out of reach,
    and the article would be news a second time.
    """
    try:
        fetched = await fetcher.get(entry.url, allow_private=source.allow_private)
    except FetchError as error:
        logger.info("%s keeps the feed's words: %s", entry.url, error)
        return await _as_told(entry)
    page = await asyncio.to_thread(extract_page, fetched.body, fetched.url)
    if page is None or len(page.text) <= len(entry.text):
        return await _as_told(entry)
    return replace(
        entry,
        text=page.text,
        dek=entry.dek or page.dek or _standfirst(entry, page),
        author=entry.author or page.author,
        image=page.image or entry.image,
        language=entry.language or page.language,
        published=entry.published or page.published,
        original_url=page.original_url,
        original_name=page.original_name,
    )


def _sifted(source: Source, harvest: Harvest) -> Harvest:
    """Each article once, under its source's name; those with hardly any text are left out and counted."""
    kept: dict[str, Article] = {}
    dropped: list[tuple[str, str]] = []
    for article in harvest.articles:
        if len(article.text.split()) < FEWEST_WORDS and len(article.text) < FEWEST_WORDS * 6 and not article.dek:
            dropped.append((article.url, "hardly any text"))
        else:
            kept.setdefault(canonical_url(article.url) or article.url, replace(article, source=source.key))
    return replace(harvest, articles=tuple(kept.values()), dropped=tuple(dropped))
