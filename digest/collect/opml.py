"""Lists of feeds as other readers export them: OPML, in which an outline around feeds names their section.

After OPML 2.0, "Subscription lists"; attributes are read in any case, as exporters differ.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from digest.collect.canonical import CONTROL, canonical_url
from digest.collect.markup import plain_line
from digest.collect.trees import local_name, read_tree
from digest.errors import FeedError

MOST_OUTLINES = 5000
MOST_TAGS = 50_000
MOST_ATTRIBUTES = 100
OTHER_SCHEME = re.compile(r"^(?:feed|pcast|itpc):(?://)?(?P<web>(?=https?:))?", re.IGNORECASE)
LONGEST_WORDS = 200  # characters of a title or a section


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed of a list. ``site`` is the address of the pages it tells of; it and ``section`` may be empty."""

    title: str
    url: str
    site: str = ""
    section: str = ""


def read_outlines(content: bytes) -> list[Outline]:
    """The feeds of the list, in its order, each once.

    Raises FeedError, with a reason, for what is not OPML, and for a list without feeds.
    """
    root = read_tree(content, "OPML file", most_tags=MOST_TAGS)
    if local_name(root) != "opml":
        raise FeedError(f"this is not an OPML file: it begins with <{local_name(root)[:40]}>")
    found: dict[str, Outline] = {}
    sections = {root: ""}
    for element in root.iterdescendants():
        around = sections[element.getparent()]
        outline = _outline(element, around)
        if outline is not None:
            found.setdefault(canonical_url(outline.url), outline)
        if len(found) > MOST_OUTLINES:
            raise FeedError(f"the OPML file lists more than {MOST_OUTLINES} feeds")
        sections[element] = (outline is None and _title(element)) or around
    if not found:
        raise FeedError("the OPML file lists no feeds (its outlines have no xmlUrl)")
    return list(found.values())


def opml_of(title: str, outlines: Iterable[Outline]) -> str:
    """The list as an OPML document in UTF-8; feeds with a section stand in an outline of its name."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = plain_line(title)
    body = etree.SubElement(root, "body")
    around = {"": body}
    for outline in outlines:
        section = _line(outline.section)
        if section not in around:
            around[section] = etree.SubElement(body, "outline", text=section)
        addresses = {"xmlUrl": outline.url} | ({"htmlUrl": outline.site} if outline.site else {})
        told = {name: CONTROL.sub("", address) for name, address in addresses.items()}
        etree.SubElement(around[section], "outline", {"type": "rss", "text": _line(outline.title), **told})
    document: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return document.decode().strip()


def _outline(element: "etree._Element", section: str) -> Outline | None:
    """The feed that the element tells of, if it does."""
    url = _feed_url(_told(element, "xmlurl"))
    if not canonical_url(url):
        return None
    site = _told(element, "htmlurl")
    return Outline(
        title=_title(element),
        url=url,
        site=site if canonical_url(site) else "",
        section=section or _category(element),
    )


def _feed_url(url: str) -> str:
    """Without the scheme that some programs put before it: ``feed:https://…``, or ``feed://…`` for http."""
    return OTHER_SCHEME.sub(lambda match: "http://" if match["web"] is None else "", url)


def _category(element: "etree._Element") -> str:
    """The last part of its first category, as in ``/news/city,/culture``."""
    first = _told(element, "category").partition(",")[0]
    return _line(first.strip("/ ").rpartition("/")[2])


def _title(element: "etree._Element") -> str:
    return _line(_told(element, "title") or _told(element, "text"))


def _told(element: "etree._Element", name: str) -> str:
    """The value of the attribute of that name, in whatever case."""
    if len(element.attrib) > MOST_ATTRIBUTES:  # to go through them takes the square of their number
        return ""
    values = (str(value) for key, value in element.attrib.items() if str(key).lower() == name)
    return next(values, "").strip()


def _line(text: str) -> str:
    return plain_line(text)[:LONGEST_WORDS]
