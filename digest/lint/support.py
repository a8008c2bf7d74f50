"""What the chosen mail clients do not support: the uses that ``features.json`` names, looked for in a page.

How bad that is follows from two things: what a reader misses where it is not supported (``lost``: what was said,
``layout``: where it stands, ``polish``: nothing of either), and whether a client supports none of it or a part.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import tinycss2
import tinycss2.ast as tokens

from digest.clients import OUTLOOK_WINDOWS, named, shortcomings
from digest.lint.addresses import parts_of
from digest.lint.css import Declaration, all_tokens, functions_of, is_zero, words_of
from digest.lint.findings import Severity, Spot
from digest.lint.page import Page, excerpt
from digest.lint.reliance import relies_on_style
from digest.lint.selectors import read_selectors

SEVERITIES = {
    "lost": (Severity.ERROR, Severity.WARNING),
    "layout": (Severity.WARNING, Severity.NOTICE),
    "polish": (Severity.NOTICE, None),
}
NOTHING_TO_DO = "Nothing, if the mail reads well without it."


@dataclass(frozen=True, slots=True, eq=False)
class Use:
    """One way to use a feature. ``look_for`` is how it is found; ``notes`` which of caniemail's notes are about it."""

    feature: str
    what: str
    consequence: str
    remedy: str
    notes: frozenset[int] | None
    look_for: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """A use that was found: where, what stands there, and whether something makes up for it."""

    use: Use
    place: str
    excerpt: str
    element: Any = None
    is_cushioned: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """Declarations for an element (one of those that a rule is for), and how they are told of.

    ``is_extra`` is a block that only clients which can do more read at all.
    """

    element: Any
    declarations: Sequence[Declaration]
    whose: str
    is_inline: bool = False
    is_extra: bool = False


def check_support(page: Page, clients: Sequence[str]) -> Iterator[Spot]:
    """What some of the clients do not support."""
    unsupported = cache(lambda use: _unsupported(use, clients))
    for found in _found(page):
        lacking = dict(unsupported(found.use))
        if found.element is not None and found.element in page.not_for_outlook:
            lacking.pop(OUTLOOK_WINDOWS, None)
        if lacking:
            yield _spot(found, lacking)


def _found(page: Page) -> Iterator[Found]:
    uses = _uses()
    for element in page.elements:
        yield from _in_element(page, element, uses)
    for element, declarations in page.inline.items():
        yield from _in_block(page, Block(element, declarations, f"<{element.tag}>", is_inline=True), uses)
    yield from _in_sheets(page, uses)
    if relied := relies_on_style(page):
        count, first = relied
        for use in uses["reliance"]:
            yield Found(use, page.place(first), f"{excerpt(first)} and {count - 1} more elements")


@cache
def _uses() -> dict[str, list[Use]]:
    """The uses by the kind of thing that shows them."""
    kinds: dict[str, list[Use]] = {}
    for entry in json.loads(Path(__file__).with_name("features.json").read_text(encoding="utf-8")):
        notes = frozenset(entry["notes"]) if "notes" in entry else None
        use = Use(
            entry["feature"], entry["what"], entry["consequence"], entry.get("remedy", NOTHING_TO_DO), notes, entry
        )
        for kind in ("element", "attribute", "image", "property", "at", "pseudo", "combinator", "selector"):
            for key in _listed(entry.get(kind)):
                kinds.setdefault(f"{kind} {key}", []).append(use)
        for flag in ("inline_important", "fragment_link", "stylesheet", "reliance", "body_style"):
            if flag in entry:
                kinds.setdefault(flag, []).append(use)
        for kind in ("functions", "units", "keywords") if "property" not in entry else ():
            for key in _listed(entry.get(kind)):
                kinds.setdefault(f"{kind} {key}", []).append(use)
    return kinds


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []


def _unsupported(use: Use, clients: Iterable[str]) -> dict[str, tuple[str, bool]]:
    """By client: its name for people, and whether it supports a part."""
    lacking: dict[str, tuple[str, bool]] = {}
    for client in clients:
        places = {
            place: support
            for place, support in shortcomings(use.feature, client).items()
            if not support.is_partial or use.notes is None or support.notes & use.notes
        }
        if places:
            is_partial = use.notes is None and all(support.is_partial for support in places.values())
            lacking[client] = (named(client, list(places)), is_partial)
    return lacking


