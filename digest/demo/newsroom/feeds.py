"""The newsroom's feeds: RSS 2.0 with openings only, Atom (RFC 4287) and JSON Feed 1.1 with the full text."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from digest.demo.newsroom.pieces import Piece

pages = Environment(
    loader=PackageLoader("digest.demo.newsroom", "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
pages.filters["rfc822"] = format_datetime
pages.filters["rfc3339"] = datetime.isoformat


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed's place and what renders it; ``key`` is what pieces name it by."""

    key: str
    path: str
    title: str
    media_type: str
    render: Callable[["Feed", str, Sequence[Piece], datetime], str]


def rss(feed: Feed, site: str, pieces: Sequence[Piece], updated: datetime) -> str:
    """An RSS 2.0 document whose descriptions hold a dek or an opening, never the whole text."""
    return pages.get_template("rss.xml").render(feed=feed, site=site, pieces=pieces, updated=updated)


def atom(feed: Feed, site: str, pieces: Sequence[Piece], updated: datetime) -> str:
    """An Atom document with the full text of each piece."""
    return pages.get_template("atom.xml").render(feed=feed, site=site, pieces=pieces, updated=updated)


def json_feed(feed: Feed, site: str, pieces: Sequence[Piece], _updated: datetime) -> str:
    """A JSON Feed document with the full text of each piece; the format has no place for its own date."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": f"{site}/",
        "feed_url": f"{site}{feed.path}",
        "language": "en",
        "items": [_json_item(piece) for piece in pieces],
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


def _json_item(piece: Piece) -> dict[str, object]:
    item: dict[str, object] = {
        "id": piece.url,
        "url": piece.url,
        "title": piece.title,
        "content_html": Markup("").join(piece.blocks),
        "date_published": piece.published.isoformat(),
        "authors": [{"name": piece.author}],
        "tags": [piece.section],
    }
    if piece.dek:
        item["summary"] = piece.dek
    if piece.image:
        item["image"] = piece.image
    return item


FEEDS = (
    Feed("city", "/post/city.xml", "The Harbour Post: City", "application/rss+xml", rss),
    Feed("culture", "/post/culture.xml", "The Harbour Post: Culture", "application/rss+xml", rss),
    Feed("business", "/post/business.xml", "The Harbour Post: Business", "application/rss+xml", rss),
    Feed("tideline", "/tideline/atom.xml", "Tideline", "application/atom+xml", atom),
    Feed("wire", "/wire/feed.json", "Riverside Wire", "application/feed+json", json_feed),
)
