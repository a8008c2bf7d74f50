"""How many letters an address has been sent lately: nobody can make us fill a stranger's inbox.

What counts is the address, not the subscription: list bombing asks for every newsletter there is. Addresses are kept
as keyed fingerprints, and no longer than they count.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from subscribers.changes import made
from subscribers.mail import Kind
from subscribers.models import LetterRow
from subscribers.suppression import fingerprint

ATTEMPTS = 20
WEEK = timedelta(days=7)
DAY = timedelta(days=1)
# What anybody can cause who knows an address.
UNASKED = (Kind.CONFIRM, Kind.ALREADY)
LIMIT = 3  # of these a week, of each other kind a day


def may_write(session: Session, address: str, kind: Kind, *, now: datetime, keys: Sequence[str]) -> bool:
    """Write down that a letter of that kind is about to go to the normalised address, and commit.

    False, and nothing is written, when the address has had its share of such letters. ``keys`` are the secret keys,
    the newest first.
    """
    own, *older = (fingerprint(address, key) for key in keys)
    for _ in range(ATTEMPTS):
        # In one look, or another letter could slip in between what is counted and the number that is taken.
        rows = session.exec(select(LetterRow).where(col(LetterRow.address).in_([own, *older]))).all()
        if _is_enough(rows, kind, now):
            return False
        number = max((row.number for row in rows if row.address == own), default=0) + 1
        session.add(LetterRow(address=own, number=number, kind=kind, at=now))
        try:
            session.commit()
        except IntegrityError:  # another letter to the same address was written down at this very moment
            session.rollback()
        else:
            return True
    return False


def strike_out(session: Session, address: str, kind: Kind, at: datetime, keys: Sequence[str]) -> None:
    """Take back what was written down at that instant: the letter could not be sent. The caller commits."""
    mine = col(LetterRow.address).in_([fingerprint(address, key) for key in keys])
    session.execute(delete(LetterRow).where(mine, col(LetterRow.kind) == kind, col(LetterRow.at) == at))


def forget_letters(session: Session, *, now: datetime) -> int:
    """Drop what counts no more; return how many. The caller commits."""
    return made(session, delete(LetterRow).where(col(LetterRow.at) <= now - WEEK))


def _is_enough(rows: Sequence[LetterRow], kind: Kind, now: datetime) -> bool:
    kinds, since = (UNASKED, now - WEEK) if kind in UNASKED else ((kind,), now - DAY)
    return sum(row.kind in kinds and row.at > since for row in rows) >= LIMIT