def _spot(found: Found, lacking: Mapping[str, tuple[str, bool]]) -> Spot:
    full, part = SEVERITIES[found.use.consequence]
    is_partial = all(partial for _, partial in lacking.values())
    severity = Severity.NOTICE if found.is_cushioned else (part if is_partial else full) or Severity.NOTICE
    names = ", ".join(dict.fromkeys(name for name, _ in lacking.values()))
    support = "supported in part" if is_partial else "not supported"
    message = f"{found.use.what}: {support} by {names}"
    return Spot(severity, f"support-{found.use.feature}", found.place, message, found.use.remedy, found.excerpt)


# What is looked for in elements.


def _in_element(page: Page, element: Any, uses: dict[str, list[Use]]) -> Iterator[Found]:
    candidates = [*uses.get(f"element {element.tag}", ())]
    for name in element.keys():  # noqa: SIM118  # an element is no mapping
        candidates += [use for use in uses.get(f"attribute {name}", ()) if _is_on(use, element.tag)]
    if element.tag == "img":
        candidates += uses.get(f"image {_format_of(element.get('src') or '')}", ())
    if element.tag == "a" and (element.get("href") or "").startswith("#") and len(element.get("href")) > 1:
        candidates += uses["fragment_link"]
    if element.tag == "style" and any(parent.tag == "body" for parent in element.iterancestors()):
        candidates += uses["body_style"]
    if element.tag == "link" and "stylesheet" in (element.get("rel") or "").lower():
        candidates += uses["stylesheet"]
    for use in candidates:
        if not _is_left_to_css(page, element, use):
            cushioned = _has_fallback(page, element, use)
            yield Found(use, page.place(element), excerpt(element), element, cushioned)


def _format_of(source: str) -> str:
    if source.lower().startswith("data:"):
        return "data:"
    return parts_of(source).path.rpartition(".")[2].lower()


def _is_left_to_css(page: Page, element: Any, use: Use) -> bool:
    names = set(use.look_for.get("unless_style", ()))
    return any(one.name in names for one in page.inline.get(element, ()))


def _has_fallback(page: Page, element: Any, use: Use) -> bool:
    """True where something else is shown instead."""
    if use.look_for.get("vml"):
        return "<v:" in page.for_outlook
    if use.look_for.get("fallback"):
        return any(child.tag in ("a", "img") for child in element.iter())
    if element.tag == "svg":
        return element.get("aria-hidden") == "true" or element.get("role") in ("presentation", "none")
    return False


# What is looked for in style sheets and style attributes.


def _in_sheets(page: Page, uses: dict[str, list[Use]]) -> Iterator[Found]:
    meant: dict[int, list[Any]] = {}
    for element, all_applied in page.applied.items():
        for applied in all_applied:
            meant.setdefault(id(applied.rule), []).append(element)
    for _, sheet in page.sheets:
        for at_rule in sheet.at_rules:
            words = words_of(at_rule.prelude)
            for use in uses.get(f"at {at_rule.name}", ()):
                if not use.look_for.get("media") or words & set(use.look_for["media"]):
                    told = f"@{at_rule.name} {tinycss2.serialize(at_rule.prelude).strip()}"
                    yield Found(use, f"HTML line {at_rule.line}", told)
        for rule in sheet.rules:
            # A rule that is for nothing here was written for some client's own wrapping.
            if elements := meant.get(id(rule)):
                yield from _in_rule(page, rule, elements, uses)


def _in_rule(page: Page, rule: Any, elements: list[Any], uses: dict[str, list[Use]]) -> Iterator[Found]:
    told = tinycss2.serialize(rule.prelude).strip()
    for key in _selector_keys(rule.prelude):
        for use in uses.get(key, ()):
            yield Found(use, f"HTML line {rule.line}", told, elements[0])
    for first in {element.tag: element for element in reversed(elements)}.values():
        yield from _in_block(page, Block(first, rule.declarations, told, is_extra=bool(rule.groups)), uses)


def _selector_keys(prelude: Sequence[Any]) -> set[str]:
    keys = set()
    for selector in read_selectors(prelude):
        keys |= {f"combinator {combinator}" for combinator in selector.combinators}
        for part in selector.compounds:
            keys |= {f"pseudo {pseudo}" for pseudo in part.pseudos}
            flags = {"attribute": part.attributes, "chaining": len(part.classes) > 1, "universal": part.is_universal}
            keys |= {f"selector {name}" for name, is_so in flags.items() if is_so}
    return keys


