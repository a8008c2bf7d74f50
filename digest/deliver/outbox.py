"""The outbox: the one place that decides what is sent, and that writes deliveries.

A row is claimed, and that is committed, before any byte goes to the server; it is settled when the
server's reply is read. After a crash the rows in ``sending`` are exactly the messages in doubt.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, bindparam, case, exists, func, or_, select, update
from sqlmodel import col

from digest.deliver import quotas
from digest.deliver.holders import is_gone
from digest.deliver.quotas import Grant
from digest.sending import Limits
from digest.store.models import DeliveryRow, DeliveryState, IssueRow, IssueState, Subscriber

OPEN = (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.DEFERRED)
WAITING = (DeliveryState.QUEUED, DeliveryState.DEFERRED)
UNDER_WAY = (IssueState.SENDING, IssueState.PAUSED)
LONGEST_REPLY = 500
UNLIMITED = Limits()

# A condition on a column of subscriber ids: that reader is still to be sent the issue.
Wanted = Callable[[Any], ColumnElement[bool]]

# Made once: to make it takes as long as to execute it for twenty rows.
SETTLE = (
    update(DeliveryRow)
    .where(col(DeliveryRow.id) == bindparam("row_id"))
    .where(col(DeliveryRow.holder) == bindparam("held_by"), col(DeliveryRow.state) == DeliveryState.SENDING)
    .values(
        state=bindparam("new_state"),
        reply=case(
            (exists(select(1).where(col(Subscriber.id) == col(DeliveryRow.subscriber_id))), bindparam("said")), else_=""
        ),
        attempts=bindparam("tried"),
        due_at=bindparam("due"),
        settled_at=bindparam("when"),
        lease_until=None,
        holder="",
    )
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is ours to send now. ``attempts`` counts the earlier ones.

    ``due`` is since when it may be sent, where that is later than its issue.
    """

    id: int
    subscriber_id: int
    address: str
    name: str
    attempts: int
    variant_id: int = 0
    due: datetime | None = None

    def outcome(self, state: DeliveryState, said: str, due: datetime | None = None, *, tried: int = 1) -> "Outcome":
        """What became of it, after ``tried`` more tries."""
        return Outcome(self.id, self.subscriber_id, state, said, attempts=self.attempts + tried, due=due)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one claimed delivery. ``due`` is when one that was not made may be tried again."""

    id: int
    subscriber_id: int
    state: DeliveryState
    reply: str = ""
    attempts: int = 0
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Balance:
    """Deliveries of one issue by state, beside the audience that they must add up to.

    ``for_later`` are those of the queued that are kept for the hour that their readers chose.
    """

    audience: int = 0
    queued: int = 0
    sending: int = 0
    sent: int = 0
    deferred: int = 0
    failed: int = 0
    expired: int = 0
    withdrawn: int = 0
    for_later: int = 0

    @property
    def settled(self) -> int:
        """Deliveries that nothing more will happen to."""
        return self.sent + self.failed + self.expired + self.withdrawn

    @property
    def waiting(self) -> int:
        """Deliveries that are still to be made."""
        return self.queued + self.sending + self.deferred

    @property
    def only_for_later(self) -> bool:
        """Nothing is left to be done but to wait for readers' hours."""
        return self.waiting == self.for_later

    @property
    def adds_up(self) -> bool:
        """Every one of the audience is counted once."""
        return self.audience == self.settled + self.waiting


def claim(
    engine: Engine,
    issue_id: int,
    *,
    wanted: Wanted,
    holder: str,
    limit: int,
    lease: timedelta,
    now: datetime,
    server: str = "",
    limits: Limits = UNLIMITED,
    after: int = 0,
) -> tuple[Grant, list[Claimed]]:
    """Take up to ``limit`` deliveries that may be sent now, committed on return.

    ``server`` is the mail server that they are for, and is given no more than its ``limits`` allow. ``after`` is an id
    to begin behind, the highest that was claimed before; what is queued below is found when there is no more above.

    Those whose reader does not want it any more, says ``wanted`` (left, suppressed, erased) are withdrawn instead,
    so the answer may be shorter than what was taken; it is empty only when nothing is left to take, or nothing granted.
    """
    while True:
        with engine.begin() as connection:
            if not _is_sending(connection, issue_id):
                return Grant(0), []
            grant = quotas.reserve(connection, server, limits, limit, now)
            taken = _take(connection, issue_id, holder, grant.count, after, now + lease, now)
            claimed = _still_wanted(connection, taken, wanted)
            quotas.give_back(connection, server, limits, grant.count - len(claimed), now, grant)
            gone = set(taken) - {each.id for each in claimed}
            _withdraw(connection, gone, now)
        if claimed or not taken:
            return grant, claimed


