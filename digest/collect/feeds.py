"""Feeds of any dress (RSS 0.9–2.0, RDF, Atom, JSON Feed 1.1) to articles.

What arrives is whatever somebody's server sent: a feed that is not one is told in words.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from itertools import chain
from typing import Any
from xml.sax import SAXParseException

import feedparser
from feedparser.mixin import _FeedParserMixin

from digest.collect.beginning import LONGEST_PROLOGUE, MOST_ENTRIES, NO_FEED, readable_beginning
from digest.collect.canonical import absolute_url, canonical_url
from digest.collect.datelines import Datelines, is_never
from digest.collect.dates import instant
from digest.collect.encodings import decode
from digest.collect.headings import dek_from, title_from
from digest.collect.jsonfeeds import json_articles, json_title
from digest.collect.languages import language_tag
from digest.collect.markup import LONGEST_LINE, plain_line, plain_paragraphs
from digest.collect.pictures import MOST_OFFERED, best_picture, first_picture, kind_of
from digest.collect.references import mend_references
from digest.domain import Article, Image
from digest.errors import FeedError

LARGEST = 10_000_000  # bytes
ENTITY_BOMB = re.compile(rb"<!ENTITY", re.IGNORECASE)
MAIL_ADDRESS = re.compile(r"[(<]?[^\s@()<>]{1,99}@[^\s@()<>]+[)>]?")
DOCTYPE = re.compile(rb"<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL)
PROLOGUE = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>]*>)*", re.IGNORECASE | re.DOTALL)
ROOT = re.compile(rb"<(?:[\w.-]{1,40}:)?([\w.-]{1,40})")
OTHERS = {
    "opml": "this is a list of feeds, not a feed (digest sources import adds those it lists)",
    "urlset": 'this is a sitemap, not a feed (try type = "sitemap")',
    "sitemapindex": 'this is a sitemap, not a feed (try type = "sitemap")',
    **dict.fromkeys(
        "html head body div p script meta".split(),
        "this is a web page, not a feed (digest sources find looks for the feeds of a page)",
    ),
}
# Elements that feedparser fails on where it does not expect them, and that no article needs.
TRAPS = re.compile(
    rb"</?(?:(?:georss|gml|geo|psc):[\w.-]{1,40}|media:(?:player|rating|credit|license|restriction)|width|height|"
    rb"textinput|cloud|category)\b[^<>]*>",
    re.IGNORECASE,
)
LONGEST_HEAD = 20_000  # characters before the first entry
FIRST_ENTRY = re.compile(r"<(?:\w{1,20}:)?(?:item|entry)\b", re.IGNORECASE)
TITLE = re.compile(
    r"<title\b[^>]{0,200}>([^<]{0,500}|\s*<!\[CDATA\[.{0,500}?\]\]>\s*)</title", re.IGNORECASE | re.DOTALL
)
CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
MOST_AUTHORS = 5
LONGEST_AUTHOR = 200  # characters
Entry = Mapping[str, Any]


def parse_feed(content: bytes, url: str, *, charset: str = "") -> list[Article]:
    """The feed's articles, in its order, each with a canonical http or https URL.

    ``url`` is where the feed came from: relative links begin there. ``charset`` is the encoding that the
    server named: it counts when the feed itself names none that can be. A valid feed without entries gives [].
    Raises FeedError, with a reason, for what is not a feed, and for one of whose entries none can be read.
    """
    if not content.strip():
        raise FeedError("the feed is empty")
    if len(content) > LARGEST:
        raise FeedError(f"the feed is larger than {LARGEST // 1_000_000} MB")
    text = decode(content, charset=charset, url=url).lstrip()
    articles = json_articles(text, url) if text[:1] in ("{", "[") else _xml_articles(text, url)
    found = {article.url: article for article in reversed(articles) if article}
    if articles and not found:
        raise FeedError("none of its entries can be an article: each needs a link to the web, and a title or a text")
    return [*reversed(found.values())]


def feed_title(content: bytes, url: str, *, charset: str = "") -> str:
    """What the feed calls itself; "" when it does not say. The arguments are those of ``parse_feed``."""
    text = decode(content, charset=charset, url=url).lstrip()
    if text[:1] == "{":
        return json_title(text)
    head = FIRST_ENTRY.split(text[:LONGEST_HEAD], maxsplit=1)[0]
    found = TITLE.search(head)
    return plain_line(CDATA.sub("", found[1])) if found else ""


def _xml_articles(text: str, url: str) -> list[Article | None]:
    """The feed's articles, None for an entry without a link or words."""
    content = readable_beginning(_without_doctype(text.encode()))
    parsed = _parsed(mend_references(content.decode("utf-8", "ignore")).encode(), url)
    if not parsed.entries and not parsed.version:
        raise FeedError(_why_not(content))
    if not parsed.entries and isinstance(parsed.get("bozo_exception"), SAXParseException):
        raise FeedError("the feed breaks off, or is not well-formed, before its first entry")
    feed = _Feed(url, parsed.feed, is_atom=parsed.version.startswith("atom"))
    return [_article(entry, feed) for entry in parsed.entries[:MOST_ENTRIES]]


def _parsed(content: bytes, url: str) -> Any:
    for traps in (None, TRAPS):
        try:
            return feedparser.parse(
                traps.sub(b"", content) if traps else content,  # as bytes: a text could be a URL, and would be fetched
                response_headers={"content-location": url, "content-type": "application/xml; charset=utf-8"},
                sanitize_html=False,
                resolve_relative_uris=False,
            )
        except (AttributeError, LookupError, RecursionError, TypeError, ValueError):
            continue
    raise FeedError("the feed is so ill-formed that it cannot be read")


