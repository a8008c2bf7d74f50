"""A newsletter's next issue, or a file, looked through by every check there is."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from digest.collect.encodings import decode_page
from digest.errors import AskedWrongly
from digest.lint import Finding, lint_html, lint_message
from digest.lint.findings import ordered
from digest.lint.lint import pictures_in
from digest.lint.remote import fetched_findings
from digest.lint.spamassassin import ask_spamassassin, spam_findings

SUFFIXES = (".eml", ".html")


def lint_file(file: Path, clients: Sequence[str], *, images: bool = False) -> tuple[Finding, ...]:
    """What is to be said about a saved message (``.eml``) or an HTML file (``.html``).

    With ``images``, its pictures are fetched and weighed.
    Raises AskedWrongly for another ending, or a file that cannot be read.
    """
    if file.suffix.lower() not in SUFFIXES:
        raise AskedWrongly(f"{file}: only {' and '.join(SUFFIXES)} files can be looked through")
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise AskedWrongly(f"{file}: cannot be read: {error.strerror}") from None
    if file.suffix.lower() == ".html":
        html = decode_page(raw)
        return ordered([*lint_html(html, clients=clients), *(_fetched(html) if images else ())])
    return lint_mail(raw, clients, images=images)


def lint_mail(
    raw: bytes, clients: Sequence[str], *, postal_address: str | None = None, images: bool = False
) -> tuple[Finding, ...]:
    """What is to be said about a message, with SpamAssassin's opinion where it is installed."""
    report = ask_spamassassin(raw)
    found = lint_message(raw, clients=clients, postal_address=postal_address)
    asked = spam_findings(report) if report else ()
    return ordered([*found, *asked, *(_fetched(raw) if images else ())])


def _fetched(mail: bytes | str) -> tuple[Finding, ...]:
    return asyncio.run(fetched_findings(pictures_in(mail)))
