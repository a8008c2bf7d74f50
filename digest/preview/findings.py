"""Where each finding of the linter can be seen."""

import re

from digest.lint import Finding

PARTS = {"HTML": "html", "text": "text", "message": "source"}
LINE = re.compile(rf"({'|'.join(PARTS)}) line (\d+)")


def shown_in(finding: Finding) -> tuple[str, int | None] | None:
    """The part of the message that the finding is about, and the line (from 1) if it names one; None for neither.

    The part is ``html``, ``text``, ``source`` (all of the message) or ``headers``.
    """
    if found := LINE.match(finding.place):
        return PARTS[found[1]], int(found[2])
    return ("headers", None) if finding.place.startswith(("header ", "subject")) else None
