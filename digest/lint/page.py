"""The HTML of a mail as its checks see it: elements, styles, and what Outlook's conditional comments hide or add."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from digest.lint.css import Declaration, Rule, Sheet, TooMuchCss, read_sheet, read_style
from digest.lint.findings import Severity, Spot, short
from digest.lint.selectors import Matcher, Selector, TooManySteps, read_selectors

MOST_HTML = 3_000_000  # characters
MOST_ELEMENTS = 30_000
DEEPEST = 250  # libxml2 leaves out what is nested deeper than 256
INLINE = frozenset(
    "a abbr b bdi bdo big cite code del em font i ins kbd mark q s small span strong sub sup u wbr".split()
)
SILENT = frozenset({"head", "style", "script", "title", "noscript", "template", "svg", "math"})


@dataclass(frozen=True, slots=True)
class Applied:
    """A rule that one of its selectors applies to an element."""

    rule: Rule
    selector: Selector
    order: int


@dataclass(eq=False)
class Page:
    """A parsed HTML document.

    ``for_outlook`` is what stands in comments for Outlook on Windows alone; ``not_for_outlook`` are the elements that
    comments hide from it. ``trouble`` are findings made while reading.
    """

    source: str
    root: Any
    elements: list[Any] = field(default_factory=list)
    for_outlook: str = ""
    not_for_outlook: set[Any] = field(default_factory=set)
    trouble: list[Spot] = field(default_factory=list)

    def named(self, *tags: str) -> Iterator[Any]:
        """The elements of these names, in order."""
        return (element for element in self.elements if element.tag in tags)

    def place(self, element: Any) -> str:
        """Where the element begins."""
        return f"HTML line {element.sourceline}"

    @cached_property
    def body(self) -> Any:
        """The body, or the whole document where there is none."""
        return next(self.named("body"), self.root)

    @cached_property
    def sheets(self) -> list[tuple[Any, Sheet]]:
        """The style sheets with their elements, but those for print."""
        seen = (element for element in self.named("style") if "print" not in (element.get("media") or ""))
        return [(element, self._sheet(element)) for element in seen]

    @cached_property
    def inline(self) -> dict[Any, tuple[Declaration, ...]]:
        """The declarations of each element that has a ``style`` attribute."""
        return {element: self._style(element) for element in self.elements if element.get("style")}

    @cached_property
    def applied(self) -> dict[Any, list[Applied]]:
        """The rules for each element, in the order of the sheets, whatever their media and pseudo-classes ask."""
        found: dict[Any, list[Applied]] = {}
        index, matcher = self._index(), Matcher()
        rules = [rule for _, sheet in self.sheets for rule in sheet.rules]
        try:
            for order, rule in enumerate(rules):
                for selector in read_selectors(rule.prelude):
                    for element in index.get(_key(selector), self.elements if _key(selector) == "*" else ()):
                        if matcher.matches(element, selector):
                            found.setdefault(element, []).append(Applied(rule, selector, order))
        except TooManySteps as error:
            self._too_much(str(error), "HTML")
        return found

    def _index(self) -> dict[str, list[Any]]:
        """The elements by ``tag``, ``.class`` and ``#id``."""
        index: dict[str, list[Any]] = {}
        for element in self.elements:
            classes = dict.fromkeys((element.get("class") or "").split())
            for key in (element.tag, f"#{element.get('id')}", *(f".{name}" for name in classes)):
                index.setdefault(key, []).append(element)
        return index

    def _sheet(self, element: Any) -> Sheet:
        try:
            return read_sheet(element.text or "", element.sourceline, element.get("media") or "")
        except TooMuchCss as error:
            self._too_much(str(error), self.place(element))
            return Sheet()

    def _style(self, element: Any) -> tuple[Declaration, ...]:
        try:
            return read_style(element.get("style"), element.sourceline)
        except TooMuchCss as error:
            self._too_much(str(error), self.place(element))
            return ()

    def _too_much(self, what: str, place: str) -> None:
        message = f"the CSS is not looked into: {what}"
        self.trouble.append(Spot(Severity.ERROR, "css-out-of-bounds", place, message, "Keep only what the mail needs."))


def read_page(html: str) -> Page | Spot:
    """The page, or the reason why it is not looked into."""
    if len(html) > MOST_HTML:
        return _refused("html-too-large", f"{len(html) / 1_000_000:.1f} million characters of HTML are not looked into")
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_pis=True)
    try:
        root = lxml_html.document_fromstring(html.replace("\0", "\ufffd").encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return _refused("html-empty", "there is no HTML in it")
    page = Page(html, root)
    for node in root.iter():
        if isinstance(node.tag, str):
            page.elements.append(node)
            if len(page.elements) > MOST_ELEMENTS:
                return _refused("html-too-large", f"more than {MOST_ELEMENTS:,} elements are not looked into")
    _note_comments(page)
    _note_depth(page)
    return page


def excerpt(element: Any) -> str:
    """The element's start tag, with what tells it from others."""
    for name in ("href", "src", "id", "class"):
        if element.get(name):
            return f'<{element.tag} {name}="{short(element.get(name), 40)}">'
    return f"<{element.tag}>"


def text_of(element: Any) -> str:
    """The words in the element, and the alternative texts of its pictures, on one line."""
    parts: list[str] = []
    for event, node in etree.iterwalk(element, events=("start", "end", "comment")):
        gap = "" if node.tag in INLINE or event == "comment" else " "
        if event == "start":
            is_silent = node.tag in SILENT and node is not element
            parts += [
                gap,
                "" if is_silent else node.text or "",
                f" {node.get('alt') or ''} " if node.tag == "img" else "",
            ]
        else:
            parts += [gap, "" if node is element else node.tail or ""]
    return " ".join("".join(parts).split())


def _key(selector: Selector) -> str:
    """What to look up in the index for the elements that the selector may mean; "*" for all."""
    last = selector.compounds[-1]
    if last.id:
        return f"#{last.id}"
    return f".{last.classes[0]}" if last.classes else last.tag or "*"


def _refused(rule: str, message: str) -> Spot:
    return Spot(Severity.ERROR, rule, "HTML", message, "Make the mail of what readers need.")


def _note_comments(page: Page) -> None:
    """After Microsoft's conditional comments: what is for Outlook alone, and what is hidden from it."""
    is_hidden = False
    for node in page.root.iter():
        if isinstance(node.tag, str):
            if is_hidden:
                page.not_for_outlook.add(node)
            continue
        told = (node.text or "").strip()
        condition = told.partition("]")[0].lower()
        if condition.startswith("[if") and "endif" in told:
            page.for_outlook += told if "mso" in condition or "ie" in condition.split() else ""
        elif condition.startswith("[if"):
            is_hidden = "!mso" in condition.replace(" ", "")
        elif "endif" in condition:
            is_hidden = False


def _note_depth(page: Page) -> None:
    depth = 0
    for event, node in etree.iterwalk(page.root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > DEEPEST:
            message = f"elements are nested more than {DEEPEST} deep: mail clients, and this check, drop what is inside"
            page.trouble.append(Spot(Severity.ERROR, "html-too-deep", page.place(node), message, "Nest less."))
            return