def _in_block(page: Page, block: Block, uses: dict[str, list[Use]]) -> Iterator[Found]:
    for number, one in enumerate(block.declarations):
        candidates = [use for key in _value_keys(one) for use in uses.get(key, ())]
        candidates += uses["inline_important"] if block.is_inline and one.is_important else ()
        for use in candidates:
            if _shows(use, block.element.tag, one) and not _is_spared(page, block, use, one):
                is_cushioned = (
                    block.is_extra
                    or _comes_after_plain(use, block.element.tag, block.declarations[:number], one)
                    or _has_fallback(page, block.element, use)
                )
                told = f"{block.whose} {{ {one.source} }}"
                yield Found(use, f"HTML line {one.line}", told, block.element, is_cushioned)


def _value_keys(one: Declaration) -> Iterator[str]:
    yield f"property {one.name}"
    yield from (f"functions {name}" for name in sorted(functions_of(one.value)))
    yield from (f"units {name}" for name in sorted(_units_of(one.value)))
    yield from (f"keywords {name}" for name in sorted(words_of(one.value)))


def _shows(use: Use, tag: str, one: Declaration) -> bool:
    """True when the declaration is such a use, on an element of that name."""
    asked = use.look_for
    return _is_on(use, tag) and all(test(asked[key], one) for key, test in VALUE_TESTS.items() if key in asked)


def _is_on(use: Use, tag: str) -> bool:
    return tag not in use.look_for.get("off", ()) and ("on" not in use.look_for or tag in use.look_for["on"])


def _units_of(nodes: Iterable[Any]) -> set[str]:
    return {token.lower_unit for token in all_tokens(nodes) if isinstance(token, tokens.DimensionToken)}


def _is_negative(nodes: Iterable[Any]) -> bool:
    return any(isinstance(token, tokens.DimensionToken) and token.value < 0 for token in nodes)


def _is_spaced(names: Iterable[str], one: Declaration) -> bool:
    """True for a colour function whose numbers have no commas between them."""
    blocks = (token for token in all_tokens(one.value) if isinstance(token, tokens.FunctionBlock))
    return any(block.lower_name in names and "," not in block.arguments for block in blocks)


VALUE_TESTS: dict[str, Callable[[Any, Declaration], bool]] = {
    "keywords": lambda names, one: bool(words_of(one.value) & set(names)),
    "off_keywords": lambda names, one: not words_of(one.value) & set(names),
    "functions": lambda names, one: bool(functions_of(one.value) & set(names)),
    "units": lambda names, one: bool(_units_of(one.value) & set(names)),
    "negative": lambda _, one: _is_negative(one.value),
    "nonzero": lambda _, one: not is_zero(one.value),
    "spaces": lambda _, one: _is_spaced(("rgb", "rgba"), one),
    "unless_value": lambda values, one: tinycss2.serialize(one.written).strip() not in values,
}


def _is_spared(page: Page, block: Block, use: Use, one: Declaration) -> bool:
    """True where the element or its surroundings already do what the remedy says, or nothing is amiss."""
    asked = use.look_for
    if any(block.element.get(name) for name in asked.get("unless_attribute", ())):
        return True
    if any(other.name in asked.get("unless_property", ()) for other in block.declarations):
        return True
    if asked.get("ghost_table"):
        return "<table" in page.for_outlook or "%" in one.source
    return bool(asked.get("button")) and not _is_button(page, block.element)


def _is_button(page: Page, element: Any) -> bool:
    """True for a link with a ground of its own and no padding for Outlook (mso-padding-alt) around it."""
    around = [element, *(parent for parent in element.iterancestors() if parent.tag in ("td", "th"))][:2]
    names = {one.name for each in around for one in page.inline.get(each, ())}
    is_filled = any(one.name.startswith("background") for one in page.inline.get(element, ()))
    return is_filled and "mso-padding-alt" not in names


def _comes_after_plain(use: Use, tag: str, before: Sequence[Declaration], one: Declaration) -> bool:
    """True when the same property, or another for the same, was declared before in a way that does without."""
    others = use.look_for.get("instead", ())
    return any(other.name in others or (other.name == one.name and not _shows(use, tag, other)) for other in before)
