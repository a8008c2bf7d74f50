"""One run of delivery for one issue: what its outbox still holds goes to the mail server, and the issue may end."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass

from digest.deliver import Balance, deliver, endpoints, outbox, servers
from digest.messages import writer
from digest.newsletters import Newsletter
from digest.progress import to_go
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
    balance = await deliver(
        workspace.engine,
        issue_id,
        write=writer(workspace, newsletter, row),
        wanted=lambda subscriber: still_wanted(subscriber, newsletter.key, workspace.clock()),
        servers=servers(endpoints(workspace.settings.smtp_urls, workspace.config.sending)),
        clock=workspace.clock,
        random=random.Random(),  # noqa: S311  # jitter, not a secret
        stop=stop,
        progress=progress,
    )
    outbox.finish(workspace.engine, issue_id, now=workspace.clock())
    after = issues.issue_by_id(workspace.engine, issue_id)
    return Delivered(after, balance, _how_it_goes_on(after, balance))


def how_to_resume(row: IssueRow) -> str:
    """What a person can do about a paused issue."""
    return f"`digest issues resume {row.id}` goes on"


def _how_it_goes_on(row: IssueRow, balance: Balance) -> str:
    if row.state == IssueState.PAUSED:
        return how_to_resume(row)
    return _what_waits(balance) if row.state == IssueState.SENDING else ""


def _what_waits(balance: Balance) -> str:
    told = []
    if balance.for_later == 1:
        told.append("1 delivery waits for its reader's hour")
    elif balance.for_later:
        told.append(f"{balance.for_later} deliveries wait for their readers' hour")
    if balance.deferred:
        told.append("some deliveries wait for another try")
    if number := to_go(balance):
        told.append(f"{number:,} are still to be sent")
    return f"{' and '.join(told)}; the daemon or `digest send --due` goes on"