def settle(engine: Engine, outcomes: Sequence[Outcome], *, holder: str, now: datetime) -> None:
    """Write what became of claimed deliveries; rows that somebody else holds by now are left alone.

    Of a reader who was erased meanwhile the server's words are not kept: they tend to hold the address.
    """
    with engine.begin() as connection:
        connection.execute(SETTLE, [_values(outcome, holder, now) for outcome in outcomes])
        bounced = [outcome.subscriber_id for outcome in outcomes if outcome.state == DeliveryState.FAILED]
        if bounced:
            counted = update(Subscriber).where(col(Subscriber.id).in_(bounced))
            connection.execute(counted.values(bounces=col(Subscriber.bounces) + 1))


def recover(engine: Engine, issue_id: int, *, now: datetime, but: str = "") -> int:
    """Queue again what a dead process, or one whose lease has run out, left in ``sending``; return how many.

    What the holder ``but`` has stays with it: a run knows what it has, whatever the clock was set to meanwhile.
    """
    mine = [col(DeliveryRow.issue_id) == issue_id, col(DeliveryRow.state) == DeliveryState.SENDING]
    mine.append(col(DeliveryRow.holder) != but)
    with engine.begin() as connection:
        holders = connection.scalars(select(col(DeliveryRow.holder)).where(*mine).distinct()).all()
        gone = [holder for holder in holders if is_gone(holder)]
        lost = col(DeliveryRow.holder).in_(gone) | (col(DeliveryRow.lease_until) < now)
        again = update(DeliveryRow).where(*mine, lost)
        return connection.execute(again.values(state=DeliveryState.QUEUED, lease_until=None, holder="")).rowcount


def release(engine: Engine, issue_id: int, *, holder: str) -> int:
    """Queue again what ``holder``, which has ended, still has in ``sending``; return how many."""
    held = col(DeliveryRow.state) == DeliveryState.SENDING, col(DeliveryRow.holder) == holder
    again = update(DeliveryRow).where(col(DeliveryRow.issue_id) == issue_id, *held)
    with engine.begin() as connection:
        return connection.execute(again.values(state=DeliveryState.QUEUED, lease_until=None, holder="")).rowcount


def is_sending(engine: Engine, issue_id: int) -> bool:
    """False when the issue is paused or cancelled, or all of it has left."""
    with engine.connect() as connection:
        return _is_sending(connection, issue_id)


def expire(engine: Engine, issue_id: int, *, now: datetime) -> int:
    """Give up what still waits when the issue's time is over; return how many."""
    with engine.begin() as connection:
        over = select(col(IssueRow.id)).where(col(IssueRow.id) == issue_id, col(IssueRow.expires_at) < now)
        return _end_waiting(connection, col(DeliveryRow.issue_id).in_(over), DeliveryState.EXPIRED, now)


def withdraw(engine: Engine, issue_id: int, *, now: datetime) -> int:
    """Take back what has not left of a cancelled issue; return how many."""
    with engine.begin() as connection:
        return _end_waiting(connection, col(DeliveryRow.issue_id) == issue_id, DeliveryState.WITHDRAWN, now)


def withdraw_if_cancelled(engine: Engine, issue_id: int, *, now: datetime) -> int:
    """Take back what was put into the queue again while its issue was being cancelled."""
    with engine.begin() as connection:
        cancelled = select(col(IssueRow.id)).where(
            col(IssueRow.id) == issue_id, col(IssueRow.state) == IssueState.CANCELLED
        )
        return _end_waiting(connection, col(DeliveryRow.issue_id).in_(cancelled), DeliveryState.WITHDRAWN, now)


def finish(engine: Engine, issue_id: int, *, now: datetime) -> bool:
    """sending (or paused) → sent, when nothing is queued, sending or deferred any more; True when this call did it."""
    waiting = select(col(DeliveryRow.id)).where(col(DeliveryRow.issue_id) == issue_id, col(DeliveryRow.state).in_(OPEN))
    step = (
        update(IssueRow)
        .where(col(IssueRow.id) == issue_id, col(IssueRow.state).in_(UNDER_WAY), ~waiting.exists())
        .values(state=IssueState.SENT, sent_at=now)
    )
    with engine.begin() as connection:
        return connection.execute(step).rowcount == 1


def balance(engine: Engine, issue_id: int) -> Balance:
    """The issue's deliveries by state, and the audience as it was fixed when sending began."""
    mine = col(DeliveryRow.issue_id) == issue_id
    kept = func.count().filter(col(DeliveryRow.state) == DeliveryState.QUEUED, col(DeliveryRow.due_at).is_not(None))
    counted = select(col(DeliveryRow.state), func.count(), kept).where(mine).group_by(col(DeliveryRow.state))
    with engine.connect() as connection:
        audience = connection.scalar(select(col(IssueRow.audience)).where(col(IssueRow.id) == issue_id)) or 0
        counts = connection.execute(counted).all()
    return Balance(
        audience, **{str(state): number for state, number, _ in counts}, for_later=sum(row[2] for row in counts)
    )


