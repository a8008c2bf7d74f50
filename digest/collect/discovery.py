"""Finds what a site offers to be read by programs: feeds, WordPress's REST interface, sitemaps.

After the RSS Advisory Board's "RSS Autodiscovery", the WordPress REST API Handbook's "Discovery", and the
sitemaps.org protocol's "Specifying the Sitemap location in your robots.txt file".
"""

import re
from dataclasses import dataclass
from itertools import chain, islice
from typing import Literal
from urllib.parse import urlsplit

from lxml import etree

from digest.collect.canonical import absolute_url, canonical_url
from digest.collect.encodings import decode_page
from digest.collect.markup import parse_page, plain_line

LARGEST = 2_000_000  # bytes; what a site offers stands at the beginning of its page
MOST_LINKS = 5000  # of a page
MOST_FOUND = 50
MOST_LINES = 10_000  # of a robots.txt
LONGEST_TITLE = 200
TYPES = re.compile(r"application/(?:rss|atom|rdf)\+xml|application/feed\+json", re.IGNORECASE)
# Types that feeds are given too, by those who do not know better.
VAGUE_TYPES = re.compile(r"(?:text|application)/(?:xml|json|rss|atom)", re.IGNORECASE)
FEED_PATH = re.compile(
    r"(?:^|[/._-])(?:feeds?|rss2?|atom|rdf)(?:[/._-](?:xml|json|rdf|php|all|index|main)){0,2}/?$", re.IGNORECASE
)
COMMENTS = re.compile(r"comment|kommentar|coment[aá]ri", re.IGNORECASE)
PART = re.compile(r"/(?:category|tag|author|topics?|search|embed)/|[?&](?:s|cat|tag)=|/wp-json/|oembed", re.IGNORECASE)
SITEMAP_LINE = re.compile(r"\s*sitemap\s*:\s*(\S+)", re.IGNORECASE)
CALLED = re.compile(
    r"(?:^|\s*[»›|:·–—-]\s*|\s+)(?:(?:(?:rss|atom)(?:\s?\d(?:\.\d+)?)?|json|xml|feeds?|subscribe)\b\W*)+$",
    re.IGNORECASE,
)
WORDPRESS = "https://api.w.org/"


@dataclass(frozen=True, slots=True)
class Found:
    """Something that can be a source. ``type`` is the source's type in ``digest.toml``."""

    url: str
    title: str = ""
    type: Literal["feed", "sitemap", "wordpress"] = "feed"


def feeds_on(html: bytes, url: str) -> list[Found]:
    """What the page at ``url`` offers, the best first: its main feeds, feeds of parts, WordPress, feeds of comments.

    Feeds that it only links to are looked for when it names none as its own. A page that cannot be read offers nothing.
    """
    root = parse_page(decode_page(html[:LARGEST], url=url))
    if root is None:
        return []
    base = _base(root, url)
    title = _name_of_site(root)
    feeds = _linked(root, base, title) or _in_passing(root, base, title)
    best_first = sorted([*feeds, *_wordpress(root, base, title)], key=_rank)
    return list({canonical_url(each.url): each for each in reversed(best_first)}.values())[::-1][:MOST_FOUND]


def sitemaps_in(robots: str) -> list[str]:
    """The addresses of the sitemaps that a ``robots.txt`` names, those of news first."""
    lines = (SITEMAP_LINE.match(line) for line in robots.splitlines()[:MOST_LINES])
    named = dict.fromkeys(match[1] for match in lines if match and canonical_url(match[1]))
    return sorted(named, key=lambda address: "news" not in urlsplit(address).path.lower())[:MOST_FOUND]


def _base(root: "etree._Element", url: str) -> str:
    found = next((element.get("href") for element in root.iter("base") if element.get("href")), "")
    return absolute_url(url, found or "") or url


def _name_of_site(root: "etree._Element") -> str:
    named = (each.get("content") for each in root.iter("meta") if each.get("property") == "og:site_name")
    titles = (each.text_content() for each in root.iter("title"))
    return next((title for title in map(_title, chain(named, titles)) if title), "")


def _linked(root: "etree._Element", base: str, title: str) -> list[Found]:
    """The feeds that the page names as its own."""
    found = []
    for element in islice(root.iter("link"), MOST_LINKS):
        kinds = (element.get("rel") or "").lower().split()
        address = absolute_url(base, element.get("href") or "")
        if address and ("alternate" in kinds or "feed" in kinds) and _is_feed(element, address):
            found.append(Found(address, _name(element, title)))
    return found


def _is_feed(element: "etree._Element", address: str) -> bool:
    told = (element.get("type") or "").partition(";")[0].strip()
    return bool(TYPES.fullmatch(told)) or (bool(VAGUE_TYPES.fullmatch(told)) and _looks_like_feed(address))


def _in_passing(root: "etree._Element", base: str, title: str) -> list[Found]:
    """The feeds of the same site that the page has links to."""
    links = ((absolute_url(base, element.get("href") or ""), element) for element in islice(root.iter("a"), MOST_LINKS))
    return [
        Found(address, _name(element, title))
        for address, element in links
        if address and _looks_like_feed(address) and _site(address) == _site(base)
    ]


def _wordpress(root: "etree._Element", base: str, title: str) -> list[Found]:
    for element in root.iter("link"):
        if (element.get("rel") or "").strip() == WORDPRESS:
            address = absolute_url(base, element.get("href") or "")
            site, interface, rest = address.partition("/wp-json/")
            return [Found(f"{site}/" if interface and not rest else address, title, "wordpress")] if address else []
    return []


def _rank(found: Found) -> int:
    if COMMENTS.search(found.url) or COMMENTS.search(found.title):
        return 3
    if found.type == "wordpress":
        return 2
    return 1 if PART.search(found.url) else 0


def _looks_like_feed(address: str) -> bool:
    parts = urlsplit(address)
    return bool(FEED_PATH.search(parts.path) or re.search(r"(?:^|&)feed=", parts.query)) and not PART.search(address)


def _site(address: str) -> str:
    """The last two labels of the host: a site's feeds may stand on ``feeds.`` of it."""
    return ".".join((urlsplit(address).hostname or "").split(".")[-2:])


def _name(element: "etree._Element", site: str) -> str:
    """What the link says of the feed, without the words that every feed is called by."""
    told = CALLED.sub("", _title(element.get("title"))).strip()
    return told or site


def _title(told: str | None) -> str:
    return plain_line(told or "")[:LONGEST_TITLE]
