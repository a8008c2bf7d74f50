"""One run of delivery for one issue: what its outbox still holds goes to the mail server, and the issue may end."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass

from digest.deliver import Balance, SmtpTransport, deliver, outbox, parse_smtp_url
from digest.messages import writer
from digest.newsletters import Newsletter
from digest.store import issues
from digest.store.models import IssueRow, IssueState
from digest.workspace import Workspace
from subscribers.audience import still_wanted

CONNECTIONS = 4


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
    endpoint, issue_id = parse_smtp_url(workspace.settings.smtp_url.get_secret_value()), row.id or 0
    balance = await deliver(
        workspace.engine,
        issue_id,
        write=writer(workspace, newsletter, row),
        wanted=lambda subscriber: still_wanted(subscriber, newsletter.key, workspace.clock()),
        connect=lambda: SmtpTransport(endpoint),
        connections=CONNECTIONS,
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
    if not balance.only_for_later:
        told.append("some deliveries wait for another try")
    return f"{' and '.join(told)}; the daemon or `digest send --due` goes on"
