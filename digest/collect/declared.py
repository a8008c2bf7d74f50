"""The article's text as its page declares it (``articleBody`` of schema.org), a second witness beside what was read.

It is believed only where the two do not agree at all: it often comes without paragraphs, or with what only those
who pay are shown.
"""

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

from lxml import etree

from digest.collect.markup import joined, plain_paragraphs

RUN = 4  # words
FEWEST_RUNS = 60  # what is shorter tells too little
AGREES = 0.5  # of what is declared: so much was read
SHOWN = 0.8  # of what is declared: so much can be seen on the page
LONGEST = 500_000  # characters
Runs = frozenset[tuple[str, ...]]


def declared_body(root: "etree._Element", data: Mapping[str, Any]) -> str:
    """The paragraphs that the page declares, parted by blank lines; "" when it declares none.

    ``data`` is what its JSON-LD says of the article.
    """
    told = data.get("articleBody")
    if isinstance(told, str) and told.strip():
        told = told[:LONGEST]
        return plain_paragraphs(told) if "<" in told else joined(unescape(told).split("\n"))
    marked = (each for each in root.iter(etree.Element) if "articleBody" in (each.get("itemprop") or "").split())
    element = next(marked, None)
    return "" if element is None else plain_paragraphs(etree.tostring(element, encoding="unicode", with_tail=False))


def shown_on(root: "etree._Element") -> str:
    """All that can be read on the page."""
    pieces = root.xpath("//text()[not(ancestor::script or ancestor::style or ancestor::noscript)]")
    return " ".join(pieces)[:LONGEST]


def the_better(found: str, declared: str, shown: str) -> str:
    """What was ``found``; the ``declared`` text where the two differ, unless it says much that is not ``shown``.

    Found and declared are paragraphs parted by blank lines. Of the same words those in paragraphs are the better.
    """
    told, read = _runs(declared), _runs(found)
    if len(told) < FEWEST_RUNS:
        return found
    common = len(told & read)
    if common >= AGREES * len(told):
        return declared if told == read and "\n" not in found else found
    is_part = bool(read) and common >= AGREES * len(read)
    return found if is_part and len(told & _runs(shown)) < SHOWN * len(told) else declared


def _runs(text: str) -> Runs:
    words = re.findall(r"\w+", text.casefold())
    return frozenset(zip(*(words[begin:] for begin in range(RUN)), strict=False))
