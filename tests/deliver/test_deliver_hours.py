"""Deliveries that wait for the hour at which their readers want them."""

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, col, select, update

from digest.deliver import Balance, filling, outbox
from digest.deliver.hours import due_times, next_time_of
from digest.store.models import DeliveryRow, DeliveryState, IssueRow, IssueState, Subscriber, Subscription, VariantRow
from subscribers.audience import audience, hours_of, still_wanted
from tests.deliver.conftest import NOW, address_of, make_issue
from tests.deliver.test_deliver_issue import send
from tests.postbox import Postbox

LISBON, NEW_YORK, KOLKATA = ZoneInfo("Europe/Lisbon"), ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata")
EXPIRES = NOW + timedelta(hours=20)
EVENING = datetime(2026, 11, 23, 18, tzinfo=UTC)
# With clocks that go forward at midnight or by half an hour, a day that was left out, and odd distances from UTC.
ZONES = [
    *("Europe/Lisbon", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia"),
    *("America/Sao_Paulo", "Asia/Beirut", "Africa/Casablanca", "America/Caracas", "Asia/Pyongyang", "UTC"),
]


@given(
    hour=st.integers(0, 23),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    now=st.datetimes(datetime(2005, 1, 1), datetime(2037, 12, 31), timezones=st.just(UTC)),
)
def test_the_hour_comes_within_a_day_and_is_that_on_the_clocks_there(hour: int, zone: ZoneInfo, now: datetime) -> None:
    due = next_time_of(hour, zone, now)
    if due is None:
        assert now.astimezone(zone).hour == hour
        return
    assert now < due <= now + timedelta(hours=25)
    there = due.astimezone(zone)
    assert (there.hour, there.minute) == (hour, 0) or not _exists(hour, zone, due)
    earlier = (now + timedelta(minutes=step) for step in range(15, int((due - now).total_seconds() / 60), 15))
    assert all(moment.astimezone(zone).hour != hour for moment in earlier)


def _exists(hour: int, zone: ZoneInfo, near: datetime) -> bool:
    """Whether clocks there show that full hour at some time within a day before."""
    shown = (near - timedelta(minutes=15 * step) for step in range(4 * 24))
    return any((each.astimezone(zone).hour, each.astimezone(zone).minute) == (hour, 0) for each in shown)


@pytest.mark.parametrize(
    ("hour", "zone", "now", "due"),
    [
        (18, LISBON, NOW, EVENING),
        (18, NEW_YORK, NOW, datetime(2026, 11, 23, 23, tzinfo=UTC)),
        (18, KOLKATA, NOW, datetime(2026, 11, 23, 12, 30, tzinfo=UTC)),
        (7, LISBON, NOW + timedelta(minutes=3), None),
        # 2026-03-29: there is no hour 1 in Lisbon; 2026-10-25: there are two.
        (1, LISBON, datetime(2026, 3, 28, 22, tzinfo=UTC), datetime(2026, 3, 29, 1, tzinfo=UTC)),
        (1, LISBON, datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 0, tzinfo=UTC)),
        (1, LISBON, datetime(2026, 10, 25, 1, 30, tzinfo=UTC), None),
    ],
)
def test_some_hours_and_when_they_are(hour: int, zone: ZoneInfo, now: datetime, due: datetime | None) -> None:
    assert next_time_of(hour, zone, now) == due


def test_what_would_come_too_late_goes_at_once_and_nobodys_place_is_unknown() -> None:
    pairs = [("", 18), ("", 2), ("", 3), ("No/Where", 9), ("../etc", 9), ("Europe", 9), ("x" * 5000, 9), ("", 24)]
    assert due_times(pairs, LISBON, NOW, EXPIRES) == {
        ("", 18): EVENING,
        ("", 2): EXPIRES - timedelta(hours=1),
        **{(name, 9): NOW + timedelta(hours=2) for name in ("No/Where", "../etc", "Europe", "x" * 5000)},
    }


def make_evening_issue(engine: Engine, readers: int, late: int) -> int:
    """An issue of which the first ``late`` readers want theirs at six in the evening."""
    issue_id = make_issue(engine, readers)
    with Session(engine) as session:
        session.exec(update(DeliveryRow).where(col(DeliveryRow.subscriber_id) <= late).values(due_at=EVENING))
        session.commit()
    return issue_id


@pytest.mark.anyio
async def test_each_is_sent_at_its_hour_and_not_before(engine: Engine, postbox: Postbox) -> None:
    issue_id = make_evening_issue(engine, 5, late=2)
    assert await send(engine, issue_id, postbox.port) == Balance(audience=5, sent=3, queued=2, for_later=2)
    assert not outbox.finish(engine, issue_id, now=NOW)
    assert outbox.rests(engine, issue_id, now=EVENING - timedelta(seconds=1))
    before = EVENING - timedelta(seconds=1)
    assert (await send(engine, issue_id, postbox.port, clock=lambda: before)).for_later == 2
    assert not outbox.rests(engine, issue_id, now=EVENING)
    assert await send(engine, issue_id, postbox.port, clock=lambda: EVENING) == Balance(audience=5, sent=5)
    assert sorted(postbox.recipients) == [address_of(number) for number in range(1, 6)]
    assert outbox.finish(engine, issue_id, now=EVENING)


