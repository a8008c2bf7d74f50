"""Sitemaps to articles: what a site says of its own pages, news and others.

After the sitemaps.org protocol 0.9 and Google's news and image extensions of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from lxml import etree

from digest.collect.canonical import absolute_url, canonical_url
from digest.collect.dates import EARLIEST, instant
from digest.collect.languages import language_tag
from digest.collect.markup import plain_line
from digest.collect.trees import children, local_name, read_tree, text_at
from digest.domain import Article, Image
from digest.errors import FeedError

MOST_TAGS = 1_500_000  # of 50,000 articles with all that may be told of each
MOST_ENTRIES = 50_000  # that the protocol allows
MOST_ARTICLES = 1000  # the newest
MOST_MAPS = 1000
FEEDS = frozenset({"rss", "feed", "rdf"})


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What one sitemap lists, the newest first: articles, and the addresses of further sitemaps.

    ``title`` and ``text`` of an article are empty where only its page can tell them; ``published`` of what is not
    marked as news is when the page was last changed.
    """

    articles: tuple[Article, ...] = ()
    maps: tuple[str, ...] = ()


def parse_sitemap(content: bytes, url: str) -> Sitemap:
    """The sitemap or sitemap index that was found at ``url``.

    Raises FeedError, with a reason, for what is neither.
    """
    root = read_tree(content, "sitemap", most_tags=MOST_TAGS)
    kind = local_name(root)
    if kind == "urlset":
        return Sitemap(articles=_articles(root, url))
    if kind == "sitemapindex":
        return Sitemap(maps=_maps(root, url))
    if kind in FEEDS:
        raise FeedError('this is a feed, not a sitemap (try type = "feed")')
    raise FeedError(f"this is not a sitemap: it begins with <{kind[:40]}>")


def _articles(root: "etree._Element", base: str) -> tuple[Article, ...]:
    entries = islice(children(root, "url"), MOST_ENTRIES)
    newest = _newest_first((_published(entry), entry) for entry in entries)
    found: dict[str, Article] = {}
    for published, entry in newest[:MOST_ARTICLES]:
        address = canonical_url(absolute_url(base, text_at(entry, "loc")))
        if address:
            found.setdefault(address, _article(entry, address, published))
    return tuple(found.values())


def _maps(root: "etree._Element", base: str) -> tuple[str, ...]:
    entries = islice(children(root, "sitemap"), MOST_ENTRIES)
    newest = _newest_first((instant(text_at(entry, "lastmod")), entry) for entry in entries)
    addresses = (absolute_url(base, text_at(entry, "loc")) for _, entry in newest[:MOST_MAPS])
    return tuple(dict.fromkeys(address for address in addresses if address))


def _newest_first(
    dated: "Iterable[tuple[datetime | None, etree._Element]]",
) -> "list[tuple[datetime | None, etree._Element]]":
    """Those without a date last, in the order in which they stand."""
    return sorted(dated, key=lambda each: each[0] or EARLIEST, reverse=True)


def _published(entry: "etree._Element") -> datetime | None:
    return instant(text_at(entry, "news", "publication_date")) or instant(text_at(entry, "lastmod"))


def _article(entry: "etree._Element", address: str, published: datetime | None) -> Article:
    picture = absolute_url(address, text_at(entry, "image", "loc"))
    return Article(
        url=address,
        title=plain_line(text_at(entry, "news", "title")),
        image=Image(picture, alt=plain_line(text_at(entry, "image", "title"))) if picture else None,
        language=language_tag(text_at(entry, "news", "publication", "language")),
        published=published,
    )
