"""When a reader was last there: as early as their confirmation, and never earlier than was known already."""

from datetime import timedelta

from sqlmodel import Session

from subscribers.consent import Proof
from subscribers.engagement import engaged
from subscribers.models import Subscriber
from subscribers.signup import Wish, confirm, request
from subscribers.tokens import Confirmation


def test_a_reader_was_there_when_they_confirmed(session: Session, now, keys) -> None:
    letter = request(session, Wish("ann@example.com", ("daily",)), now=now, keys=keys)
    ann = session.get_one(Subscriber, letter.subscriber_id)
    assert ann.engaged_at is None
    confirmed = now + timedelta(hours=1)
    confirm(session, Confirmation(letter.subscriber_id, ("daily",)), now=confirmed, proof=Proof(), keys=keys)
    session.refresh(ann)
    assert ann.engaged_at == confirmed


def test_what_is_told_late_takes_nothing_back_and_concerns_nobody_else(session: Session, now) -> None:
    readers = [Subscriber(address=f"{name}@example.com", created_at=now) for name in ("ann", "bob")]
    session.add_all(readers)
    session.commit()
    for told in (now, now - timedelta(days=1), now + timedelta(days=1), now):
        engaged(session, readers[0].id, told)
        session.commit()
    assert [reader.engaged_at for reader in readers] == [now + timedelta(days=1), None]
