"""JSON Feed (1.0 and 1.1, jsonfeed.org) to articles. What is not of the standard's type counts as missing."""

import re
from collections.abc import Mapping
from typing import Any

from digest.collect.beginning import MOST_ENTRIES
from digest.collect.canonical import absolute_url, canonical_url
from digest.collect.datelines import Datelines
from digest.collect.headings import dek_from, title_from
from digest.collect.languages import language_tag
from digest.collect.markup import joined, plain_line, plain_paragraphs
from digest.collect.pictures import best_picture, first_picture, kind_of, picture
from digest.collect.trees import read_json
from digest.domain import Article, Image
from digest.errors import FeedError

BLOCK = re.compile(r"</?(?:p|div|br|ul|li|h[1-6])\b", re.IGNORECASE)
Json = Mapping[str, Any]


def json_articles(text: str, url: str) -> list[Article | None]:
    """The feed's articles, None for an item without a link or words. Raises FeedError for what is no JSON Feed."""
    feed = _read(text)
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise FeedError(_why_not(feed))
    language, author = language_tag(feed.get("language")), _author(feed)
    dates = Datelines(language)
    entries = (item for item in items[:MOST_ENTRIES] if isinstance(item, dict))
    return [_article(item, url, language=language, author=author, dates=dates) for item in entries]


def json_title(text: str) -> str:
    """What the feed calls itself; "" when it does not say."""
    feed = _read(text)
    return plain_line(_told(feed, "title")) if isinstance(feed, dict) else ""


def _read(text: str) -> Any:
    try:
        return read_json(text)
    except ValueError:
        raise FeedError("this is neither JSON nor XML: not a feed") from None


def _why_not(told: object) -> str:
    if isinstance(told, list) and told and isinstance(told[0], dict) and "link" in told[0]:
        return 'this is a list of WordPress posts, not a feed (try the site\'s address with type = "wordpress")'
    return 'this is JSON, but not a JSON Feed: it has no "items"'


def _article(item: Json, base: str, *, language: str, author: str, dates: Datelines) -> Article | None:
    url = canonical_url(absolute_url(base, _link(item)))
    markup = _told(item, "content_html")
    text = plain_paragraphs(markup) if markup else _plain(_told(item, "content_text") or _told(item, "summary"))
    title = title_from(_told(item, "title"), text)
    if not url or not title:
        return None
    return Article(
        url=url,
        title=title,
        text=text,
        dek=dek_from(_told(item, "summary"), text),
        author=_author(item) or author,
        image=_image(item, markup, base, url),
        language=language_tag(item.get("language")) or language,
        published=dates.read(item.get("date_published")) or dates.read(item.get("date_modified")),
    )


def _plain(text: str) -> str:
    """The paragraphs of what is plain text by the standard; some write HTML there all the same."""
    return plain_paragraphs(text) if BLOCK.search(text) else joined(re.split(r"\n\s*\n", text))


def _link(item: Json) -> str:
    """Its address, or that of what it tells about; the id when it is one, as the standard wishes."""
    identifier = _told(item, "id")
    is_address = identifier.startswith(("http://", "https://"))
    return _told(item, "url") or _told(item, "external_url") or (identifier if is_address else "")


def _author(told: Json) -> str:
    """The names of its authors: in a list since 1.1, one alone before."""
    authors = told["authors"] if isinstance(told.get("authors"), list) else [told.get("author")]
    names = [plain_line(_told(each, "name")) for each in authors if isinstance(each, dict)]
    return ", ".join(dict.fromkeys(filter(None, names)))


def _image(item: Json, markup: str, feed: str, url: str) -> Image | None:
    own = picture(absolute_url(feed, _told(item, "image") or _told(item, "banner_image")), {})
    told = item["attachments"] if isinstance(item.get("attachments"), list) else []
    attached = [
        {"url": _told(each, "url"), "type": _told(each, "mime_type")} for each in told if isinstance(each, dict)
    ]
    return own or first_picture(markup, url) or best_picture(filter(kind_of, attached), feed)


def _told(told: Json, name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""
