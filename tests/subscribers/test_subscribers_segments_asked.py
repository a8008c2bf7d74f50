"""Both databases choose whom the plain reading of a segment chooses."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from subscribers.models import Status, Subscriber, Subscription
from subscribers.segments import Segment, condition, holds, parse
from subscribers.segments.expressions import (
    FIELDS,
    All,
    Comparison,
    Expression,
    Field,
    Kind,
    Known,
    Lately,
    Not,
    Operator,
    Some,
)

CROWD = 300
NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
WORDS = ["", "Porto", "porto", "Órtigas", "%", "_", "a_b", "/x%", "o'Neill\"", "\\", "日本", "İ", "ſ", "K"]
TAGS = ["", "pt", "pt-BR", "PT-br", "pt-BR-x", "ptx", "es"]
DAYS = [date(2026, 11, 22), date(2026, 11, 23), date(2026, 10, 24)]
MOMENTS = [
    datetime(2026, 11, 22, 0, 0, tzinfo=UTC),
    datetime(2026, 11, 22, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(2026, 11, 23, 0, 0, tzinfo=UTC),
    NOW - timedelta(days=30),
    NOW - timedelta(days=30, microseconds=1),
]
VALUES: dict[Kind, Sequence[str | int | date]] = {
    Kind.KEY: ["daily", "weekly"],
    Kind.STATUS: [status.value for status in Status],
    Kind.TOPIC: ["sport", "port", "city"],
    Kind.LANGUAGE: TAGS,
    Kind.WORDS: WORDS,
    Kind.MOMENT: DAYS,
    Kind.NUMBER: [0, 1, 2],
}
ORDER = [Operator.IS, Operator.BELOW, Operator.AT_MOST, Operator.ABOVE, Operator.AT_LEAST]
OPERATORS = {
    Kind.WORDS: [Operator.IS, Operator.CONTAINS, Operator.STARTS],
    Kind.MOMENT: ORDER,
    Kind.NUMBER: ORDER,
}
ASKED = [*(Field(name, kind) for name, kind in FIELDS.items()), Field("field", Kind.WORDS, "x-1")]
NEVER_UNKNOWN = (Kind.KEY, Kind.STATUS, Kind.NUMBER)


def comparisons_of(field: Field) -> list[Expression]:
    """Every comparison of the field with one value or two."""
    found: list[Expression] = [] if field.kind in NEVER_UNKNOWN else [Known(field)]
    if field.kind is Kind.MOMENT:
        found += [Lately(field, days) for days in (1, 30)]
    for operator in OPERATORS.get(field.kind, [Operator.IS]):
        values = VALUES[field.kind]
        found += [Comparison(field, operator, (value,)) for value in values if value != "" or operator is Operator.IS]
    found.append(Comparison(field, Operator.IS, (values[0], values[-1])))
    return found


COMPARISONS = [comparison for field in ASKED for comparison in comparisons_of(field)]


def _joined(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    several = st.lists(parts, min_size=1, max_size=3).map(tuple)
    return parts.map(Not) | several.map(All) | several.map(Some)


EXPRESSIONS = st.recursive(st.sampled_from(COMPARISONS), _joined, max_leaves=8)


def fill(session: Session) -> None:
    """Readers of every kind, the same ones each time."""
    draw = Random(2026)
    for number in range(CROWD):
        subscriber = Subscriber(
            address=f"{number}@example.com",
            name=draw.choice(WORDS),
            language=draw.choice(TAGS),
            flag=draw.choice(WORDS),
            bounces=draw.randrange(3),
            engaged_at=draw.choice([None, *MOMENTS]),
            fields={key: draw.choice(WORDS) for key in draw.sample(["x-1", "x", "city"], draw.randrange(4))},
            created_at=NOW,
        )
        session.add(subscriber)
        session.flush()
        subscription = Subscription(
            subscriber_id=subscriber.id,
            newsletter=draw.choice(["daily", "weekly"]),
            status=draw.choice(list(Status)),
            requested_at=draw.choice(MOMENTS),
            confirmed_at=draw.choice([None, *MOMENTS]),
            topics=draw.choice(["", "sport", "city,sport", "airport,port-wine", "city"]),
            page=draw.choice(WORDS),
        )
        session.add(subscription)
    session.commit()


@dataclass
class Crowd:
    """A database full of readers."""

    session: Session
    readers: Sequence[tuple[Subscription, Subscriber]]

    def check(self, expression: Expression) -> None:
        segment = Segment("", expression)
        chosen = set(self.session.scalars(JOINED.where(condition(segment, NOW))))
        assert chosen == {belonging.id for belonging, reader in self.readers if holds(segment, reader, belonging, NOW)}


JOINED = select(col(Subscription.id)).join(Subscriber, col(Subscriber.id) == col(Subscription.subscriber_id))


@pytest.fixture
def crowd(engine: Engine) -> Iterator[Crowd]:
    with Session(engine) as session:
        fill(session)
        pairs = select(Subscription, Subscriber).join(Subscriber, col(Subscriber.id) == col(Subscription.subscriber_id))
        yield Crowd(session, session.exec(pairs).all())


def test_both_databases_answer_every_comparison_and_its_denial_as_the_plain_reading_does(crowd: Crowd) -> None:
    for comparison in COMPARISONS:
        crowd.check(comparison)
        crowd.check(Not(comparison))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(expression=EXPRESSIONS)
def test_both_databases_answer_what_is_joined_as_the_plain_reading_does(crowd: Crowd, expression: Expression) -> None:
    crowd.check(expression)


@pytest.mark.thorough
@settings(max_examples=3000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(expression=EXPRESSIONS)
def test_both_databases_answer_thousands_of_segments_alike(crowd: Crowd, expression: Expression) -> None:
    crowd.check(expression)


READERS = {
    "ann": ({"language": "pt-BR", "fields": {"city": "Porto"}, "engaged_at": NOW - timedelta(days=3)}, {"topics": ""}),
    "bob": ({"language": "es", "fields": {"city": ""}, "bounces": 2}, {"topics": "city,sport", "page": "https://a/b"}),
    "eve": ({"name": "Eve O'Neill"}, {"topics": "city", "confirmed_at": datetime(2026, 1, 1, 23, 59, tzinfo=UTC)}),
}


@pytest.fixture
def readers(session: Session) -> Session:
    for name, (person, belonging) in READERS.items():
        subscriber = Subscriber(address=f"{name}@example.com", created_at=NOW, **person)
        session.add(subscriber)
        session.flush()
        asked = {"newsletter": "daily", "requested_at": datetime(2025, 6, 1, tzinfo=UTC), **belonging}
        session.add(Subscription(subscriber_id=subscriber.id, **asked))
    session.commit()
    return session


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('language = "pt"', "ann"),
        ('language = "PT-br"', "ann"),
        ('language = "p"', ""),
        ('language = ""', "eve"),
        ('language != "es"', "ann eve"),
        ('field.city = "porto"', "ann"),
        ('field.city != "Porto"', "bob eve"),
        ("field.city is unknown", "bob eve"),
        ('field.no-such starts with "x"', ""),
        ('not field.no-such starts with "x"', "ann bob eve"),
        ("engaged within 1 week", "ann"),
        ("not engaged within 1 week", "bob eve"),
        ("engaged < 2026-11-20", ""),
        ("engaged is unknown", "bob eve"),
        ("joined > 2025-12-31", "eve"),
        ("joined = 2026-01-01", "eve"),
        ("joined > 2026-01-01", ""),
        ("joined <= 2026-01-01", "ann bob eve"),
        ('topic = "sport"', "ann bob"),
        ('not topic = "sport"', "eve"),
        ("topic is unknown", "ann"),
        ('page starts with "https://"', "bob"),
        ('name ~ "o\'neill"', "eve"),
        ('name contains "\'; DROP TABLE subscriber; --"', ""),
        ("bounces in (1, 2)", "bob"),
        ('bounces < 2 and not (language = "pt" or language = "es")', "eve"),
    ],
)
def test_a_segment_chooses_whom_its_words_promise(readers: Session, text: str, names: str) -> None:
    chosen = (
        select(Subscriber.address)
        .join(Subscription, col(Subscription.subscriber_id) == col(Subscriber.id))
        .where(condition(parse(text), NOW))
        .order_by(Subscriber.address)
    )
    assert [address.partition("@")[0] for address in readers.exec(chosen)] == names.split()
