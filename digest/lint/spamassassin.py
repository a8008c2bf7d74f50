"""What SpamAssassin says of a message, when it is installed: by ``spamc`` and a running spamd, else by itself.

Local tests only (``-L``): whether a mail is spam must not depend on who is asked about it on the network.
"""

import re
import shutil
import subprocess
from dataclasses import dataclass

from digest.lint.findings import Finding, Severity

PATIENCE = 60  # seconds: SpamAssassin alone takes five to load its rules
SCORE = re.compile(r"\((?P<score>-?\d+(?:\.\d+)?) points, (?P<required>\d+(?:\.\d+)?) required\)")
TEST = re.compile(r"^[ *]*(?P<points>-?\d+(?:\.\d+)?)\s+(?P<name>[A-Z][A-Z0-9_]{2,})\s+(?P<about>\S.*)$", re.MULTILINE)
WORTH_TELLING = 0.5  # points
NEARLY = 0.6  # of the points that make it spam


@dataclass(frozen=True, slots=True)
class SpamReport:
    """The score, from where on it is spam, and the tests that gave points: each with its points and words."""

    score: float
    required: float
    tests: tuple[tuple[float, str, str], ...]


def ask_spamassassin(raw: bytes) -> SpamReport | None:
    """The report; None when SpamAssassin is not here, does not run or does not answer in time."""
    for command in (["spamc", "-R"], ["spamassassin", "-L", "-t", "--cf=report_safe 0"]):
        program = shutil.which(command[0])
        report = _read(_answer([program, *command[1:]], raw)) if program else None
        if report:
            return report
    return None


def spam_findings(report: SpamReport) -> tuple[Finding, ...]:
    """The report as findings: the score, when it is near to spam, and as notices what each test found."""
    findings = []
    if report.score >= NEARLY * report.required:
        severity = Severity.ERROR if report.score >= report.required else Severity.WARNING
        verdict = "it would be sorted out" if severity is Severity.ERROR else "little more, and it is sorted out"
        message = f"SpamAssassin gives {report.score:g} points of {report.required:g}: {verdict}"
        findings.append(Finding(severity, "spam-score", "message", message, "Mend what its tests found, below."))
    for points, name, about in sorted(report.tests, reverse=True):
        if points >= WORTH_TELLING:
            message = f"SpamAssassin, {points:g} points: {about} ({name})"
            findings.append(Finding(Severity.NOTICE, "spam-test", "message", message, "Mend it, when it is true."))
    return tuple(findings)


def _answer(command: list[str], raw: bytes) -> str:
    try:
        ran = subprocess.run(command, input=raw, capture_output=True, timeout=PATIENCE, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ran.stdout.decode("utf-8", "replace")


def _read(answer: str) -> SpamReport | None:
    # The report stands behind the message, or a piece of it, which may hold anything.
    _, _, details = answer.rpartition("Content analysis details:")
    found = SCORE.search(details)
    if not found:  # such as spamc's 0/0, where no spamd runs
        return None
    tests = ((float(test["points"]), test["name"], test["about"].strip()) for test in TEST.finditer(details))
    return SpamReport(float(found["score"]), float(found["required"]), tuple(tests))
