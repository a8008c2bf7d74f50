"""XML and JSON from strangers as trees: no entities, no network, nothing that grows.

After OWASP's XML External Entity Prevention: a document that declares entities of its own is refused.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from digest.collect.encodings import decode
from digest.errors import FeedError

MOST_REFERENCES = 1_000_000
ENTITY = re.compile("<!ENTITY", re.IGNORECASE)
AMPERSAND = re.compile(r"&(?!#?\w{1,30};)")  # as addresses have them, when nobody thinks of escaping
# One surrogate without the other, which JSON allows and nothing else does.
HALF_A_CHARACTER = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
PAGE = re.compile(r"\s*(?:<!doctype html|<html)", re.IGNORECASE)


def read_tree(content: bytes, kind: str, *, most_tags: int) -> "etree._Element":
    """The document's root element; what is not well-formed is read as far as it can be.

    ``kind`` names what was asked for, and ``most_tags`` is how large it may be.
    Raises FeedError: empty, a web page, not XML, or with entities of its own.
    """
    text = decode(content).strip()
    if not text:
        raise FeedError(f"the {kind} is empty")
    if PAGE.match(text):
        raise FeedError(f"this is a web page, not {_with_article(kind)}")
    if ENTITY.search(text):
        raise FeedError(f"refused: the {kind} declares entities of its own, as attacks do")
    if text.count("<") > most_tags or text.count("&") > MOST_REFERENCES:
        raise FeedError(f"this is too large for {_with_article(kind)}")
    root = _parsed(text, recover=False)
    if root is None:
        root = _parsed(AMPERSAND.sub("&amp;", text), recover=True)
    if root is None:
        raise FeedError(f"this is not {_with_article(kind)}: it is not XML")
    return root


def read_json(text: str) -> Any:
    """What the JSON says, in characters that can be written down. Raises ValueError for what is none."""
    try:
        return json.loads(HALF_A_CHARACTER.sub(r"\\ufffd", text))
    except RecursionError:
        raise ValueError("too deep") from None


def _parsed(text: str, *, recover: bool) -> "etree._Element | None":
    parser = etree.XMLParser(
        encoding="utf-8",
        recover=recover,
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError:
        return None


def local_name(element: "etree._Element") -> str:
    """The element's name without its namespace, in lower case; "" for what is no element."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def children(element: "etree._Element", name: str) -> "Iterator[etree._Element]":
    """The children of that local name, whatever their namespace."""
    return (child for child in element if local_name(child) == name)


def text_at(element: "etree._Element", *path: str) -> str:
    """The text of the first element down that path of local names; "" when there is none."""
    for name in path:
        found = next(children(element, name), None)
        if found is None:
            return ""
        element = found
    return "".join(element.itertext()).strip()


def _with_article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeioAEIO" else f"a {kind}"
