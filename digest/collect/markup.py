"""HTML to plain text: paragraphs parted by blank lines, entities decoded, nothing that could run."""

import html
import re

import nh3
from lxml import etree
from lxml import html as lxml_html

BLOCKS = frozenset(
    "address article aside blockquote dd details div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr "
    "li main nav ol p pre section table tr ul br".split()
)
SILENT = frozenset("script style noscript template iframe object svg math head title textarea select".split())
LONGEST = 500_000  # characters; no article is as long
LONGEST_LINE = 20_000
# How lxml reads what comes from strangers.
HARMLESS = {"no_network": True, "huge_tree": False, "remove_comments": True, "remove_pis": True}
# Not past another "<": a thousand of them without an end would be looked through a thousand times.
TAG = re.compile(r"<[a-zA-Z/!][^<>]*>")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\ufeff]")


def plain_line(text: str) -> str:
    """Text or markup as one line of plain text; entities that were escaped twice are decoded too."""
    text = text[:LONGEST_LINE]
    for _ in range(2):
        if TAG.search(text):
            text = nh3.clean(text, tags=set(), clean_content_tags={"script", "style"})
        text = html.unescape(text)
    return " ".join(CONTROL.sub(" ", text).split())


def plain_paragraphs(markup: str) -> str:
    """Markup as paragraphs of plain text, parted by one blank line."""
    markup = markup[:LONGEST]
    if not TAG.search(markup):
        return joined(re.split(r"\n\s*\n", html.unescape(markup)))
    root = parse(markup)
    return joined(_paragraphs(root)) if root is not None else ""


def parse(markup: str) -> "etree._Element | None":
    """The markup's tree, or None when there is nothing in it. Neither entities nor the network are followed."""
    parser = lxml_html.HTMLParser(**HARMLESS)
    try:
        return lxml_html.fromstring(f"<div>{CONTROL.sub(' ', markup[:LONGEST])}</div>", parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def parse_page(text: str) -> "lxml_html.HtmlElement | None":
    """A whole page's tree, or None when there is none. Neither entities nor the network are followed."""
    parser = lxml_html.HTMLParser(encoding="utf-8", **HARMLESS)
    try:
        return lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def joined(paragraphs: "list[str]") -> str:
    """Paragraphs with white space folded and blank lines between them."""
    lines = (" ".join(CONTROL.sub(" ", paragraph).split()) for paragraph in paragraphs)
    return "\n\n".join(line for line in lines if line)


def _paragraphs(root: "etree._Element") -> list[str]:
    """The text between one block's edge and the next; walked without recursion, whatever the nesting."""
    parts: list[str] = [""]
    silent = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in SILENT:
            silent += 1 if event == "start" else -1
        if tag in BLOCKS:
            parts.append("")
        text = element.text if event == "start" else element.tail if element is not root else None
        if text and not silent:
            parts[-1] += text
    return parts
