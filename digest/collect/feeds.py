"""Feeds of any dress (RSS 0.9–2.0, RDF, Atom, JSON Feed 1.1) to articles.

What arrives is whatever somebody's server sent: a feed that is not one is told in words.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import chain
from typing import Any

import feedparser

from digest.collect.beginning import MOST_ENTRIES, readable_beginning
from digest.collect.canonical import absolute_url, canonical_url
from digest.collect.cleaning import clean
from digest.collect.datelines import Datelines
from digest.collect.dates import instant
from digest.collect.encodings import decode
from digest.collect.languages import language_tag
from digest.collect.markup import LONGEST, parse, plain_line, plain_paragraphs
from digest.collect.trees import read_json
from digest.domain import Article, Image
from digest.errors import FeedError

LARGEST = 10_000_000  # bytes
LONGEST_DEK = 500
SMALLEST_IMAGE = 50  # pixels; what is smaller counts readers or shows a face
ENTITY_BOMB = re.compile(rb"<!ENTITY", re.IGNORECASE)
MAIL_ADDRESS = re.compile(r"[(<]?[^\s@()<>]+@[^\s@()<>]+[)>]?")
LOOKS_LIKE_PAGE = re.compile(rb"^\s*(?:<!doctype html|<html)", re.IGNORECASE)
DOCTYPE = re.compile(rb"<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL)
LONGEST_HEAD = 20_000  # characters before the first entry
FIRST_ENTRY = re.compile(r"<(?:\w{1,20}:)?(?:item|entry)\b", re.IGNORECASE)
TITLE = re.compile(
    r"<title\b[^>]{0,200}>([^<]{0,500}|\s*<!\[CDATA\[.{0,500}?\]\]>\s*)</title", re.IGNORECASE | re.DOTALL
)
CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
Entry = Mapping[str, Any]


def parse_feed(content: bytes, url: str, *, charset: str = "") -> list[Article]:
    """The feed's articles, in its order, each with a canonical http or https URL.

    ``url`` is where the feed came from: relative links begin there. ``charset`` is the encoding that the
    server named: it counts when the feed itself names none. A valid feed without entries gives [].
    Raises FeedError, with a reason, for what is not a feed.
    """
    if not content.strip():
        raise FeedError("the feed is empty")
    if len(content) > LARGEST:
        raise FeedError(f"the feed is larger than {LARGEST // 1_000_000} MB")
    text = decode(content, charset=charset, url=url).lstrip()
    if text[:1] in ("{", "["):
        return _unique(_json_articles(text, url))
    # As bytes: given a text, feedparser would take a URL for something to fetch.
    content = readable_beginning(_without_doctype(text.encode()))
    headers = {"content-location": url, "content-type": "application/xml; charset=utf-8"}
    parsed = feedparser.parse(content, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    if not parsed.entries and not parsed.version:
        raise FeedError(_why_not(content, parsed.get("bozo_exception")))
    language = language_tag(parsed.feed.get("language"))
    dates = Datelines(language)
    return _unique(_article(entry, url, language, dates) for entry in parsed.entries[:MOST_ENTRIES])


def feed_title(content: bytes, url: str, *, charset: str = "") -> str:
    """What the feed calls itself; "" when it does not say. The arguments are those of ``parse_feed``."""
    text = decode(content, charset=charset, url=url).lstrip()
    if text[:1] == "{":
        feed = _json_feed(text)
        return plain_line(str(feed.get("title") or "")) if isinstance(feed, dict) else ""
    head = FIRST_ENTRY.split(text[:LONGEST_HEAD], maxsplit=1)[0]
    found = TITLE.search(head)
    return plain_line(CDATA.sub("", found[1])) if found else ""


def _why_not(content: bytes, cause: object) -> str:
    if LOOKS_LIKE_PAGE.match(content):
        return "this is a web page, not a feed (look for the feed's own address on it)"
    if cause is not None:
        return f"this is not a feed: {' '.join(str(cause).split())[:120]}"
    return "this is not a feed: neither RSS, Atom nor JSON Feed"


def _without_doctype(content: bytes) -> bytes:
    """Entities that a feed declares itself are of no use here, and can be made to fill any memory."""
    if not ENTITY_BOMB.search(content):
        return content
    start = re.search(rb"<!DOCTYPE", content, re.IGNORECASE)
    # Looked for at the first place alone: a thousand beginnings without an end would take a thousand searches.
    found = start and DOCTYPE.match(content, start.start())
    return content[: found.start()] + content[found.end() :] if found else content


def _unique(articles: Iterable[Article | None]) -> list[Article]:
    by_url: dict[str, Article] = {}
    for article in articles:
        if article is not None:
            by_url.setdefault(article.url, article)
    return list(by_url.values())


def _article(entry: Entry, base: str, language: str, dates: Datelines) -> Article | None:
    url = canonical_url(absolute_url(base, _link(entry)))
    markup, summary = _content(entry), str(entry.get("summary") or "")
    text = plain_paragraphs(markup or summary)
    title = plain_line(str(entry.get("title") or "")) or _first_words(text)
    if not url or not title:
        return None
    return Article(
        url=url,
        title=title,
        text=text,
        dek=_dek(summary, text) if markup or len(summary) <= LONGEST_DEK else "",
        author=_author(entry),
        image=_image(entry, markup or summary, url),
        language=language_tag(_content_language(entry)) or language,
        published=_published(entry, dates),
    )


def _link(entry: Entry) -> str:
    identifier = str(entry.get("id") or "")
    # FeedBurner puts its own address into the link, and the article's beside it.
    return str(
        entry.get("feedburner_origlink")
        or entry.get("link")
        or (identifier if identifier.startswith(("http://", "https://")) else "")
    )


def _content(entry: Entry) -> str:
    contents = [str(part.get("value") or "") for part in entry.get("content") or ()]
    return max(contents, key=len, default="")


def _author(entry: Entry) -> str:
    """The author's name. RSS asks for a mail address in its place: that is nobody else's business."""
    name = plain_line(MAIL_ADDRESS.sub("", str(entry.get("author") or "")))
    # RSS 2.0 writes it behind the address: "ana@news.example (Ana Reis)".
    return name[1:-1] if name.startswith("(") and name.endswith(")") else name


def _content_language(entry: Entry) -> str:
    detail = entry.get("title_detail") or {}
    return str(detail.get("language") or "")


def _published(entry: Entry, dates: Datelines) -> datetime | None:
    """The first of its dates that can be read; feedparser reads a few that nobody else does, and others wrongly."""
    names = ("published", "updated", "created")
    written = (dates.read(entry.get(name)) for name in names)
    parsed = (instant(entry.get(f"{name}_parsed")) for name in names)
    return next((date for date in chain(written, parsed) if date), None)


def _dek(summary: str, text: str) -> str:
    dek = clean(plain_paragraphs(summary)).text.replace("\n\n", " ")
    return dek if 0 < len(dek) <= LONGEST_DEK and dek != text else ""


def _first_words(text: str, words: int = 12) -> str:
    found = text.split()
    return " ".join(found[:words]) + ("…" if len(found) > words else "")


def _image(entry: Entry, markup: str, base: str) -> Image | None:
    media = [*(entry.get("media_content") or ()), *(entry.get("media_thumbnail") or ())]
    enclosed = [each for each in entry.get("enclosures") or () if str(each.get("type", "")).startswith("image/")]
    pictures = [each for each in media if each.get("medium", "image") == "image" and _is_picture(each)]
    for each in [*pictures, *enclosed]:
        if found := picture(absolute_url(base, str(each.get("url") or each.get("href") or "")), each):
            return found
    return first_image(markup, base)


def _is_picture(media: Entry) -> bool:
    return str(media.get("type") or "image/").startswith("image/")


def first_image(markup: str, base: str) -> Image | None:
    """The first picture of the markup."""
    root = parse(markup[:LONGEST]) if "<img" in markup.lower() else None
    for element in root.iter("img") if root is not None else ():
        if found := picture(absolute_url(base, element.get("src") or ""), element):
            return found
    return None


def picture(url: str, attributes: Any) -> Image | None:
    """An image with the size that its attributes tell; None without address, and when it is tiny."""
    width, height = (_pixels(attributes.get(name)) for name in ("width", "height"))
    if not url or min(width or SMALLEST_IMAGE, height or SMALLEST_IMAGE) < SMALLEST_IMAGE:
        return None
    return Image(url, width, height, plain_line(str(attributes.get("alt") or "")))


def _pixels(value: object) -> int | None:
    match = re.fullmatch(r"\s*(\d{1,5})(?:\.\d+)?(?:px)?\s*", str(value or ""))
    return int(match[1]) or None if match else None


def _json_articles(text: str, url: str) -> list[Article | None]:
    feed = _json_feed(text)
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise FeedError('this is JSON, but not a JSON Feed: it has no "items"')
    language = language_tag(feed.get("language"))
    dates = Datelines(language)
    return [_json_article(item, url, language, dates) for item in items[:MOST_ENTRIES] if isinstance(item, dict)]


def _json_feed(text: str) -> Any:
    try:
        return read_json(text)
    except ValueError:
        raise FeedError("this is neither JSON nor XML: not a feed") from None


def _json_article(item: Entry, base: str, language: str, dates: Datelines) -> Article | None:
    address = next((str(item[name]) for name in ("url", "external_url", "id") if item.get(name)), "")
    url = canonical_url(absolute_url(base, address))
    markup = str(item.get("content_html") or "")
    text = plain_paragraphs(markup) if markup else plain_paragraphs(str(item.get("content_text") or ""))
    title = plain_line(str(item.get("title") or "")) or _first_words(text)
    if not url or not title:
        return None
    authors = [item.get("author"), *(item["authors"] if isinstance(item.get("authors"), list) else ())]
    names = [plain_line(str(each.get("name") or "")) for each in authors if isinstance(each, dict)]
    image = picture(absolute_url(base, str(item.get("image") or item.get("banner_image") or "")), {})
    return Article(
        url=url,
        title=title,
        text=text,
        dek=_dek(str(item.get("summary") or ""), text),
        author=next((name for name in names if name), ""),
        image=image or first_image(markup, url),
        language=language_tag(item.get("language")) or language,
        published=dates.read(item.get("date_published")) or dates.read(item.get("date_modified")),
    )
