"""What a page says of itself: title, dek, author, time, picture, language, addresses.

Open Graph (ogp.me), schema.org as JSON-LD and in attributes, and plain ``<meta>`` and ``<link>`` elements.
"""

import re
from collections.abc import Iterator
from datetime import datetime, time
from functools import cached_property
from itertools import chain, islice
from urllib.parse import urlsplit

from lxml import etree

from digest.collect.canonical import absolute_url, canonical_url
from digest.collect.datelines import Datelines
from digest.collect.dates import instant
from digest.collect.headings import LONGEST_DEK
from digest.collect.languages import language_tag
from digest.collect.linked_data import article_data, names, pictures
from digest.collect.markup import plain_line
from digest.collect.origins import leads_to_original, origin_of
from digest.domain import Image

LONGEST_NAME = 100
LONGEST_BYLINE = 10  # words
MOST_AUTHORS = 8
MOST_LINKS = 5000
MOST_PICTURES = 2000
LONGEST_TEXT = 1000  # characters of an element
MOST_PIECES = 200  # of an element's text
LONGEST_NOTE = 400  # characters of a line that says where a piece first appeared
SMALLEST_PICTURE = 80  # pixels
LARGEST_PICTURE = 20_000
TITLE_TAIL = re.compile(r"\s+[|–—·»-]\s+[^|–—·»]{2,40}$")
BY = re.compile(
    r"^(?:(?:written |posted |words |story |text )?by|por|par|von|autore?r?a?|author|texto de)\b[\s:]+", re.IGNORECASE
)
NO_NAME = re.compile(
    r"https?:|www\.|[@\d]|^(?:admin(?:istrator)?|editor|guest|staff|webmaster|root|user|null|none|n/?a|unknown|anonymous"
    r"|redacci[óo]n|redaç[ãa]o|r[ée]daction|redaktion)$",
    re.IGNORECASE,
)
# Signs of the site, or of nothing, in the name of a picture's file.
NO_PICTURE = re.compile(
    r"(?:^|[-_.])(?:logo\w{0,12}|placeholder|default|blank|spacer|sprites?|pixel|favicon|avatar|no-?image|1x1)(?:[-_.@\d]|$)"
    r"|\.svg$",
    re.IGNORECASE,
)
CHANGED = re.compile(r"modif|updat|actuali|atuali|maj\b", re.IGNORECASE)
PUBLISHED = tuple(
    "article:published_time og:article:published_time datepublished date dc.date.issued dc.date parsely-pub-date "
    "sailthru.date pubdate publishdate publish-date dcterms.created".split()
)
MIDNIGHT = time()
BYLINE = re.compile(r"(?:^|[\s_-])(?:byline|author)(?:-?name)?(?:$|\s)", re.IGNORECASE)
AUTHORS = re.compile(r"/(?:auth?ore?s?|auteurs?|autore[ns]|people|staff|profiles?|contributors?|by)/", re.IGNORECASE)
COMMENT = re.compile("comment", re.IGNORECASE)
DATED_PATH = re.compile(r"/((?:19|20)\d\d)[/-]([01]?\d)[/-]([0-3]?\d)(?:/|-|$)")
# Hosts under which everybody has a site of his own.
SHARED_HOSTS = re.compile(
    r"(?:^|\.)(?:blogspot\.[a-z.]+|(?:wordpress|medium|substack|tumblr|typepad|wixsite|squarespace)\.com|ghost\.io"
    r"|(?:github|gitlab)\.io)$"
)


