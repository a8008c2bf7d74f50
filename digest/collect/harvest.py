"""What is remembered of a source between two collections, and what a collection gave."""

from dataclasses import dataclass
from datetime import datetime

from digest.domain import Article


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the last collection left: validators for a conditional request, and when to ask again.

    ``known_urls`` are addresses of its articles that are stored: their pages are not fetched a second time.
    """

    etag: str = ""
    last_modified: str = ""
    retry_at: datetime | None = None
    known_urls: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Harvest:
    """What one source gave. ``error`` says why it gave nothing; ``dropped`` are (url, reason).

    ``unchanged`` is true when the source said that nothing is new since last time.
    """

    source: str
    articles: tuple[Article, ...] = ()
    etag: str = ""
    last_modified: str = ""
    error: str = ""
    retry_at: datetime | None = None
    unchanged: bool = False
    dropped: tuple[tuple[str, str], ...] = ()
