"""The laws of permits, held against whatever may happen in whatever order."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine

from digest.deliver.quotas import GIVEN_BACK_WITHIN, USED_WITHIN, Grant, give_back, reserve
from digest.sending import Limits
from digest.store.engine import open_database

BEGIN = datetime(2026, 11, 25, 7, 30, 15, tzinfo=UTC)
PER_HOUR, PER_DAY = 20, 60
QUOTAS = Limits(per_hour=PER_HOUR, per_day=PER_DAY)
SERVERS = count()

NUMBERS = st.integers(1, 30)
SECONDS = st.one_of(st.integers(0, 100), st.integers(0, 1200), st.integers(3000, 4000), st.integers(0, 90_000))
HAPPENINGS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["reserve", "use", "give back"]), NUMBERS), st.tuples(st.just("wait"), SECONDS)
    ),
    max_size=40,
)


@pytest.fixture(scope="module")
def memory() -> Iterator[Engine]:
    """A database in memory: each sequence of happenings is about a mail server of its own."""
    engine = open_database("sqlite://")
    yield engine
    engine.dispose()


class Sender:
    """One that asks, sends and gives back, and writes down when it sent."""

    def __init__(self, connection: Connection) -> None:
        self.connection, self.server = connection, f"server {next(SERVERS)}"
        self.now = BEGIN
        self.held: list[datetime] = []  # when each permit was given that is not used yet
        self.sent: list[datetime] = []

    def reserve(self, number: int) -> Grant:
        grant = reserve(self.connection, self.server, QUOTAS, number, self.now)
        self.held += [self.now] * grant.count
        return grant

    def use(self, number: int) -> None:
        self.sent += [self.now] * len(self._newest(number, USED_WITHIN))

    def give_back(self, number: int) -> None:
        give_back(self.connection, self.server, QUOTAS, len(self._newest(number, GIVEN_BACK_WITHIN)), self.now)

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def _newest(self, number: int, minutes: int) -> list[datetime]:
        young = [given for given in self.held if self.now - given <= timedelta(minutes=minutes)][-number:]
        self.held = self.held[: len(self.held) - len(young)]
        return young


def most_within(moments: list[datetime], window: timedelta) -> int:
    return max((bisect_right(moments, moment + window) - place for place, moment in enumerate(moments)), default=0)


@given(happenings=HAPPENINGS)
@settings(max_examples=50)
def test_no_hour_and_no_day_sees_more_than_its_quota_and_permits_come_back(
    memory: Engine, happenings: list[tuple[str, int]]
) -> None:
    with memory.begin() as connection:
        sender = Sender(connection)
        for what, number in happenings:
            getattr(sender, what.replace(" ", "_"))(number)
        grant = sender.reserve(1)
        sender.wait(grant.wait)
        assert grant.count or sender.reserve(1).count
    assert most_within(sender.sent, timedelta(hours=1)) <= PER_HOUR
    assert most_within(sender.sent, timedelta(days=1)) <= PER_DAY


@given(
    per_second=st.one_of(st.floats(0.05, 5), st.floats(5, 5000)),
    happenings=st.lists(st.tuples(st.integers(1, 2000), st.floats(0, 3), st.floats(0, 1)), max_size=20),
)
@settings(max_examples=50)
def test_no_two_messages_leave_closer_together_than_their_rate_allows(
    memory: Engine, per_second: float, happenings: list[tuple[int, float, float]]
) -> None:
    limits, now = Limits(per_second=per_second), BEGIN
    spans: list[tuple[datetime, datetime]] = []  # of each booking, the first message and the end
    with memory.begin() as connection:
        server = f"server {next(SERVERS)}"
        for number, seconds, unused in happenings:
            now += timedelta(seconds=seconds)
            grant = reserve(connection, server, limits, number, now)
            if not grant.count:
                continue
            back = int(grant.count * unused)
            give_back(connection, server, limits, back, now, grant)
            first = now + timedelta(seconds=grant.start)
            end = first + timedelta(seconds=(grant.count - back) * grant.interval)
            assert grant.count == 1 or end - now <= timedelta(seconds=1.000_002)
            spans.append((first, end))
    assert all(after[0] - before[1] >= -timedelta(microseconds=2) for before, after in pairwise(spans))
