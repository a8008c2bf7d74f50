"""What the linter finds in a preview's message, and the lines of its HTML that it means."""

import importlib
import re
from collections.abc import Sequence
from typing import Protocol

HTML_LINE = re.compile(r"\bline (\d+)|\bhtml:(\d+)", re.IGNORECASE)


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


def html_line(finding: Finding) -> int | None:
    """The line of the HTML part that the finding's place names, from 1; None when it names none."""
    found = HTML_LINE.search(finding.place)
    return int(found[1] or found[2]) if found else None
