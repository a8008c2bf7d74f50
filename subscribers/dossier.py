"""All that is stored of one person, for that person (GDPR articles 15 and 20) and for whoever answers them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from subscribers.models import Consent, LetterRow, Merged, Subscriber, Subscription, Suppression
from subscribers.suppression import fingerprint

History = Callable[[Session, int], Sequence[Mapping[str, object]]]


def no_history(_session: Session, _subscriber_id: int) -> Sequence[Mapping[str, object]]:
    """Nothing: where nobody keeps what was sent."""
    return ()


@dataclass(frozen=True, slots=True)
class Dossier:
    """A person's rows as plain values, by the names of their columns; instants are aware UTC.

    ``deliveries`` are the issues that were sent to them, as far as that is kept.
    """

    subscriber: Mapping[str, Any]
    subscriptions: Sequence[Mapping[str, Any]]
    consents: Sequence[Mapping[str, Any]]
    letters: Sequence[Mapping[str, Any]]
    suppression: Mapping[str, Any] | None
    merged: Sequence[int]
    deliveries: Sequence[Mapping[str, object]]


def dossier_of(
    session: Session, subscriber_id: int, *, keys: Sequence[str], history: History = no_history
) -> Dossier | None:
    """Everything there is of the subscriber; None when there is nothing."""
    subscriber = session.get(Subscriber, subscriber_id)
    if subscriber is None:
        return None
    prints = [fingerprint(subscriber.address, key) for key in keys]
    silence = session.exec(
        select(Suppression).where(col(Suppression.address).in_([subscriber.address, *prints]))
    ).first()
    letters = session.exec(select(LetterRow).where(col(LetterRow.address).in_(prints)).order_by(col(LetterRow.at)))
    merged = session.exec(select(Merged.id).where(Merged.subscriber_id == subscriber_id).order_by(col(Merged.id)))
    return Dossier(
        _plain(subscriber),
        [_plain(row) for row in _rows(session, Subscription, subscriber_id)],
        [_plain(row) for row in _rows(session, Consent, subscriber_id)],
        [{"kind": letter.kind, "at": letter.at} for letter in letters],
        {"reason": silence.reason, "at": silence.at} if silence else None,
        list(merged),
        list(history(session, subscriber_id)),
    )


def written(value: object) -> object:
    """A value that JSON has no word for, in JSON's words: an instant in ISO 8601."""
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be told in JSON")


def _rows(session: Session, table: type[Subscription] | type[Consent], subscriber_id: int) -> Sequence[SQLModel]:
    return session.exec(select(table).where(table.subscriber_id == subscriber_id).order_by(col(table.id))).all()


def _plain(row: SQLModel) -> dict[str, Any]:
    values = row.model_dump()
    values.pop("subscriber_id", None)
    return values
