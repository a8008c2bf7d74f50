"""Whom a newsletter goes to at a moment, and what these readers chose."""

from datetime import datetime, timedelta

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from subscribers.audience import Wish, audience, hours_of, still_wanted, wishes_of
from subscribers.models import Status, Subscriber, Subscription

DAY = timedelta(days=1)


def enrol(session: Session, now: datetime, *chosen: dict[str, object]) -> None:
    """Readers 1, 2, … of the daily, with what each chose."""
    own = Subscriber.model_fields.keys()
    for number, words in enumerate(chosen, 1):
        person = {name: value for name, value in words.items() if name in own}
        session.add(Subscriber(id=number, address=f"reader{number}@example.com", created_at=now, **person))
        session.flush()
        membership = {name: value for name, value in words.items() if name not in own}
        settled = {"newsletter": "daily", "status": Status.ACTIVE, "requested_at": now}
        session.add(Subscription(subscriber_id=number, **settled, **membership))
    session.commit()


def ids(session: Session, newsletter: str, now: datetime) -> list[int]:
    return sorted(session.execute(audience(newsletter, now)).scalars())


def test_who_pauses_is_left_out_until_the_pause_ends(engine: Engine, now: datetime) -> None:
    with Session(engine) as session:
        enrol(session, now, {}, {"paused_until": now + DAY}, {"paused_until": now - DAY}, {"paused_until": now})
        assert ids(session, "daily", now) == [1, 3, 4]
        assert ids(session, "daily", now + DAY - timedelta(microseconds=1)) == [1, 3, 4]
        assert ids(session, "daily", now + DAY) == [1, 2, 3, 4]
        reader = aliased(Subscriber)
        for moment in (now, now + DAY):
            wanted = select(reader.id).where(still_wanted(reader.id, "daily", moment))
            assert sorted(session.execute(wanted).scalars()) == ids(session, "daily", moment)


def test_a_pause_is_of_one_newsletter_alone(session: Session, now: datetime) -> None:
    enrol(session, now, {"paused_until": now + DAY})
    session.add(Subscription(subscriber_id=1, newsletter="weekly", status=Status.ACTIVE, requested_at=now))
    session.commit()
    assert (ids(session, "daily", now), ids(session, "weekly", now)) == ([], [1])


def test_choices_are_told_once_each_with_what_most_chose_first(engine: Engine, now: datetime) -> None:
    with Session(engine) as session:
        lisbon = {"timezone": "Europe/Lisbon", "hour": 18}
        enrol(session, now, {"language": "de"}, {"topics": "sport"}, {"topics": "sport"}, lisbon, lisbon, {"hour": 0})
        session.execute(update(Subscription).where(col(Subscription.subscriber_id) == 1).values(status="pending"))
        session.commit()
        assert wishes_of(session, audience("daily", now), 9) == [Wish("", ""), Wish("", "sport")]
        assert wishes_of(session, audience("daily", now), 1) == [Wish("", "")]
        assert hours_of(session, audience("daily", now), 9) == [("Europe/Lisbon", 18), ("", 0)]
        assert hours_of(session, audience("daily", now), 1) == [("Europe/Lisbon", 18)]
        assert wishes_of(session, audience("weekly", now), 9) == hours_of(session, audience("weekly", now), 9) == []