class Metadata:
    """What the page at ``url`` says of itself; empty where it says nothing that can be believed."""

    def __init__(self, root: "etree._Element", url: str) -> None:
        self._url = url
        self._root = root
        self.data = article_data(root)  # what its JSON-LD says of the article
        self._meta: dict[str, str] = {}
        for element in root.iter("meta"):
            told = (element.get(key) for key in ("property", "name", "itemprop", "http-equiv"))
            name = next((each for each in told if each), "").strip().lower()
            if name and element.get("content"):
                self._meta.setdefault(name, plain_line(element.get("content") or ""))

    @cached_property
    def title(self) -> str:
        """The headline, without the site's name behind it."""
        told = [self._first("og:title"), self._told("headline"), self._first("twitter:title"), *self.headings]
        told += [plain_line(_text(each)) for each in islice(self._root.iter("title"), 1)]
        site = self._site_name.casefold()
        titles = (self._without_site_name(title) for title in told if title)
        return next((title for title in titles if title and title.casefold() != site), "")

    @cached_property
    def headings(self) -> list[str]:
        """The page's main headings."""
        return [heading for each in islice(self._root.iter("h1"), 10) if (heading := plain_line(_text(each)))]

    @property
    def dek(self) -> str:
        """The description that the publisher wrote, when it is of a sentence's length."""
        told = [self._first("og:description", "description", "twitter:description"), self._told("description")]
        dek = next(filter(None, told), "")
        return dek if len(dek) <= LONGEST_DEK and dek != self.title else ""

    @property
    def author(self) -> str:
        """The names of who wrote it, with commas between them."""
        told = [names(self.data.get("author")), names(self.data.get("creator"))]
        told += [
            [self._meta.get(name, "")] for name in ("author", "article:author", "byl", "dc.creator", "parsely-author")
        ]
        for each in chain(told, self._bylines()):
            found = list(dict.fromkeys(filter(None, map(self._name, each))))
            if found:
                return ", ".join(found[:MOST_AUTHORS])
        return ""

    @property
    def published(self) -> datetime | None:
        """When it was published; never when it was changed."""
        told = [self._told("datePublished"), *(self._meta.get(key, "") for key in PUBLISHED), *self._times()]
        moments = [moment for each in [*told, self._dated_path] if each and (moment := instant(each))]
        if not moments:  # in words; seldom, and slow to read
            moments = list(filter(None, map(Datelines(self.language).read, told)))
        # A day without its hour stands for midnight; another may tell the hour.
        hours = (each for each in moments if each.date() == moments[0].date() and each.time() != MIDNIGHT)
        return next(hours, moments[0]) if moments else None

    @cached_property
    def language(self) -> str:
        told = [each.get("lang") or each.get("xml:lang") for each in islice(self._root.iter("html"), 1)]
        told += [
            self._told("inLanguage"),
            self._first("og:locale"),
            self._first("content-language", "dc.language", "language"),
        ]
        return next((tag for each in told if (tag := language_tag(each))), "")

    @property
    def image(self) -> Image | None:
        """The article's picture, with its size where that is told; neither the site's sign nor a counting pixel."""
        told = list(self._pictures())
        for link, *sides in told:
            address = absolute_url(self._url, link)
            if not address or NO_PICTURE.search(urlsplit(address).path.rpartition("/")[2]):
                continue
            width, height = self._size(address, sides, told)
            if min(width or SMALLEST_PICTURE, height or SMALLEST_PICTURE) >= SMALLEST_PICTURE:
                return Image(address, width, height, self._first("og:image:alt", "twitter:image:alt"))
        return None

    def _pictures(self) -> Iterator[tuple[str, str, str]]:
        width, height = (self._first(f"og:image:{side}") for side in ("width", "height"))
        yield self._first("og:image:secure_url", "og:image", "og:image:url"), width, height
        yield from pictures(self.data.get("image"))
        yield self._first("twitter:image", "twitter:image:src"), "", ""

    @cached_property
    def addresses(self) -> tuple[str, str]:
        """The article's canonical address, and where it first appeared when that was another site."""
        here = canonical_url(self._url)
        named = next(filter(None, [*self._links("canonical"), self._absolute(self._first("og:url"))]), here)
        if _is_front_page(named) and not _is_front_page(here):
            named = here
        elsewhere = [*self._sources(), named, *self._origins()]
        original = next((each for each in elsewhere if self._is_elsewhere(each)), "")
        is_own = not here or _site(named) == _site(here)
        return (named if is_own else here), original

    def _links(self, kind: str) -> list[str]:
        links = (each for each in self._root.iter("link") if kind in (each.get("rel") or "").lower().split())
        return [self._absolute(each.get("href") or "") for each in links]

    def _sources(self) -> list[str]:
        """What the page names as the source of a piece that was taken over."""
        kinds = ("syndication-source", "original-source")
        return [
            *(link for kind in kinds for link in self._links(kind)),
            *(self._absolute(self._first(kind)) for kind in kinds),
        ]

    def _origins(self) -> Iterator[str]:
        """Where the links lead in "This article first appeared in NAME", or "Read the original article"."""
        for link in islice(self._root.iter("a"), MOST_LINKS):
            words = plain_line(_text(link)) if link.get("href") else ""
            if not words:
                continue
            if leads_to_original(words) or words in origin_of(self._around(link)):
                yield self._absolute(link.get("href") or "")

    def _around(self, link: "etree._Element") -> str:
        """The line that the link stands in; nothing when that is no short one."""
        line = next(
            (each for each in link.iterancestors() if each.tag in ("p", "div", "li", "td", "section", "footer")), link
        )
        text = _text(line, LONGEST_NOTE + 1)
        return plain_line(text) if len(text) <= LONGEST_NOTE else ""

    def _is_elsewhere(self, address: str) -> bool:
        """True for an article's address on another site; of a file on the disk nobody knows which site is its own."""
        if not address or _is_front_page(address) or "." not in (urlsplit(address).hostname or ""):
            return False
        return bool(self._url) and _site(address) != _site(self._url)

    def _size(self, address: str, told: list[str], others: list[tuple[str, str, str]]) -> tuple[int | None, int | None]:
        """The picture's size as it is told with it, elsewhere on the page, or where it is shown."""
        name = address.partition("?")[0]
        same = [sides for link, *sides in others if absolute_url(self._url, link).partition("?")[0] == name]
        shown = [
            [each.get("width") or "", each.get("height") or ""]
            for each in islice(self._root.iter("img"), MOST_PICTURES)
            if absolute_url(self._url, each.get("src") or "") == address
        ]
        sizes = [(_pixels(width), _pixels(height)) for width, height in [told, *same, *shown]]
        return next((size for size in sizes if all(size)), sizes[0])

    def _bylines(self) -> Iterator[list[str]]:
        """What stands where the author is named; the links to authors there first, else there is more than names."""
        marked = [each for each in self._root.iter("a", "span", "p", "div", "address") if _is_byline(each)]
        for each in marked[:MOST_AUTHORS]:
            if not any(above.tag == "form" or COMMENT.search(_marks(above)) for above in each.iterancestors()):
                yield [_text(link) for link in islice(each.iter("a"), MOST_AUTHORS) if _is_to_author(link)]
                text = _text(each)
                yield [text] if len(text.split()) <= LONGEST_BYLINE else []

    def _name(self, told: str) -> str:
        """A person's name without the "By" before it; "" for an address, the site's own name, a role or a sentence."""
        name = BY.sub("", plain_line(told[: LONGEST_NAME * 2])).strip(" ,;|·")
        mine = {self._site_name.casefold(), *(one.casefold() for one in names(self.data.get("publisher")))}
        return "" if NO_NAME.search(name) or len(name) > LONGEST_NAME or name.casefold() in mine else name

    def _times(self) -> list[str]:
        """When the page's ``<time>`` elements and those of schema.org say it was published."""
        times = [each for each in self._root.iter("time", "abbr", "span", "p", "div") if _is_time(each)]
        marked = [
            each
            for each in times
            if "datepublished" in (each.get("itemprop") or "").lower() or each.get("pubdate") is not None
        ]
        plain = [each for each in times if each.tag == "time" and not CHANGED.search(_marks(each))][:1]
        return [each.get("datetime") or each.get("content") or _text(each) for each in [*marked, *plain]]

    @property
    def _dated_path(self) -> str:
        match = DATED_PATH.search(urlsplit(self._url).path)
        return f"{match[1]}-{match[2]:0>2}-{match[3]:0>2}" if match else ""

    @property
    def _site_name(self) -> str:
        return self._first("og:site_name", "application-name")

    def _told(self, key: str) -> str:
        told = self.data.get(key)
        return plain_line(told) if isinstance(told, str) else ""

    def _absolute(self, link: str) -> str:
        return canonical_url(absolute_url(self._url, link))

    def _first(self, *keys: str) -> str:
        return next((self._meta[key] for key in keys if self._meta.get(key)), "")

    def _without_site_name(self, title: str) -> str:
        site = self._first("og:site_name").casefold()
        match = TITLE_TAIL.search(title)
        tail = match[0].strip(" |–—·»-").casefold() if match else ""
        return title[: match.start()] if match and site and (tail in site or site in tail) else title


