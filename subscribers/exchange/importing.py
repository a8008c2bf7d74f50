"""Whole lists taken in, by the thousand: never anybody back who left, never anything twice.

A file is known by a print of its content and of what was asked with it. How far it has come is kept in the same
transaction as what was done, so an import that was cut off goes on where it stood.
"""

import gc
import hashlib
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from subscribers.consent import Act, Proof
from subscribers.enrolling import Outcome, enrol
from subscribers.exchange.encoding import Endless, Look, lines_of, look_at
from subscribers.exchange.formats import State
from subscribers.exchange.layout import BadFile, Wanted
from subscribers.exchange.progress import Batch, Foresight, Progress
from subscribers.exchange.reading import Row, Sheet, open_sheet
from subscribers.suppression import suppress_all

BATCH = 5000
ATTEMPTS = 5
KEPT_REFUSALS = 1000
COLLECTED = 10_000  # objects that were made since
PROOF = Proof(form="import")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was not imported. ``line`` is where it ends in the file, from 1."""

    line: int
    reason: str


@dataclass(slots=True)
class Report:
    """What became of a file's rows. ``states`` are what they say; ``began_after`` is the line that was done before.

    Of the refusals the first thousand are kept, and all are counted in ``refused``.
    """

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    refusals: list[Refusal] = field(default_factory=list)
    refused: int = 0
    states: Counter[str] = field(default_factory=Counter)
    format: str = ""
    began_after: int = 0


@dataclass(frozen=True, slots=True)
class Watch:
    """Who is told while a file is imported: of bytes that were read, of a header, of each row that is refused."""

    read: Callable[[int], None] = lambda _count: None
    header: Callable[[Sequence[str]], None] = lambda _header: None
    refused: Callable[[Row], None] = lambda _row: None


Store = Callable[[Batch], list[Outcome]]


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

    ``lines`` have their ends. The first names the columns: ``email`` is needed; ``newsletter`` too, unless one is
    given for all rows. ``newsletters`` are the known keys. A wrong row is refused with its reason and the others go on.
    Raises BadFile.
    """
    sheet = open_sheet(lines, Wanted(newsletters, newsletter), now)
    return _take(sheet, Report(), Watch(), lambda batch: _store(session, batch, now, keys, lambda _outcomes: None))


def import_file(
    session: Session,
    file: BinaryIO,
    wanted: Wanted,
    *,
    now: datetime,
    keys: Sequence[str],
    dry_run: bool = False,
    watch: Watch | None = None,
) -> Report:
    """Import a CSV file of whatever encoding that can be read twice; an import that was cut off goes on.

    ``dry_run`` says what would be, and writes nothing. Raises BadFile.
    """
    watch = watch or Watch()
    look = look_at(file)
    try:
        with closing(_reported(file, look, watch)) as lines, _seldom_collected():
            sheet = open_sheet(lines, wanted, now)
            watch.header(sheet.header)
            if dry_run:
                return _take(sheet, Report(), watch, Foresight(session, keys).store)
            return _import(session, sheet, _key(look, wanted), watch, now, keys)
    except Endless as error:
        raise BadFile(str(error)) from None


def _import(session: Session, sheet: Sheet, key: str, watch: Watch, now: datetime, keys: Sequence[str]) -> Report:
    progress = Progress(session, key, now)
    report = Report(Counter(progress.outcomes), began_after=progress.line)
    _take(sheet, report, watch, lambda batch: _store(session, batch, now, keys, progress.after(batch.line)))
    progress.end(now)
    return report


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """With Python's search for rings of garbage some times a batch, in place of each few rows.

    Rows make no rings, and what was there before the import need not be looked at. It saves a tenth of the time.
    """
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(COLLECTED, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


def _reported(file: BinaryIO, look: Look, watch: Watch) -> Generator[str]:
    for number, line in enumerate(lines_of(file, look.encoding)):
        if number % BATCH == 0:
            watch.read(file.tell())
        yield line
    watch.read(look.size)


def _key(look: Look, wanted: Wanted) -> str:
    asked = (look.print, wanted.newsletter, wanted.format, wanted.status, wanted.file_name, sorted(wanted.newsletters))
    return hashlib.sha256(repr(asked).encode()).hexdigest()


def _take(sheet: Sheet, report: Report, watch: Watch, store: Store) -> Report:
    """Hand the rows to ``store``; those of an earlier run are only looked at, for what is wrong with them."""
    report.format = sheet.format.key
    batch = Batch()
    for row in sheet.rows:
        if row.entry is None:
            _refuse(row, report, watch)
            continue
        report.states[row.state.name.lower()] += 1
        if row.line <= report.began_after:
            continue
        batch.line = row.line
        if row.state is State.SUPPRESSED:
            batch.suppressed.append(row.entry.address)
        else:
            batch.entries.append(row.entry)
        if len(batch) >= BATCH:
            report.outcomes.update(store(batch))
            batch = Batch()
    if len(batch):
        report.outcomes.update(store(batch))
    return report


def _refuse(row: Row, report: Report, watch: Watch) -> None:
    report.refused += 1
    if len(report.refusals) < KEPT_REFUSALS:
        report.refusals.append(Refusal(row.line, row.reason))
    watch.refused(row)


def _store(
    session: Session,
    batch: Batch,
    now: datetime,
    keys: Sequence[str],
    also: Callable[[list[Outcome]], None],
) -> list[Outcome]:
    """Write a batch in one transaction, with whatever ``also`` writes."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            suppress_all(session, batch.suppressed, "imported", now)
            outcomes = [Outcome.SUPPRESSED] * len(batch.suppressed)
            outcomes += enrol(session, batch.entries, act=Act.IMPORTED, now=now, keys=keys, proof=PROOF)
            also(outcomes)
            session.commit()
        except IntegrityError:  # a reader signed up at this very moment
            session.rollback()
            if attempt == ATTEMPTS:
                raise
        else:
            return outcomes
    raise AssertionError("unreachable")
