"""Whether the text can be read: its contrast in light and dark mode (WCAG 2.2 §1.4.3, level AA) and its size."""

from collections.abc import Iterator
from typing import Any

from digest.contrast import contrast_ratio
from digest.lint.cascade import Look, Mode, declares_dark, has_dark_rules, looks
from digest.lint.findings import Severity, Spot
from digest.lint.page import Page

LEAST, LEAST_LARGE = 4.5, 3.0  # large is from 24 px on, or bold from 18.66 px on
UNREADABLE = 2.0
LARGE, LARGE_BOLD = 24.0, 18.66  # px
LEAST_SIZE = 13.0  # px


def check_readable(page: Page) -> Iterator[Spot]:
    """Text that is too faint, in either mode, or too small."""
    light = looks(page, "light")
    yield from _faint(page, light, "light")
    yield from _small(page, light)
    if declares_dark(page) or has_dark_rules(page):
        yield from _faint(page, looks(page, "dark"), "dark")
    else:
        message = "the mail says nothing about dark mode: clients turn its colours around as they like"
        remedy = (
            'Add <meta name="color-scheme" content="light dark"> and rules for @media (prefers-color-scheme: dark).'
        )
        yield Spot(Severity.NOTICE, "dark-mode-undeclared", "HTML", message, remedy)


def own_text(element: Any) -> str:
    """The text that stands directly in the element, on one line."""
    tails = (child.tail or "" for child in element)
    return " ".join(" ".join([element.text or "", *tails]).split())


def _faint(page: Page, found: dict[Any, Look], mode: Mode) -> Iterator[Spot]:
    for element, look in found.items():
        alternative = element.get("alt") or "" if element.tag == "img" else ""
        text = alternative or own_text(element)
        ratio = _ratio(look)
        least = LEAST_LARGE if _is_large(look) else LEAST
        if ratio is None or ratio >= least or not _is_read(text, look):
            continue
        where = "while a picture is not shown" if alternative else f"in {mode} mode"
        message = f"{where}, {look.colour} on {look.ground} has a contrast of {_floored(ratio)}:1"
        remedy = f"Change one of the two colours: {least:g}:1 is the least for text of {look.size:.0f} px."
        if mode == "dark":
            remedy = f"Give both colours in @media (prefers-color-scheme: dark): {least:g}:1 is the least."
        severity = Severity.NOTICE if alternative else Severity.ERROR if ratio < UNREADABLE else Severity.WARNING
        rule = f"contrast-alt-{mode}" if alternative else f"contrast-{mode}"
        yield Spot(severity, rule, page.place(element), message, remedy, text)


def _ratio(look: Look) -> float | None:
    if look.colour is None or look.ground is None:
        return None
    return contrast_ratio(look.colour.over(look.ground), look.ground)


def _is_large(look: Look) -> bool:
    return look.size >= LARGE or (look.is_bold and look.size >= LARGE_BOLD)


def _small(page: Page, found: dict[Any, Look]) -> Iterator[Spot]:
    for element, look in found.items():
        text = own_text(element)
        if _is_read(text, look) and look.size < LEAST_SIZE and element.tag not in ("sup", "sub"):
            message = f"text of {look.size:.3g} px is hard to read on a phone"
            remedy = f"Make it {LEAST_SIZE:.0f} px at least, better 14 px."
            yield Spot(Severity.WARNING, "text-too-small", page.place(element), message, remedy, text)


def _is_read(text: str, look: Look) -> bool:
    return not look.is_hidden and look.size >= 2 and any(mark.isalnum() for mark in text)


def _floored(ratio: float) -> str:
    """Never rounded up to what would pass."""
    return f"{int(ratio * 100) / 100:.2f}"
