"""The list as CSV (RFC 4180), in and out.

What goes out may be opened in a spreadsheet: a cell that begins like a formula gets an apostrophe
before it, and loses it again on the way in (owasp.org, CSV Injection).
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from subscribers.addresses import BadAddress, normalise_address
from subscribers.consent import Act, Proof
from subscribers.models import Status
from subscribers.roster import Entry, Member, Outcome, add, members
from subscribers.suppression import suppress

BATCH = 400
COLUMNS = ("email", "name", "language", "newsletter", "status", "requested_at", "confirmed_at")
OTHER_NAMES = {
    "address": "email",
    "e-mail": "email",
    "email address": "email",
    "mail": "email",
    "lang": "language",
    "list": "newsletter",
    "state": "status",
}
STATUSES = {
    "": Status.ACTIVE,
    "active": Status.ACTIVE,
    "subscribed": Status.ACTIVE,
    "confirmed": Status.ACTIVE,
    "pending": Status.PENDING,
    "unconfirmed": Status.PENDING,
    "unsubscribed": Status.UNSUBSCRIBED,
}
SUPPRESSED = {"suppressed", "bounced", "complained", "cleaned", "blocklisted"}
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class BadFile(ValueError):
    """The file as a whole cannot be imported; the message says why."""


class BadRow(ValueError):
    """One row cannot be imported; the message says why."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was not imported. ``line`` is where it ends in the file, from 1."""

    line: int
    reason: str


@dataclass(slots=True)
class Report:
    """What became of a file's rows."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    refusals: list[Refusal] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    entry: Entry
    suppressed: bool


def import_csv(
    session: Session,
    lines: Iterable[str],
    *,
    newsletters: Sequence[str],
    newsletter: str | None = None,
    now: datetime,
    keys: Sequence[str],
) -> Report:
    """Put the rows of a CSV file on the list, a batch at a time; twice the same file changes nothing.

    ``lines`` is a text file opened with ``newline=""``. The first line names the columns: ``email`` is
    needed; ``newsletter`` too, unless one is given for all rows. ``newsletters`` are the known keys.
    A wrong row is refused with its reason and the others go on. Raises BadFile.
    """
    report = Report()
    batch: list[_Row] = []
    for line, cells in _records(lines, report):
        try:
            batch.append(_row(line, cells, newsletters, newsletter))
        except BadRow as error:
            report.refusals.append(Refusal(line, str(error)))
        if len(batch) == BATCH:
            _store(session, batch, report, now, keys)
            batch = []
    _store(session, batch, report, now, keys)
    return report


def export_csv(session: Session, newsletter: str | None = None, status: Status | None = None) -> Iterator[str]:
    """The list as lines of CSV, the names of the columns first."""
    yield _line(COLUMNS)
    for member in members(session, newsletter, status):
        yield _line([guard_cell(cell) for cell in _cells(member)])


def guard_cell(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula.

    >>> guard_cell("=1+1"), bare_cell("'=1+1")
    ("'=1+1", '=1+1')
    """
    return f"'{text}" if text.lstrip("'").startswith(FORMULA) else text


def bare_cell(cell: str) -> str:
    """The text that ``guard_cell`` was given."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(FORMULA) else cell


def _records(lines: Iterable[str], report: Report) -> Iterator[tuple[int, dict[str, str]]]:
    source = iter(lines)
    heading = next(source, "").removeprefix("\ufeff")
    delimiter = max(",;\t", key=heading.count)
    columns = [_column(cell) for cell in next(csv.reader([heading], delimiter=delimiter), [])]
    if "email" not in columns:
        raise BadFile('the first line must name the columns, and one of them must be "email"')
    reader = csv.reader(source, delimiter=delimiter)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            report.refusals.append(Refusal(reader.line_num + 1, f"this is not CSV: {error}"))
            continue
        if any(cell.strip() for cell in cells):
            yield reader.line_num + 1, dict(zip(columns, map(bare_cell, cells), strict=False))


def _column(cell: str) -> str:
    name = bare_cell(cell).strip().lower().replace("_", " ")
    return OTHER_NAMES.get(name, name)


def _row(line: int, cells: dict[str, str], newsletters: Sequence[str], newsletter: str | None) -> _Row:
    try:
        address = normalise_address(cells.get("email", ""))
    except BadAddress as error:
        raise BadRow(str(error)) from None
    key = newsletter or cells.get("newsletter", "").strip()
    if key not in newsletters:
        raise BadRow(f'there is no newsletter "{key}" (known: {", ".join(newsletters)})')
    status = cells.get("status", "").strip().lower()
    if status not in STATUSES and status not in SUPPRESSED:
        raise BadRow(f'there is no status "{status}" (try "active", "pending" or "unsubscribed")')
    entry = Entry(
        address, key, cells.get("name", ""), _language(cells.get("language", "")), STATUSES.get(status, Status.ACTIVE)
    )
    return _Row(line, entry, status in SUPPRESSED)


def _language(cell: str) -> str:
    tag = cell.strip().replace("_", "-")
    return tag if len(tag) <= 35 and tag.isascii() and tag.replace("-", "").isalnum() else ""


def _store(session: Session, batch: Sequence[_Row], report: Report, now: datetime, keys: Sequence[str]) -> None:
    for address in {row.entry.address for row in batch if row.suppressed}:
        suppress(session, address, "imported", now)
    session.commit()
    entries = [row.entry for row in batch]
    report.outcomes.update(add(session, entries, act=Act.IMPORTED, now=now, keys=keys, proof=Proof(form="import")))


def _cells(member: Member) -> list[str]:
    return [
        member.address,
        member.name,
        member.language,
        member.newsletter,
        "suppressed" if member.suppressed else member.status,
        member.requested_at.isoformat(),
        member.confirmed_at.isoformat() if member.confirmed_at else "",
    ]


def _line(cells: Iterable[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()
