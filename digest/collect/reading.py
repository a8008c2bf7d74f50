"""From what a source lists to articles: full text as it is told, else from the article's page.

A page is read once: again only when the source tells something new of the article, or when the page could not
be had for a reason that passes.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from math import inf

from digest.collect.cleaning import clean
from digest.collect.fetch import Fetcher
from digest.collect.headings import LONGEST_DEK, one_line
from digest.collect.pages import extract_page
from digest.domain import Article
from digest.errors import FetchError
from digest.parsing import parsed

logger = logging.getLogger(__name__)

FULL_TEXT = 800  # characters; a source that says less than this of an article says its beginning
MOST_PAGES = 30  # of one source in one collection
CUT_SHORT = ("…", "...", "[…]", "[...]")
GONE = frozenset({404, 410})
SETTLED = frozenset({200, 401, 402, 403, 405, 406, 451})  # asking again will change nothing; 200: what came is no page


@dataclass(frozen=True, slots=True)
class Reading:
    """One article as far as it could be read.

    ``mark`` is empty when it is worth another try; ``gone`` says why its page is.
    """

    article: Article
    mark: str = ""
    from_page: bool = False
    gone: str = ""


async def read_articles(
    entries: Sequence[Article], fetcher: Fetcher, *, marks: Mapping[str, str | None], allow_private: bool, is_new: bool
) -> list[Reading]:
    """Read the new and the changed ones of ``entries``, the newest 30 pages at the most.

    ``marks`` are those of the articles that were read before, None for what another source brought. Of a new source
    (``is_new``) the pages beyond the newest are archive, and are not asked for later either.
    """
    fresh = [entry for entry in entries if marks.get(entry.url, "") not in (None, mark_of(entry))]
    short = [entry for entry in fresh if _is_beginning(entry)]
    wanted = {entry.url for entry in _newest(short)[:MOST_PAGES]}
    waiting = {entry.url for entry in short} - wanted

    async def read(entry: Article) -> Reading:
        if entry.url in wanted:
            return await _from_page(entry, fetcher, allow_private=allow_private)
        settled = is_new or entry.url not in waiting
        return Reading(_as_told(entry), mark_of(entry) if settled else "")

    return await asyncio.gather(*(read(entry) for entry in fresh))


def mark_of(entry: Article) -> str:
    """A print of all that a source tells of an article."""
    told = "\0".join((entry.title, entry.dek, entry.text, str(entry.published)))
    return blake2b(told.encode("utf-8", "replace"), digest_size=8).hexdigest()


def gone_from(error: FetchError) -> str:
    """Why the page that could not be fetched is gone for good; "" when it may come back."""
    return f"its page is gone ({error.status})" if error.status in GONE else ""


def _newest(entries: Sequence[Article]) -> list[Article]:
    """The newest first; those without a date before them, as the source has them."""
    return sorted(entries, key=lambda entry: -entry.published.timestamp() if entry.published else -inf)


def _is_beginning(entry: Article) -> bool:
    return len(entry.text) < FULL_TEXT or entry.text.rstrip().endswith(CUT_SHORT)


def _as_told(entry: Article) -> Article:
    """The entry with the source's own words, cleaned."""
    cleaned = clean(entry.text)
    return replace(entry, text=cleaned.text, original_name=entry.original_name or cleaned.original_name)


async def _from_page(entry: Article, fetcher: Fetcher, *, allow_private: bool) -> Reading:
    """The entry with the text of its page; with the source's own words when the page gives nothing better.

    It keeps the source's address: one that depended on the page would change on the day the page is out of reach,
    and the article would be news a second time.
    """
    mark = mark_of(entry)
    try:
        fetched = await fetcher.get(entry.url, allow_private=allow_private)
    except FetchError as error:
        logger.info("%s keeps its source's words: %s", entry.url, error)
        return Reading(_as_told(entry), mark if error.status in SETTLED else "", gone=gone_from(error))
    page = await parsed(extract_page, fetched.body, fetched.url, charset=fetched.charset)
    if page is None or len(page.text) <= len(entry.text):
        return Reading(_as_told(entry), mark, from_page=True)
    return Reading(_joined(entry, page), mark, from_page=True)


def _joined(entry: Article, page: Article) -> Article:
    return replace(
        entry,
        title=entry.title or page.title,
        text=page.text,
        dek=entry.dek or page.dek or _standfirst(entry, page),
        author=entry.author or page.author,
        image=page.image or entry.image,
        language=entry.language or page.language,
        published=entry.published or page.published,
        original_url=page.original_url,
        original_name=page.original_name,
    )


def _standfirst(entry: Article, page: Article) -> str:
    """The source's few words when they are a whole sentence that the page does not begin with."""
    words = one_line(clean(entry.text).text)
    is_whole = len(words) <= LONGEST_DEK and not words.endswith(CUT_SHORT)
    return words if is_whole and not page.text.startswith(words[:60]) else ""
