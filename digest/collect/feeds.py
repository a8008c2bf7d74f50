"""Feeds of any dress (RSS 0.9–2.0, RDF, Atom, JSON Feed 1.1) to articles.

What arrives is whatever somebody's server sent: a feed that is not one is told in words.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import feedparser

from digest.collect.beginning import MOST_ENTRIES, readable_beginning
from digest.collect.canonical import absolute_url, canonical_url
from digest.collect.cleaning import clean
from digest.collect.dates import instant
from digest.collect.languages import language_tag
from digest.collect.markup import LONGEST, parse, plain_line, plain_paragraphs
from digest.domain import Article, Image
from digest.errors import FeedError

LARGEST = 10_000_000  # bytes
LONGEST_DEK = 500
SMALLEST_IMAGE = 50  # pixels; what is smaller counts readers or shows a face
ENTITY_BOMB = re.compile(rb"<!ENTITY", re.IGNORECASE)
DECLARED = re.compile(rb"\s*<\?xml[^>]{0,200}\bencoding\b")
MAIL_ADDRESS = re.compile(r"[(<]?[^\s@()<>]+@[^\s@()<>]+[)>]?")
LOOKS_LIKE_PAGE = re.compile(rb"^\s*(?:<!doctype html|<html)", re.IGNORECASE)
DOCTYPE = re.compile(rb"<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL)
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
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return _unique(_json_articles(content, url))
    if ENTITY_BOMB.search(content):
        content = _without_doctype(content)
    content = readable_beginning(content)
    named = f"; charset={charset}" if charset and not DECLARED.match(content) else ""
    # As bytes and a base URI alone: given a text, feedparser would take a URL for something to fetch.
    headers = {"content-location": url, "content-type": f"application/xml{named}"}
    parsed = feedparser.parse(content, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    if not parsed.entries and not parsed.version:
        raise FeedError(_why_not(content, parsed.get("bozo_exception")))
    feed = parsed.feed
    language = language_tag(feed.get("language"))
    return _unique(_article(entry, url, language) for entry in parsed.entries[:MOST_ENTRIES])


def _why_not(content: bytes, cause: object) -> str:
    if LOOKS_LIKE_PAGE.match(content):
        return "this is a web page, not a feed (look for the feed's own address on it)"
    if cause is not None:
        return f"this is not a feed: {' '.join(str(cause).split())[:120]}"
    return "this is not a feed: neither RSS, Atom nor JSON Feed"


def _without_doctype(content: bytes) -> bytes:
    """Entities that a feed declares itself are of no use here, and can be made to fill any memory."""
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


def _article(entry: Entry, base: str, language: str) -> Article | None:
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
        published=instant(entry.get("published_parsed")) or instant(entry.get("updated_parsed")) or _written(entry),
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


def _written(entry: Entry) -> Any:
    return instant(entry.get("published") or entry.get("updated") or "")


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


def _json_articles(content: bytes, url: str) -> list[Article | None]:
    try:
        feed = json.loads(content.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        raise FeedError("this is neither JSON nor XML: not a feed") from None
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise FeedError('this is JSON, but not a JSON Feed: it has no "items"')
    language = language_tag(feed.get("language"))
    return [_json_article(item, url, language) for item in items[:MOST_ENTRIES] if isinstance(item, dict)]


def _json_article(item: Entry, base: str, language: str) -> Article | None:
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
        published=instant(item.get("date_published")) or instant(item.get("date_modified")),
    )