def _text(element: "etree._Element", most: int = LONGEST_TEXT) -> str:
    """The element's words, the first of them when there are very many."""
    said = ""
    for text in islice(element.itertext(), MOST_PIECES):
        said += text[:most]
        if len(said) >= most:
            break
    return said[:most]


def _marks(element: "etree._Element") -> str:
    return " ".join(element.get(key) or "" for key in ("class", "itemprop", "id"))


def _is_time(element: "etree._Element") -> bool:
    return element.tag == "time" or "datepublished" in (element.get("itemprop") or "").lower()


def _is_byline(element: "etree._Element") -> bool:
    marks = (element.get("rel"), element.get("itemprop"))
    return "author" in marks or bool(BYLINE.search((element.get("class") or "")[:300]))


def _is_to_author(link: "etree._Element") -> bool:
    return link.get("rel") == "author" or bool(AUTHORS.search((link.get("href") or "")[:300]))


def _pixels(told: str) -> int | None:
    whole = told.partition(".")[0].removesuffix("px")
    return int(whole) if whole.isdecimal() and len(whole) <= 5 and 0 < int(whole) < LARGEST_PICTURE else None


def _is_front_page(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query


def _site(url: str) -> str:
    """The part of the host that a site owns, as far as it can be told without a list of all suffixes."""
    host = re.sub(r"^(?:www|m|mobile|amp)\.", "", urlsplit(url).hostname or "")
    labels = host.split(".")
    if SHARED_HOSTS.search(host) or host.replace(".", "").isdigit():
        return host
    return ".".join(labels[-3:] if len(labels) > 2 and len(labels[-2]) <= 3 and len(labels[-1]) <= 2 else labels[-2:])
