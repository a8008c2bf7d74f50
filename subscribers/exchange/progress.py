"""What of a file is done with, kept in the database; or what would become of it, kept nowhere."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from subscribers.enrolling import Entry, Outcome, Standing, decide, known_among
from subscribers.exchange.layout import BadFile
from subscribers.models import ImportRow
from subscribers.suppression import suppressed_among

BUSY = "it is being imported by another process at this moment"


@dataclass(slots=True)
class Batch:
    """Some rows in a row, up to a line."""

    line: int = 0
    entries: list[Entry] = field(default_factory=list)
    suppressed: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.entries) + len(self.suppressed)


class Progress:
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


class Foresight:
    """What would become of each row. It remembers what it foresaw: an address may stand in a file twice."""

    def __init__(self, session: Session, keys: Sequence[str]) -> None:
        self.session = session
        self.keys = keys
        # By the hashes, not the addresses: a million of them have to find room.
        self.standings: dict[int, Standing] = {}
        self.suppressed: set[int] = set()
        self.alike: dict[Standing, Standing] = {}

    def store(self, batch: Batch) -> list[Outcome]:
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
