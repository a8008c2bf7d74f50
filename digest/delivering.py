"""One run of delivery for one issue: what its outbox still holds goes to the mail server, and the issue may end."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from digest.deliver import Balance, SmtpEndpoint, deliver, endpoints, outbox, servers
from digest.deliver.estimate import estimate
from digest.deliver.quotas import spent
from digest.messages import writer
from digest.newsletters import Newsletter
from digest.progress import in_words, to_go
from digest.store import issues
from digest.store.models import IssueRow, IssueState
from digest.workspace import Workspace
from subscribers.audience import still_wanted


@dataclass(frozen=True, slots=True)
class Delivered:
    """Where an issue stands after a run; ``note`` says how it goes on when it is not over."""

    issue: IssueRow
    balance: Balance
    note: str = ""


async def deliver_issue(
    workspace: Workspace,
    newsletter: Newsletter,
    row: IssueRow,
    *,
    stop: asyncio.Event | None = None,
    progress: Callable[[Balance], None] | None = None,
) -> Delivered:
    """Send what can be sent now of an issue that is *sending*; it is *sent* when nothing is left.

    Ends early when ``stop`` is set, or when somebody pauses or cancels the issue. Raises TransportError when the mail
    server cannot be used: everything unsent stays queued.
    """
    issue_id = row.id or 0
    places = endpoints(workspace.settings.smtp_urls, workspace.config.sending)
    balance = await deliver(
        workspace.engine,
        issue_id,
        write=writer(workspace, newsletter, row),
        wanted=lambda subscriber: still_wanted(subscriber, newsletter.key, workspace.clock()),
        servers=servers(places),
        clock=workspace.clock,
        random=random.Random(),  # noqa: S311  # jitter, not a secret
        stop=stop,
        progress=progress,
    )
    outbox.finish(workspace.engine, issue_id, now=workspace.clock())
    after = issues.issue_by_id(workspace.engine, issue_id)
    return Delivered(after, balance, _how_it_goes_on(workspace, places, after, balance))


def how_to_resume(row: IssueRow) -> str:
    """What a person can do about a paused issue."""
    return f"`digest issues resume {row.id}` goes on"


def _how_it_goes_on(workspace: Workspace, places: Sequence[SmtpEndpoint], row: IssueRow, balance: Balance) -> str:
    if row.state == IssueState.PAUSED:
        return how_to_resume(row)
    if row.state != IssueState.SENDING:
        return ""
    number = to_go(balance)
    return _what_waits(balance, number, _time_of_quotas(workspace, places, number) if number else None)


def _what_waits(balance: Balance, number: int, time: timedelta | None) -> str:
    told = []
    if balance.for_later == 1:
        told.append("1 delivery waits for its reader's hour")
    elif balance.for_later:
        told.append(f"{balance.for_later} deliveries wait for their readers' hour")
    if balance.deferred:
        told.append("some deliveries wait for another try")
    if number:
        at_most = f", which takes {in_words(time.total_seconds())} within the limits of [sending]" if time else ""
        told.append(f"{number:,} are still to be sent{at_most}")
    return f"{' and '.join(told)}; the daemon or `digest send --due` goes on"


def _time_of_quotas(workspace: Workspace, places: Sequence[SmtpEndpoint], number: int) -> timedelta | None:
    """How long the quotas make so many messages take, each server sending its share."""
    now, sharing = workspace.clock(), [place for place in places if place.weight] or places
    weight = sum(place.weight for place in sharing) or len(sharing)
    with workspace.engine.connect() as connection:
        times = [
            estimate(
                ceil(number * (place.weight or 1) / weight),
                0,
                place.limits,
                spent(connection, place.key, now),
                now.date(),
            )
            for place in sharing
        ]
    return max((time for time in times if time), default=None)
