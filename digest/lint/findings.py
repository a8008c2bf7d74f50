"""What a check says: how bad it is, where it is, what is wrong and what to do."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum


class Severity(StrEnum):
    """How bad: an error is lost on readers or keeps the mail from them, a warning shows, a notice may well be meant."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"

    @property
    def weight(self) -> int:
        """3 for an error, 2 for a warning, 1 for a notice."""
        return {"error": 3, "warning": 2, "notice": 1}[self.value]

    def is_at_least(self, other: "Severity") -> bool:
        """True when this is as bad as the other, or worse."""
        return self.weight >= other.weight


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake, in however many places.

    ``rule`` is a stable name, ``place`` such as "HTML line 214", "header Date", "subject" or "text line 12".
    """

    severity: Severity
    rule: str
    place: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Spot:
    """A mistake in one place, before the same mistakes are counted. ``excerpt`` is what stands there."""

    severity: Severity
    rule: str
    place: str
    message: str
    remedy: str
    excerpt: str = ""


LONGEST_EXCERPT = 60  # characters
LINE = re.compile(r" line (\d+)")


def short(text: str, most: int = LONGEST_EXCERPT) -> str:
    """The text on one line, in printable characters, cut in its middle where it is long: both ends tell."""
    text = " ".join(_printable(text[: 20 * most]).split())
    if len(text) <= most:
        return text
    end = most // 3
    return f"{text[: most - end - 1].rstrip()}…{text[-end:].lstrip()}"


def counted_findings(spots: Iterable[Spot]) -> tuple[Finding, ...]:
    """One finding for each mistake, with its places counted, as ``ordered`` has them."""
    alike: dict[tuple[str, str], list[Spot]] = {}
    for spot in spots:
        alike.setdefault((spot.rule, spot.message), []).append(spot)
    return ordered(_finding(group) for group in alike.values())


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The worst first, and those equally bad in the order of the mail: header, HTML, text, each line by line.

    What they quote of the mail is made harmless for a terminal.
    """
    harmless = (replace(each, place=_printable(each.place), message=_printable(each.message)) for each in findings)
    return tuple(sorted(harmless, key=lambda finding: (-finding.severity.weight, *_position(finding.place))))


def _printable(text: str) -> str:
    return "".join(mark if mark.isprintable() else " " for mark in text)


def _position(place: str) -> tuple[int, int]:
    part = next((number for number, name in enumerate(("HTML", "text"), 1) if place.startswith(name)), 0)
    line = LINE.search(place)
    return part, int(line[1]) if line else 0


def _finding(group: list[Spot]) -> Finding:
    worst = max(group, key=lambda spot: spot.severity.weight)
    places = list(dict.fromkeys(spot.place for spot in group))
    others = len(group) - 1
    place = worst.place if len(places) == 1 else f"{worst.place} and {others} more"
    message = f"{worst.message}: {short(worst.excerpt)}" if worst.excerpt else worst.message
    if len(places) == 1 and others:
        place = f"{worst.place}, {others + 1} times"
    return Finding(worst.severity, worst.rule, place, message, worst.remedy)
