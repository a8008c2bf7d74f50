"""A mistake in a segment, shown where it stands."""

import difflib
import unicodedata
from collections.abc import Iterable

BEFORE = 60  # columns that are shown to the left of a mistake
SHOWN = 90  # columns that are shown in all
INDENT = "    "


class BadSegment(ValueError):
    """A segment's text says nothing that can be asked. ``position`` counts its characters before the mistake.

    As text it is three lines: what is wrong, the line of the segment, and a caret below the mistake.
    """

    def __init__(self, told: str, text: str, position: int) -> None:
        super().__init__(told)
        self.told = told
        self.text = text
        self.position = position

    @property
    def caret(self) -> str:
        """The line in which the mistake stands, and a caret below its first character."""
        start = self.text.rfind("\n", 0, self.position) + 1
        line = "".join(mark if mark.isprintable() else " " for mark in self.text[start:].partition("\n")[0])
        place = self.position - start
        first = 0 if place <= BEFORE else place - BEFORE
        before, shown = line[first:place], line[first : first + SHOWN]
        before, shown = (f"…{before}", f"…{shown}") if first else (before, shown)
        more = "…" if len(line) > first + SHOWN else ""
        return f"{INDENT}{shown}{more}\n{INDENT}{' ' * _columns(before)}^"

    def __str__(self) -> str:
        return f"{self.told}\n{self.caret}"


class Mistake(Exception):
    """What is wrong and where, before the whole text is at hand."""

    def __init__(self, told: str, position: int | None) -> None:
        super().__init__(told)
        self.told = told
        self.position = position or 0


def meant(word: str, known: Iterable[str]) -> str:
    """A question after the known word that was probably meant; empty when none is near.

    >>> meant("langauge", ["language", "page"])
    ', did you mean "language"?'
    """
    near = difflib.get_close_matches(word.lower(), list(known), n=1)
    return f', did you mean "{near[0]}"?' if near else ""


def listed(words: Iterable[str], last: str = "or") -> str:
    """Words as a sentence lists them.

    >>> listed(["=", "!=", "in"])
    '=, != or in'
    """
    *first, end = words
    return f"{', '.join(first)} {last} {end}" if first else end


def _columns(text: str) -> int:
    """How wide a terminal shows the text (Unicode Standard Annex #11)."""
    return sum(
        0 if unicodedata.combining(mark) else 2 if unicodedata.east_asian_width(mark) in "WF" else 1 for mark in text
    )
