"""What the linter finds in a preview's message, and where each finding can be seen."""

import importlib
import re
from collections.abc import Sequence
from typing import Protocol

SEVERITIES = ("error", "warning", "notice")
PARTS = {"HTML": "html", "text": "text", "message": "source"}
LINE = re.compile(rf"({'|'.join(PARTS)}) line (\d+)")


class Finding(Protocol):
    """One thing to mend, as ``digest.lint`` gives it."""

    @property
    def severity(self) -> str: ...
    @property
    def rule(self) -> str: ...
    @property
    def place(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def remedy(self) -> str: ...


def findings_in(message: bytes) -> Sequence[Finding] | None:
    """What there is to mend in the message; None when there is no linter."""
    try:
        lint = importlib.import_module("digest.lint")
    except ModuleNotFoundError:
        return None
    findings: Sequence[Finding] = lint.lint_message(message)
    return findings


def worst_first(findings: Sequence[Finding]) -> list[Finding]:
    """The findings by their severity, those that are as bad in their own order."""
    return sorted(findings, key=lambda each: SEVERITIES.index(each.severity))


def shown_in(finding: Finding) -> tuple[str, int | None] | None:
    """The part of the message that the finding is about, and the line (from 1) if it names one; None for neither.

    The part is ``html``, ``text``, ``source`` (all of the message) or ``headers``.
    """
    if found := LINE.match(finding.place):
        return PARTS[found[1]], int(found[2])
    return ("headers", None) if finding.place.startswith(("header ", "subject")) else None
