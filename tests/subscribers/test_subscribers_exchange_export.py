"""The list goes out whole, and what comes in from it elsewhere is the same list."""

import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete
from sqlmodel import Session, col, select

from subscribers.consent import Act
from subscribers.enrolling import Details, Entry
from subscribers.exchange import Form, Wanted, Which, export, export_csv, import_csv, import_file
from subscribers.exchange.cells import clean_fields, clean_value
from subscribers.models import Consent, Status, Subscriber, Subscription, Suppression
from subscribers.names import clean_name
from subscribers.roster import add, forget, remove
from subscribers.suppression import suppress

NOW = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
KEYS = ("k" * 40,)
TABLES = (Consent, Subscription, Subscriber, Suppression)

words = st.text(st.characters(codec="utf-8"), max_size=20) | st.text("=+-@'\"\t ,;\n", max_size=8)
moments = st.datetimes(datetime(1999, 1, 1), datetime(2026, 3, 1)).map(lambda when: when.replace(tzinfo=UTC))
details = st.builds(
    Details,
    timezone=st.sampled_from(["", "Europe/Lisbon", "Asia/Tokyo"]),
    fields=st.dictionaries(words, words, max_size=3).map(lambda found: clean_fields(found.items())),
    flag=words.map(clean_value),
    topics=st.sampled_from(["", "sea", "city,sea"]),
    hour=st.none() | st.integers(0, 23),
    paused_until=st.none() | moments.map(lambda when: when + timedelta(days=400)),
    page=st.sampled_from(["", "https://www.example.com/a?b=c,d"]),
)
entries = st.builds(
    Entry,
    address=st.from_regex(r"[a-z+=-][a-z0-9=-]{0,9}@example\.com", fullmatch=True),
    newsletter=st.sampled_from(["daily", "weekly"]),
    name=words.map(clean_name),
    language=st.sampled_from(["", "fr", "pt-BR"]),
    status=st.sampled_from(Status),
    requested_at=moments,
    confirmed_at=st.none() | moments,
    ended_at=st.none() | moments,
    details=details,
)


def emptied(engine):
    session = Session(engine)
    for table in TABLES:
        session.execute(delete(table))
    session.commit()
    return session


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(entries, max_size=8, unique_by=lambda entry: entry.address))
def test_a_list_that_is_exported_and_imported_elsewhere_is_the_same_list(sqlite_engine: Engine, people):
    with emptied(sqlite_engine) as session:
        add(session, people, now=NOW, keys=KEYS, act=Act.IMPORTED)
        exported = "".join(export_csv(session))
        as_json = json.loads("".join(export(session, Form.JSON)))
    with emptied(sqlite_engine) as session:
        lines = io.StringIO(exported, newline="")
        report = import_csv(session, lines, newsletters=["daily", "weekly"], now=NOW, keys=KEYS)
        assert not report.refusals
        assert "".join(export_csv(session)) == exported
        assert json.loads("".join(export(session, Form.JSON))) == as_json


@pytest.fixture
def peopled(engine: Engine):
    with Session(engine) as session:
        people = [Entry(f"r{number}@example.com", "daily", f"R {number}") for number in range(5)]
        add(session, [*people, Entry("w@example.com", "weekly", "=1")], now=NOW, keys=KEYS)
        remove(session, "r1@example.com", now=NOW)
        suppress(session, "r2@example.com", "bounce", NOW)
        suppress(session, "stranger@example.com", "complaint", NOW)
        session.commit()
        forget(session, "r3@example.com", now=NOW, keys=KEYS)
        yield session


def test_it_goes_out_in_three_forms(peopled):
    lines = [json.loads(line) for line in export(peopled, Form.LINES)]
    assert json.loads("".join(export(peopled, Form.JSON))) == lines
    assert len("".join(export(peopled, Form.CSV)).splitlines()) == len(lines) + 1
    assert [(line["email"], line["status"]) for line in lines] == [
        ("r0@example.com", "active"),
        ("r1@example.com", "unsubscribed"),
        ("r2@example.com", "suppressed"),
        ("r4@example.com", "active"),
        ("w@example.com", "active"),
        ("stranger@example.com", "suppressed"),
    ]
    assert lines[0]["requested_at"] == "2026-03-02T07:00:00+00:00"
    assert lines[4]["name"] == "=1"


def test_pages_of_it_join_without_a_seam(peopled, monkeypatch):
    whole = list(export(peopled, Form.LINES))
    monkeypatch.setattr("subscribers.exchange.exporting.PAGE", 2)
    assert list(export(peopled, Form.LINES)) == whole


def test_a_part_of_it_is_chosen_by_newsletter_status_or_any_condition(peopled):
    def chosen(**which):
        return [json.loads(line)["email"][:2] for line in export(peopled, Form.LINES, Which(**which))]

    assert chosen(newsletter="weekly") == ["w@"]
    assert chosen(status=Status.UNSUBSCRIBED) == ["r1"]
    assert chosen(where=col(Subscriber.name).like("R %")) == ["r0", "r1", "r2", "r4"]
    assert chosen(newsletter="none") == []
    assert "".join(export(peopled, Form.JSON, Which("none"))) == "[]\n"


def test_whoever_must_not_be_mailed_here_must_not_be_mailed_where_the_list_goes(peopled, tmp_path):
    raw = "".join(export_csv(peopled)).encode()
    for table in TABLES:
        peopled.execute(delete(table))
    peopled.commit()
    import_file(peopled, io.BytesIO(raw), Wanted(["daily", "weekly"]), now=NOW, keys=KEYS)
    assert set(peopled.exec(select(Suppression.address))) == {"r2@example.com", "stranger@example.com"}
    assert peopled.exec(select(Subscription.status).order_by(col(Subscription.id))).all() == [
        *("active", "unsubscribed", "active", "active")
    ]
