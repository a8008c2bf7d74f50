"""What became of an issue's deliveries, with the proof: that they add up, who has those in doubt, what servers said.

That nobody has two deliveries of one issue is no matter of counting: the table does not take a second one.
"""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Engine, func, select
from sqlmodel import col
from sqlmodel.sql.sqltypes import UTCDateTime

from digest.deliver.holders import is_gone, is_here
from digest.deliver.outbox import Balance, balance
from digest.store.models import DeliveryRow, DeliveryState, IssueRow, IssueState

# RFC 5321 §4.2: the code; RFC 3463 §2: the enhanced one behind it, class.subject.detail.
CODES = re.compile(r"([2-5]\d\d)(?:[ -]([245]\.\d{1,3}\.\d{1,3})(?!\d))?")
LONGEST_CODES = len("550 5.123.123")
MOST_FREQUENT = 5


@dataclass(frozen=True, slots=True)
class InDoubt:
    """Deliveries that a process has begun and not settled.

    ``whose`` says of that process whether it lives, is gone (then the next run sends them again), or runs on another
    host, where we cannot look: its lease tells.
    """

    number: int
    whose: Literal["living", "gone", "elsewhere"]
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Audit:
    """An issue's deliveries. ``in_doubt``: the one whose lease ends first comes first.

    ``refusals`` are the commonest codes of the refused and the deferred, such as "550 5.1.1", with how often each came.
    """

    issue: int
    state: str
    deliveries: Balance
    in_doubt: tuple[InDoubt, ...]
    refusals: tuple[tuple[str, int], ...]
    holds: bool


def audit(engine: Engine, row: IssueRow) -> Audit:
    """Count the issue's deliveries. They hold when they are the audience, and none waits of an issue that is *sent*."""
    issue_id = row.id or 0
    counted = balance(engine, issue_id)
    holds = counted.adds_up and not (row.state == IssueState.SENT and counted.waiting)
    return Audit(issue_id, row.state, counted, _in_doubt(engine, issue_id), _refusals(engine, issue_id), holds)


def _in_doubt(engine: Engine, issue_id: int) -> tuple[InDoubt, ...]:
    until = func.min(col(DeliveryRow.lease_until), type_=UTCDateTime())
    held = (
        select(col(DeliveryRow.holder), func.count(), until)
        .where(col(DeliveryRow.issue_id) == issue_id, col(DeliveryRow.state) == DeliveryState.SENDING)
        .group_by(col(DeliveryRow.holder))
        .order_by(until)
    )
    with engine.connect() as connection:
        return tuple(InDoubt(number, _whose(holder), lease) for holder, number, lease in connection.execute(held))


def _whose(holder: str) -> Literal["living", "gone", "elsewhere"]:
    if not is_here(holder):
        return "elsewhere"
    return "gone" if is_gone(holder) else "living"


def _refusals(engine: Engine, issue_id: int) -> tuple[tuple[str, int], ...]:
    """By their codes alone: the server's words tend to hold the address."""
    beginning = func.substr(col(DeliveryRow.reply), 1, LONGEST_CODES)
    refused = col(DeliveryRow.state).in_((DeliveryState.FAILED, DeliveryState.DEFERRED))
    said = select(beginning, func.count()).where(col(DeliveryRow.issue_id) == issue_id, refused).group_by(beginning)
    counts: Counter[str] = Counter()
    with engine.connect() as connection:
        for words, number in connection.execute(said):
            codes = CODES.match(words)
            counts[" ".join(filter(None, codes.groups())) if codes else "no code"] += number
    return tuple(counts.most_common(MOST_FREQUENT))
