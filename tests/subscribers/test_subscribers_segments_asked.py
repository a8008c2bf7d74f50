"""Both databases choose whom the plain reading of a segment chooses."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete
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
FIELD = st.sampled_from(
    [
        *(Field(name, kind) for name, kind in FIELDS.items()),
        *(Field("field", Kind.WORDS, key) for key in ("city", "x-1")),
    ]
)


@st.composite
def comparisons(draw: st.DrawFn) -> Expression:
    field = draw(FIELD)
    if field.kind is Kind.MOMENT and draw(st.booleans()):
        return Lately(field, draw(st.sampled_from([1, 30])))
    if field.kind not in (Kind.KEY, Kind.STATUS, Kind.NUMBER) and draw(st.integers(0, 3)) == 0:
        return Known(field)
    operator = draw(st.sampled_from(OPERATORS.get(field.kind, [Operator.IS])))
    known = [value for value in VALUES[field.kind] if value or operator not in (Operator.CONTAINS, Operator.STARTS)]
    most = 3 if operator is Operator.IS else 1
    return Comparison(field, operator, tuple(draw(st.lists(st.sampled_from(known), min_size=1, max_size=most))))


def _joined(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    several = st.lists(parts, min_size=1, max_size=3).map(tuple)
    return parts.map(Not) | several.map(All) | several.map(Some)


EXPRESSIONS = st.recursive(comparisons(), _joined, max_leaves=6)
MEMBERS = st.tuples(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(WORDS),
            "language": st.sampled_from(TAGS),
            "flag": st.sampled_from(WORDS),
            "bounces": st.integers(0, 2),
            "engaged_at": st.none() | st.sampled_from(MOMENTS),
            "fields": st.dictionaries(st.sampled_from(["city", "x-1", "other"]), st.sampled_from(WORDS)),
        }
    ),
    st.fixed_dictionaries(
        {
            "newsletter": st.sampled_from(["daily", "weekly"]),
            "status": st.sampled_from(list(Status)),
            "requested_at": st.sampled_from(MOMENTS),
            "confirmed_at": st.none() | st.sampled_from(MOMENTS),
            "topics": st.sampled_from(["", "sport", "city,sport", "airport,port-wine", "city"]),
            "page": st.sampled_from(WORDS),
        }
    ),
)


def check(engine: Engine, members: list[tuple[dict, dict]], expressions: list[Expression]) -> None:
    with Session(engine) as session:
        for table in (Subscription, Subscriber):
            session.execute(delete(table))
        for number, (person, belonging) in enumerate(members):
            subscriber = Subscriber(address=f"{number}@example.com", created_at=NOW, **person)
            session.add(subscriber)
            session.flush()
            session.add(Subscription(subscriber_id=subscriber.id, **belonging))
        session.commit()
        everybody = select(Subscription, Subscriber).join(
            Subscriber, col(Subscriber.id) == col(Subscription.subscriber_id)
        )
        pairs = session.exec(everybody).all()
        for expression in expressions:
            segment = Segment("", expression)
            chosen = {subscription.id for subscription, _ in session.exec(everybody.where(condition(segment, NOW)))}
            assert chosen == {
                subscription.id for subscription, subscriber in pairs if holds(segment, subscriber, subscription, NOW)
            }


FEW_HUNDRED = {"members": st.lists(MEMBERS, min_size=1, max_size=12), "expressions": st.lists(EXPRESSIONS, max_size=12)}
ONE_DATABASE = [HealthCheck.function_scoped_fixture]


@settings(max_examples=40, suppress_health_check=ONE_DATABASE)
@given(**FEW_HUNDRED)
def test_the_database_chooses_whom_the_plain_reading_chooses(session: Session, members, expressions) -> None:
    check(session.get_bind(), members, expressions)


@settings(max_examples=12, suppress_health_check=ONE_DATABASE)
@given(**FEW_HUNDRED)
def test_both_databases_choose_alike(engine: Engine, members, expressions) -> None:
    check(engine, members, expressions)


@pytest.mark.thorough
@settings(max_examples=500, suppress_health_check=ONE_DATABASE)
@given(**FEW_HUNDRED)
def test_both_databases_choose_alike_for_a_long_while(engine: Engine, members, expressions) -> None:
    check(engine, members, expressions)


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
