"""Whole lists taken in, by the thousand: never anybody back who left, never anything twice.

A file is known by a print of its content and of what was asked with it. How far it has come is kept in the same
transaction as what was done, so an import that was cut off goes on where it stood.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from subscribers.consent import Act, Proof
from subscribers.enrolling import Entry, Outcome, Standing, decide, enrol, known_among
from subscribers.exchange.encoding import Endless, Look, lines_of, look_at
from subscribers.exchange.formats import State
from subscribers.exchange.reading import BadFile, Row, Sheet, Wanted, open_sheet
from subscribers.models import ImportRow
from subscribers.suppression import suppress_all, suppressed_among

BATCH = 5000
ATTEMPTS = 5
KEPT_REFUSALS = 1000
PROOF = Proof(form="import")
BUSY = "it is being imported by another process at this moment"


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


@dataclass(slots=True)
class _Batch:
    """Some rows in a row, up to a line."""

    line: int = 0
    entries: list[Entry] = field(default_factory=list)
    suppressed: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.entries) + len(self.suppressed)


Store = Callable[[_Batch], list[Outcome]]


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
        with closing(_reported(file, look, watch)) as lines:
            sheet = open_sheet(lines, wanted, now)
            watch.header(sheet.header)
            if dry_run:
                return _take(sheet, Report(), watch, _Foresight(session, keys).store)
            return _import(session, sheet, _key(look, wanted), watch, now, keys)
    except Endless as error:
        raise BadFile(str(error)) from None


def _import(session: Session, sheet: Sheet, key: str, watch: Watch, now: datetime, keys: Sequence[str]) -> Report:
    progress = _Progress(session, key, now)
    report = Report(Counter(progress.outcomes), began_after=progress.line)
    _take(sheet, report, watch, lambda batch: _store(session, batch, now, keys, progress.after(batch.line)))
    progress.end(now)
    return report


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
    batch = _Batch()
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
            batch = _Batch()
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
    batch: _Batch,
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


class _Progress:
    """How far the import of a file has come, in the database. A file that was imported to its end begins anew."""

    def __init__(self, session: Session, key: str, now: datetime) -> None:
        self.session = session
        self.key = key
        row = session.get(ImportRow, key)
        if row is None or row.ended_at is not None:
            row = session.merge(ImportRow(key=key, line=0, counts={}, began_at=now, ended_at=None))
        self.line = row.line
        self.outcomes = Counter({Outcome(name): count for name, count in row.counts.items()})
        try:
            session.commit()
        except IntegrityError:
            session.rollback()
            raise BadFile(BUSY) from None

    def after(self, line: int) -> Callable[[list[Outcome]], None]:
        """What writes that the file is done with up to that line. Raises BadFile when another process did."""
        before, done = self.line, self.outcomes

        def write(outcomes: list[Outcome]) -> None:
            self.line, self.outcomes = line, done + Counter(outcomes)
            counts = {outcome.value: count for outcome, count in self.outcomes.items()}
            self._update(before, line=line, counts=counts)

        return write

    def end(self, now: datetime) -> None:
        """The file is done with."""
        self._update(self.line, ended_at=now)
        self.session.commit()

    def _update(self, before: int, **values: object) -> None:
        change = update(ImportRow).where(col(ImportRow.key) == self.key, col(ImportRow.line) == before)
        if self.session.connection().execute(change.values(**values)).rowcount != 1:
            self.session.rollback()
            raise BadFile(BUSY)


class _Foresight:
    """What would become of each row. It remembers what it foresaw: an address may stand in a file twice."""

    def __init__(self, session: Session, keys: Sequence[str]) -> None:
        self.session = session
        self.keys = keys
        # By the hashes, not the addresses: a million of them have to find room.
        self.standings: dict[int, Standing] = {}
        self.suppressed: set[int] = set()
        self.alike: dict[Standing, Standing] = {}

    def store(self, batch: _Batch) -> list[Outcome]:
        """The outcomes of a batch that is not stored."""
        self.suppressed.update(map(hash, batch.suppressed))
        addresses = {entry.address for entry in batch.entries}
        _, standings = known_among(self.session, addresses)
        keys = {(entry.address, entry.newsletter) for entry in batch.entries}
        standings |= {key: self.standings[hash(key)] for key in keys if hash(key) in self.standings}
        suppressed = suppressed_among(self.session, addresses, self.keys)
        suppressed |= {address for address in addresses if hash(address) in self.suppressed}
        outcomes = [decide(entry, standings, suppressed) for entry in batch.entries]
        for key in keys & standings.keys():
            standing = standings[key]
            self.standings[hash(key)] = self.alike.setdefault(standing, standing)
        self.session.rollback()
        return [Outcome.SUPPRESSED] * len(batch.suppressed) + outcomes