def test_an_issue_rests_only_while_nothing_can_be_done_for_it(sqlite_engine: Engine) -> None:
    issue_id = make_evening_issue(sqlite_engine, 2, late=2)
    assert outbox.rests(sqlite_engine, issue_id, now=NOW)
    assert not outbox.rests(sqlite_engine, issue_id, now=EXPIRES + timedelta(seconds=1))  # to be given up
    for state, due, rests in (
        (DeliveryState.DEFERRED, NOW, False),
        (DeliveryState.DEFERRED, EVENING, True),
        (DeliveryState.SENDING, EVENING, False),  # perhaps of a process that is gone
        (DeliveryState.QUEUED, None, False),
        (DeliveryState.SENT, None, True),  # the other one still waits
    ):
        with Session(sqlite_engine) as session:
            first = update(DeliveryRow).where(col(DeliveryRow.subscriber_id) == 1)
            session.exec(first.values(state=state, due_at=due))
            session.commit()
        assert outbox.rests(sqlite_engine, issue_id, now=NOW) == rests
    with Session(sqlite_engine) as session:
        session.exec(update(DeliveryRow).values(state=DeliveryState.SENT))
        session.commit()
    assert not outbox.rests(sqlite_engine, issue_id, now=NOW)  # to be finished


def test_what_a_dead_process_held_keeps_its_time(engine: Engine) -> None:
    issue_id = make_evening_issue(engine, 1, late=1)
    options = {"wanted": lambda reader: still_wanted(reader, "daily", EVENING), "lease": timedelta(minutes=15)}
    assert outbox.claim(engine, issue_id, holder="dead", limit=9, now=NOW, **options)[1] == []
    _, [first] = outbox.claim(engine, issue_id, holder="dead", limit=9, now=EVENING, **options)
    assert outbox.recover(engine, issue_id, now=EVENING + timedelta(minutes=16)) == 1
    later = EVENING + timedelta(minutes=16)
    _, [second] = outbox.claim(engine, issue_id, holder="alive", limit=9, now=later, **options)
    assert second == first
    assert second.due == EVENING


def test_a_pause_that_begins_before_the_hour_takes_the_delivery_back(sqlite_engine: Engine, postbox: Postbox) -> None:
    issue_id = make_evening_issue(sqlite_engine, 2, late=2)
    with Session(sqlite_engine) as session:
        paused = update(Subscription).where(col(Subscription.subscriber_id) == 1)
        session.exec(paused.values(paused_until=EVENING + timedelta(days=7)))
        session.commit()
    options = {"clock": lambda: EVENING, "wanted": lambda reader: still_wanted(reader, "daily", EVENING)}
    balance = asyncio.run(send(sqlite_engine, issue_id, postbox.port, **options))
    assert balance == Balance(audience=2, sent=1, withdrawn=1)
    assert postbox.recipients == [address_of(2)]


def test_the_outbox_learns_each_readers_hour_and_rendering_in_one_go(engine: Engine) -> None:
    chosen = [
        ("", "", None, ""),
        ("de", "", 18, ""),
        ("de", "sport", 18, "America/New_York"),
        ("fr", "sport", 2, "Asia/Kolkata"),
        ("de", "sport", 3, ""),
    ]
    with Session(engine) as session:
        issue_id, own, others = _issue_and_readers(session, chosen)
        pairs = hours_of(session, audience("daily", NOW), 10)
        assert set(pairs) == {(zone, hour) for _, _, hour, zone in chosen if hour is not None}
        variants = {("de", ""): others[0], ("de", "sport"): others[1]}
        times = due_times(pairs, LISBON, NOW, EXPIRES)
        people = audience("daily", NOW)
        assert filling.fill(session, issue_id, own, people, variants=variants, due_times=times) == 5
        session.commit()
        rows = session.exec(select(DeliveryRow).order_by(col(DeliveryRow.subscriber_id))).all()
    assert [(row.variant_id, row.due_at) for row in rows] == [
        (own, None),
        (others[0], EVENING),
        (others[1], datetime(2026, 11, 23, 23, tzinfo=UTC)),
        (own, datetime(2026, 11, 23, 20, 30, tzinfo=UTC)),
        (others[1], None),
    ]


def test_a_list_of_very_many_choices_is_filled_all_the_same(engine: Engine) -> None:
    with Session(engine) as session:
        issue_id, own, others = _issue_and_readers(session, [("de", "sport", 18, "")])
        variants = {(f"x{number}", "sport"): own for number in range(filling.CHOICES)} | {("de", "sport"): others[0]}
        times = {(f"Zone/{number}", 18): NOW for number in range(filling.CHOICES)} | {("", 18): EVENING}
        filling.fill(session, issue_id, own, audience("daily", NOW), variants=variants, due_times=times)
        session.rollback()  # the tables that were looked up in are gone with it
        filling.fill(session, issue_id, own, audience("daily", NOW), variants=variants, due_times=times)
        session.commit()
        row = session.exec(select(DeliveryRow)).one()
    assert (row.variant_id, row.due_at) == (others[0], EVENING)


def _issue_and_readers(
    session: Session, chosen: list[tuple[str, str, int | None, str]]
) -> tuple[int, int, tuple[int, int]]:
    issue = IssueRow(newsletter="daily", slot=NOW, state=IssueState.SENDING, created_at=NOW, expires_at=EXPIRES)
    session.add(issue)
    session.flush()
    variants = [VariantRow(issue_id=issue.id or 0, language=f"l{number}", html="", text="") for number in range(3)]
    session.add_all(variants)
    for number, (language, topics, hour, zone) in enumerate(chosen, 1):
        address = address_of(number)
        session.add(Subscriber(id=number, address=address, language=language, timezone=zone, created_at=NOW))
        session.flush()
        words = {"newsletter": "daily", "status": "active", "requested_at": NOW}
        session.add(Subscription(subscriber_id=number, topics=topics, hour=hour, **words))
    session.commit()
    own, *others = (variant.id or 0 for variant in variants)
    return issue.id or 0, own, (others[0], others[1])
