"""An article's page to the article: the text by trafilatura, the rest from what the page says of itself.

Open Graph (ogp.me), schema.org and plain ``<meta>`` and ``<link>`` elements, in that order of trust.
"""

import logging
import re
from datetime import datetime
from urllib.parse import urlsplit

from lxml import etree
from lxml import html as lxml_html

from digest.collect.canonical import absolute_url, canonical_url
from digest.collect.cleaning import clean
from digest.collect.dates import instant
from digest.collect.languages import language_tag
from digest.collect.markup import joined, plain_line
from digest.domain import Article, Image

logger = logging.getLogger(__name__)

LARGEST = 10_000_000  # bytes
LONGEST_DEK = 500
MOST_TAGS = 50_000  # both ends counted; trafilatura needs minutes for what is made to keep it busy
TITLE_TAIL = re.compile(r"\s+[|–—·»-]\s+[^|–—·»]{2,40}$")


def extract_page(html: bytes, url: str) -> Article | None:
    """The article on the page, or None when there is none.

    ``url`` is where the page came from. The article's ``url`` is the canonical address that the page names, as
    long as it is on the same site; one on another site is the ``original_url`` of a piece that was taken over.
    """
    if not html.strip() or len(html) > LARGEST or html.count(b"<") > MOST_TAGS:
        return None
    # Imported where it is needed: it costs most of a second, and most commands read no page.
    import trafilatura  # noqa: PLC0415
    from trafilatura.settings import Document  # noqa: PLC0415

    try:
        found = trafilatura.bare_extraction(
            html, url=url or None, favor_precision=True, include_comments=False, with_metadata=True
        )
    except (ValueError, etree.LxmlError, RecursionError) as error:
        logger.info("%s: no article: %s", url, error)
        return None
    if not isinstance(found, Document) or not found.text:
        return None
    page = _Page(html, url)
    cleaned = clean(joined(found.text.split("\n")))
    title = page.title or plain_line(found.title or "")
    if not title or not cleaned.text:
        return None
    own, original = page.addresses
    return Article(
        url=own,
        title=title,
        text=cleaned.text,
        dek=page.dek,
        author=page.author or plain_line(found.author or ""),
        image=page.image,
        language=page.language or language_tag(found.language),
        published=page.published or instant(found.date or ""),
        original_url=original,
        original_name=cleaned.original_name,
    )


class _Page:
    """What a page says of itself in its head."""

    def __init__(self, html: bytes, url: str) -> None:
        self._url = url
        self._root = _parsed(html)
        self._meta: dict[str, str] = {}
        for element in self._root.iter("meta") if self._root is not None else ():
            name = (element.get("property") or element.get("name") or element.get("itemprop") or "").strip().lower()
            if name and element.get("content"):
                self._meta.setdefault(name, plain_line(element.get("content") or ""))

    @property
    def title(self) -> str:
        """The headline, without the site's name behind it."""
        title = self._first("og:title", "twitter:title")
        if title:
            return self._without_site_name(title)
        headings = [plain_line(heading.text_content()) for heading in self._elements("h1")]
        return next((heading for heading in headings if heading), "")

    @property
    def dek(self) -> str:
        """The description that the publisher wrote, when it is of a sentence's length."""
        dek = self._first("og:description", "description", "twitter:description")
        return dek if len(dek) <= LONGEST_DEK else ""

    @property
    def author(self) -> str:
        author = self._first("author", "article:author", "dc.creator", "parsely-author")
        return "" if author.startswith(("http://", "https://")) else author

    @property
    def published(self) -> datetime | None:
        names = ("article:published_time", "datepublished", "date", "dc.date.issued", "parsely-pub-date", "pubdate")
        times = [instant(self._meta[name]) for name in names if name in self._meta]
        times += [instant(element.get("datetime") or "") for element in self._elements("time")][:1]
        return next((time for time in times if time), None)

    @property
    def language(self) -> str:
        told = [element.get("lang") for element in self._elements("html")]
        told += [self._first("og:locale"), self._first("content-language")]
        return next((tag for each in told if (tag := language_tag(each))), "")

    @property
    def image(self) -> Image | None:
        address = absolute_url(self._url, self._first("og:image:secure_url", "og:image", "twitter:image"))
        if not address:
            return None
        sizes = [self._first(f"og:image:{side}") for side in ("width", "height")]
        width, height = (int(size) if size.isdigit() and 0 < int(size) < 20_000 else None for size in sizes)
        return Image(address, width, height, self._first("og:image:alt", "twitter:image:alt"))

    @property
    def addresses(self) -> tuple[str, str]:
        """The article's canonical address, and where it first appeared when that was another site."""
        here = canonical_url(self._url)
        links = [element.get("href") or "" for element in self._elements("link") if _is_canonical(element)]
        named = next((found for link in [*links, self._first("og:url")] if (found := self._absolute(link))), here)
        if not here or _site(named) == _site(here):
            return (here if _is_front_page(named) and not _is_front_page(here) else named), ""
        return here, named

    def _absolute(self, link: str) -> str:
        return canonical_url(absolute_url(self._url, link))

    def _first(self, *names: str) -> str:
        return next((self._meta[name] for name in names if self._meta.get(name)), "")

    def _elements(self, tag: str) -> "list[lxml_html.HtmlElement]":
        return list(self._root.iter(tag)) if self._root is not None else []

    def _without_site_name(self, title: str) -> str:
        site = self._first("og:site_name").casefold()
        match = TITLE_TAIL.search(title)
        tail = match[0].strip(" |–—·»-").casefold() if match else ""
        return title[: match.start()] if match and site and (tail in site or site in tail) else title


def _parsed(html: bytes) -> "lxml_html.HtmlElement | None":
    from trafilatura import load_html  # noqa: PLC0415  # as above

    return load_html(html)


def _is_canonical(element: "lxml_html.HtmlElement") -> bool:
    return "canonical" in (element.get("rel") or "").lower().split()


def _is_front_page(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query


def _site(url: str) -> str:
    """The host without what a site puts before its own name."""
    return re.sub(r"^(?:www|m|mobile|amp)\.", "", urlsplit(url).hostname or "")
