"""Leaving by mail: the token in the subject counts, and nothing else that a mail may claim."""

from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, select

from digest.feedback import leave_by_mail
from subscribers.models import Consent, Status, Subscription
from subscribers.roster import Entry, add
from subscribers.tokens import Tokens

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
KEYS = ("a key for these tests only",)


@pytest.fixture
def reader(sqlite_engine: Engine) -> int:
    with Session(sqlite_engine) as session:
        add(session, [Entry("ana@example.com", "daily"), Entry("bo@example.com", "daily")], now=NOW, keys=KEYS)
        return session.exec(select(Subscription.subscriber_id)).first() or 0


@pytest.fixture
def leave(sqlite_engine: Engine) -> Callable[..., object]:
    def take(subject: str, sender: str = "ana@example.com") -> object:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, "leave@news.example.com", subject
        mail.set_content("Please let me go.")
        with Session(sqlite_engine) as session:
            return leave_by_mail(session, mail.as_bytes(), Tokens(KEYS), now=NOW)

    return take


def active(engine: Engine) -> list[int]:
    with Session(engine) as session:
        return list(session.exec(select(Subscription.subscriber_id).where(Subscription.status == Status.ACTIVE)))


@pytest.mark.parametrize("before", ["", "Re: ", "unsubscribe "])
def test_the_token_in_the_subject_ends_one_subscription(
    sqlite_engine: Engine, reader: int, leave: Callable[..., object], before: str
) -> None:
    assert len(active(sqlite_engine)) == 2
    token = Tokens(KEYS).issue_unsubscribe(reader, "daily")
    assert leave(before + token)
    assert leave(before + token), "it is asked again"
    assert reader not in active(sqlite_engine)
    assert len(active(sqlite_engine)) == 1
    with Session(sqlite_engine) as session:
        ends = session.exec(select(Consent).where(Consent.act == "unsubscribed")).all()
    assert [(end.subscriber_id, end.form) for end in ends] == [(reader, "mail")]


def test_who_a_mail_says_it_is_from_counts_for_nothing(
    sqlite_engine: Engine, reader: int, leave: Callable[..., object]
) -> None:
    stranger = Tokens(("another key",)).issue_unsubscribe(reader, "daily")
    other_door = Tokens(KEYS).issue_preferences(reader, "daily")
    for subject in ("unsubscribe", "", stranger, other_door, f"{reader}.daily.AAAA"):
        assert leave(subject) is None
    assert len(active(sqlite_engine)) == 2


@given(st.binary(max_size=2000))
def test_no_mail_is_too_strange(raw: bytes) -> None:
    with Session() as session:
        assert leave_by_mail(session, raw, Tokens(KEYS), now=NOW) is None