def rests(engine: Engine, issue_id: int, *, now: datetime) -> bool:
    """True while there is nothing to do for the issue: what is left is for later, or with a process that lives."""
    mine = col(DeliveryRow.issue_id) == issue_id
    due = col(DeliveryRow.due_at).is_(None) | (col(DeliveryRow.due_at) <= now)
    left = exists().where(mine, col(DeliveryRow.state).in_(OPEN))
    ready = [exists().where(mine, col(DeliveryRow.state) == state, due) for state in WAITING]
    held = mine, col(DeliveryRow.state) == DeliveryState.SENDING
    until = col(DeliveryRow.lease_until)
    lost = exists().where(*held, until.is_(None) | (until < now))
    in_time = exists().where(col(IssueRow.id) == issue_id, col(IssueRow.expires_at) >= now)
    with engine.connect() as connection:
        if not connection.scalar(select(left & in_time & ~lost & ~or_(*ready))):
            return False
        holders = connection.scalars(select(col(DeliveryRow.holder)).where(*held).distinct())
        return not any(is_gone(holder) for holder in holders)


def _is_sending(connection: Connection, issue_id: int) -> bool:
    state = connection.scalar(select(col(IssueRow.state)).where(col(IssueRow.id) == issue_id))
    return state == IssueState.SENDING


def _take(
    connection: Connection, issue_id: int, holder: str, limit: int, after: int, until: datetime, now: datetime
) -> list[int]:
    """Queued rows first, then those whose time has come: plain index walks instead of one sorted OR.

    PostgreSQL keeps an entry in its index of each row that was queued until a vacuum: without ``after`` each walk would
    begin with all that were sent.
    """
    queued, deferred = (col(DeliveryRow.state) == state for state in (DeliveryState.QUEUED, DeliveryState.DEFERRED))
    no_time, due = col(DeliveryRow.due_at).is_(None), col(DeliveryRow.due_at) <= now
    taken: list[int] = []
    for ready in (queued & no_time & (col(DeliveryRow.id) > after), queued & no_time, queued & due, deferred & due):
        if len(taken) == limit:
            break
        pick = (
            select(col(DeliveryRow.id))
            .where(col(DeliveryRow.issue_id) == issue_id, ready)
            .order_by(col(DeliveryRow.due_at), col(DeliveryRow.id))
            .limit(limit - len(taken))
            .with_for_update(skip_locked=True)  # SQLite has one writer at a time and leaves this out
        )
        step = update(DeliveryRow).where(col(DeliveryRow.id).in_(pick))
        step = step.values(state=DeliveryState.SENDING, holder=holder, lease_until=until)
        taken += (row.id for row in connection.execute(step.returning(col(DeliveryRow.id))))
    return taken


def _still_wanted(connection: Connection, taken: Sequence[int], wanted: Wanted) -> list[Claimed]:
    row, reader = col(DeliveryRow.id), col(DeliveryRow.subscriber_id)
    own = col(DeliveryRow.attempts), col(DeliveryRow.variant_id), col(DeliveryRow.due_at)
    rows = connection.execute(
        select(row, reader, col(Subscriber.address), col(Subscriber.name), *own)
        .join(Subscriber, col(Subscriber.id) == reader)
        .where(row.in_(taken), wanted(reader))
        .order_by(row)
    )
    return [Claimed(*each) for each in rows]  # type: ignore[arg-type]  # a stored row has an id


def _withdraw(connection: Connection, ids: set[int], now: datetime) -> None:
    if ids:
        left = update(DeliveryRow).where(col(DeliveryRow.id).in_(ids))
        connection.execute(left.values(state=DeliveryState.WITHDRAWN, holder="", lease_until=None, settled_at=now))


def _end_waiting(connection: Connection, which: ColumnElement[bool], state: DeliveryState, now: datetime) -> int:
    ended = update(DeliveryRow).where(which, col(DeliveryRow.state).in_(WAITING))
    return connection.execute(ended.values(state=state, settled_at=now, due_at=None)).rowcount


def _values(outcome: Outcome, holder: str, now: datetime) -> dict[str, Any]:
    return {
        "row_id": outcome.id,
        "held_by": holder,
        "new_state": outcome.state,
        "said": outcome.reply[:LONGEST_REPLY],
        "tried": outcome.attempts,
        "due": outcome.due,
        "when": None if outcome.state in WAITING else now,
    }