def _read_author(parser: Any, key: str = "author") -> None:
    """As feedparser does it, but not for long ones: its search for a mail address takes the square of their length."""
    if len(parser._get_context().get(key) or "") <= LONGEST_AUTHOR:
        _sync_author_detail(parser, key)


_sync_author_detail, _FeedParserMixin._sync_author_detail = _FeedParserMixin._sync_author_detail, _read_author


def _why_not(content: bytes) -> str:
    prologue = PROLOGUE.match(content, 0, LONGEST_PROLOGUE)
    root = ROOT.match(content, prologue.end() if prologue else 0)
    name = root[1].decode() if root else ""
    other = f"this is not a feed: it begins with <{name}>" if name else NO_FEED
    return OTHERS.get(name.lower(), other)


def _without_doctype(content: bytes) -> bytes:
    """Entities that a feed declares itself are of no use here, and can be made to fill any memory."""
    if not ENTITY_BOMB.search(content):
        return content
    start = re.search(rb"<!DOCTYPE", content, re.IGNORECASE)
    # Looked for at the first place alone: a thousand beginnings without an end would take a thousand searches.
    found = start and DOCTYPE.match(content, start.start())
    return content[: found.start()] + content[found.end() :] if found else content


class _Feed:
    """What a feed says of all its entries. ``url`` is where it came from."""

    def __init__(self, url: str, told: Entry, *, is_atom: bool) -> None:
        self.url = url
        self.is_atom = is_atom
        self.language = language_tag(told.get("language"))
        self.dates = Datelines(self.language)
        # RFC 4287 §4.2.1: an entry without authors has those of its feed. Of RSS that is not said.
        self.author = _authors(told, is_atom=True) if is_atom else ""


def _article(entry: Entry, feed: _Feed) -> Article | None:
    url = canonical_url(absolute_url(feed.url, _link(entry)))
    content = _content(entry)
    markup, summary = str(content.get("value") or ""), str(entry.get("summary") or "")
    text = plain_paragraphs(markup or summary)
    title = title_from(str(entry.get("title") or ""), text)
    if not url or not title:
        return None
    # Where no xml:base says otherwise, relative pictures are meant as the article's page has them.
    base = str(content.get("base") or feed.url)
    return Article(
        url=url,
        title=title,
        text=text,
        dek=dek_from(summary, text),
        author=_author(entry, feed),
        image=_image(entry, markup or summary, url if base == feed.url else base),
        language=_language(entry) or feed.language,
        published=_published(entry, feed.dates),
    )


def _link(entry: Entry) -> str:
    identifier = str(entry.get("id") or "")
    # FeedBurner puts its own address into the link, and the article's beside it.
    return str(
        entry.get("feedburner_origlink")
        or entry.get("link")
        or (identifier if identifier.startswith(("http://", "https://")) else "")
    )


def _content(entry: Entry) -> Entry:
    """The longest of its contents; its summary where there is none."""
    contents = entry.get("content") or (entry.get("summary_detail") or {},)
    return max(contents, key=lambda part: len(part.get("value") or ""))


def _author(entry: Entry, feed: _Feed) -> str:
    source = entry.get("source") or {}
    return _authors(entry, is_atom=feed.is_atom) or _authors(source, is_atom=True) or feed.author


def _authors(told: Entry, *, is_atom: bool) -> str:
    """The authors' names. RSS asks for a mail address in their place: that is nobody else's business."""
    all_but_last = [*(told.get("authors") or ())][:-1]
    # feedparser parts a name from an address at the wrong place, but for the last one it keeps what was written.
    written = [str(each.get("name") or "") for each in all_but_last if is_atom or "email" not in each]
    names = [_name(each) for each in (*written, str(told.get("author") or ""))]
    return ", ".join([name for name in dict.fromkeys(names) if name][:MOST_AUTHORS])


def _name(written: str) -> str:
    name = plain_line(MAIL_ADDRESS.sub("", written[:LONGEST_LINE]))
    # RSS 2.0 writes it behind the address: "ana@news.example (Ana Reis)".
    return name[1:-1] if name.startswith("(") and name.endswith(")") else name


def _language(entry: Entry) -> str:
    """As the entry says (``dc:language``), or as its title does (``xml:lang``)."""
    detail = entry.get("title_detail") or {}
    return language_tag(entry.get("language")) or language_tag(detail.get("language"))


def _published(entry: Entry, dates: Datelines) -> datetime | None:
    """The first of its dates that can be read; feedparser reads a few that nobody else does, and others wrongly."""
    names = [name for name in ("published", "updated", "created") if not is_never(entry.get(name))]
    written = (dates.read(entry.get(name)) for name in names)
    parsed = (instant(entry.get(f"{name}_parsed")) for name in names)
    return next((date for date in chain(written, parsed) if date), None)


def _image(entry: Entry, markup: str, base: str) -> Image | None:
    """The first that there is: media, a thumbnail, an enclosure, the entry's own (iTunes), the first of the markup."""
    enclosed = [each for each in (entry.get("enclosures") or ())[:MOST_OFFERED] if kind_of(each)]
    own = [entry["image"]] if entry.get("image") else []
    offered = (entry.get("media_content") or (), entry.get("media_thumbnail") or (), enclosed, own)
    found = (best_picture(media, base) for media in offered)
    return next((image for image in found if image), None) or first_picture(markup, base)
