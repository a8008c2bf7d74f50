"""XML from strangers as a tree: no entities, no network, nothing that grows.

After OWASP's XML External Entity Prevention: a document that declares entities of its own is refused.
"""

import re
from collections.abc import Iterator

from lxml import etree

from digest.errors import FeedError

MOST_TAGS = 1_500_000  # a sitemap of 50,000 articles with all that may be told of them
ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
PAGE = re.compile(rb"\s*(?:<!doctype html|<html)", re.IGNORECASE)


def read_tree(content: bytes, kind: str) -> "etree._Element":
    """The document's root element; what is not well-formed is read as far as it can be.

    ``kind`` names what was asked for. Raises FeedError: empty, a web page, not XML, or with entities of its own.
    """
    content = content.strip()
    if not content:
        raise FeedError(f"the {kind} is empty")
    if PAGE.match(content.removeprefix(b"\xef\xbb\xbf")):
        raise FeedError(f"this is a web page, not {_with_article(kind)}")
    if ENTITY.search(content):
        raise FeedError(f"refused: the {kind} declares entities of its own, as attacks do")
    if content.count(b"<") > MOST_TAGS:
        raise FeedError(f"this is too large for {_with_article(kind)}")
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        root = None
    if root is None:
        raise FeedError(f"this is not {_with_article(kind)}: it is not XML")
    _refuse_entities(root, kind)
    return root


def local_name(element: "etree._Element") -> str:
    """The element's name without its namespace, in lower case; "" for what is no element."""
    return etree.QName(element).localname.lower() if isinstance(element.tag, str) else ""


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


def _refuse_entities(root: "etree._Element", kind: str) -> None:
    """Those that were written in an encoding in which they are not seen from outside (UTF-16, UTF-7)."""
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and next(declared.iterentities(), None) is not None:
        raise FeedError(f"refused: the {kind} declares entities of its own, as attacks do")


def _with_article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeioAEIO" else f"a {kind}"
