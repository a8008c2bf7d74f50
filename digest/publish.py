"""One slot from start to end: collect, curate, summarize, compose, deliver.

Every step leaves its result in the database before the next begins, so that whoever comes next
(after a crash, or beside us) goes on from there and never does a thing twice.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import perf_counter

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from digest.deliver import Balance, filling
from digest.deliver.holders import is_gone, this_process
from digest.deliver.hours import due_times
from digest.delivering import deliver_issue, how_to_resume
from digest.domain import Harvest, Issue
from digest.drafting import draft_issue, revise_issue
from digest.errors import DigestError
from digest.gathering import failures, gather
from digest.newsletters import Newsletter
from digest.signatures import signers
from digest.store import issues
from digest.store.models import IssueRow, IssueState
from digest.versions import Version, in_order, rendering_of, topics_in, wanted_versions
from digest.workspace import Workspace
from subscribers.audience import Audience, audience, hours_of, wishes_of
from subscribers.segments import condition

logger = logging.getLogger(__name__)

ATTEMPTS = 3  # at composing an issue that is being changed by others
LOOK_HOLDS = timedelta(minutes=10)  # what was found to be there so lately is not looked at once more
ENDED = (IssueState.SENT, IssueState.SKIPPED, IssueState.CANCELLED)


@dataclass(slots=True)
class Report:
    """What one run did for one slot. ``seconds`` are per step; ``note`` says why it stopped early."""

    issue: IssueRow
    harvests: tuple[Harvest, ...] = ()
    balance: Balance | None = None
    note: str = ""
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        """Count the time spent inside towards ``step``."""
        began = perf_counter()
        try:
            yield
        finally:
            self.seconds[step] = self.seconds.get(step, 0.0) + perf_counter() - began


async def publish(
    workspace: Workspace,
    newsletter: Newsletter,
    slot: datetime,
    *,
    stop: asyncio.Event | None = None,
    progress: Callable[[Balance], None] | None = None,
) -> Report:
    """Bring the issue of that slot as far as it can go now; a slot that is done already stays as it is.

    Raises TransportError when the mail server cannot be used: everything unsent stays queued. Raises
    DigestError when not one source could be read: the slot stays open for another try.
    """
    report = await make(workspace, newsletter, slot)
    if report.issue.state == IssueState.SENDING:
        with report.timed("deliver"):
            delivered = await deliver_issue(workspace, newsletter, report.issue, stop=stop, progress=progress)
        report.issue, report.balance, report.note = delivered.issue, delivered.balance, delivered.note
    return report


async def make(workspace: Workspace, newsletter: Newsletter, slot: datetime) -> Report:
    """Make the issue of that slot, as far as it can be made now: in the end it is *sending*, and nothing has left.

    An issue that is paused stays so until its time is over; then it is *sending* again, to be ended by who delivers.
    Raises DigestError when not one source could be read: the slot stays open for another try.
    """
    report = Report(issues.open_issue(workspace.engine, newsletter, slot, workspace.clock()))
    _give_up_when_late(workspace, report)
    if report.issue.state == IssueState.PAUSED:
        report.note = how_to_resume(report.issue)
        return report
    if report.issue.state in ENDED:
        report.note = f"already {report.issue.state}"
        return report
    await _draft(workspace, newsletter, report)
    if report.issue.state == IssueState.APPROVED:
        await _look_again(workspace, newsletter, report)
    for _ in range(ATTEMPTS):
        if report.issue.state == IssueState.APPROVED:
            _compose(workspace, newsletter, report)
    return report


async def _draft(workspace: Workspace, newsletter: Newsletter, report: Report) -> None:
    engine, issue_id, holder = workspace.engine, _id(report), this_process()
    if report.issue.state == IssueState.DRAFT and report.issue.drafted_at is None:
        gone = [report.issue.holder] if is_gone(report.issue.holder) else []
        if not issues.hold_draft(engine, issue_id, holder, workspace.clock(), gone):
            report.note = "another process is preparing it"
            _refresh(workspace, report)
            return
        with report.timed("collect"):
            gathered = await gather(workspace, workspace.config.sources_of(newsletter), keep=True)
        report.harvests = gathered.harvests
        with report.timed("curate and summarize"):
            draft = await draft_issue(workspace, newsletter, gathered, issue_id=issue_id)
            if draft.skipped and all(harvest.error for harvest in gathered.harvests):
                # No network is no news: the slot is not used up, and the next run tries again until it expires.
                issues.let_go(engine, issue_id, holder)
                raise DigestError(f"{newsletter.key}: no source could be read: {failures(gathered)}")
            issues.save_draft(engine, issue_id, draft, holder, workspace.clock())
    if newsletter.approval == "automatic":
        issues.approve(engine, issue_id)
    _refresh(workspace, report)
    if report.issue.state == IssueState.DRAFT and not report.note:
        report.note = f"it waits for approval: digest issues approve {issue_id}"


async def _look_again(workspace: Workspace, newsletter: Newsletter, report: Report) -> None:
    """Revise an issue that waited for its approval: stories may be gone by now, or corrected."""
    looked_at = report.issue.looked_at
    if looked_at is not None and workspace.clock() - looked_at < LOOK_HOLDS:
        return
    with report.timed("collect"):
        gathered = await gather(workspace, workspace.config.sources_of(newsletter), keep=True)
    report.harvests = gathered.harvests
    with report.timed("curate and summarize"):
        draft = await revise_issue(workspace, newsletter, gathered, report.issue)
        issues.replace_draft(workspace.engine, report.issue, draft, workspace.clock())
    _refresh(workspace, report)


def _give_up_when_late(workspace: Workspace, report: Report) -> None:
    if workspace.clock() <= report.issue.expires_at:
        return
    if report.issue.state == IssueState.PAUSED:
        issues.resume(workspace.engine, _id(report))
        _refresh(workspace, report)
    if report.issue.state in (IssueState.DRAFT, IssueState.APPROVED):
        with Session(workspace.engine) as session:
            issues.cancel(session, _id(report), "its time had passed before it could be sent")
            session.commit()
        _refresh(workspace, report)


def _compose(workspace: Workspace, newsletter: Newsletter, report: Report) -> None:
    """Render the issue and fix its audience, in one transaction: from here on it is being sent."""
    signers(workspace.config)  # a key that cannot be used is told before anything is fixed
    now, row = workspace.clock(), report.issue
    report.note = ""
    with report.timed("compose"):
        issue = issues.load_issue(workspace.engine, row, workspace.config)
        segment = workspace.config.segment_of(newsletter)
        readers = audience(newsletter.key, now, condition(segment, now) if segment else None)
        wanted = _wanted(workspace, issue, readers)
        made = in_order((Version(newsletter.language), *wanted.values()))
        recent = issues.recent_subjects(workspace.engine, newsletter.key, but=row.id)
        times = _due_times(workspace, newsletter, row, readers, now)
        renderings = [rendering_of(workspace, issue, version, recent) for version in made]
    try:
        with report.timed("queue"), Session(workspace.engine) as session:
            ids = issues.begin_sending(session, row, issue.number, renderings, now, intro=issue.intro)
            if ids:
                variants = dict(zip(made, ids, strict=True))
                filling.fill(
                    session,
                    _id(report),
                    ids[0],
                    readers,
                    variants={wish: variants[version] for wish, version in wanted.items()},
                    due_times=times,
                )
                session.commit()
    except IntegrityError:
        report.note = "the issue of another slot took its number at this very moment; the next run goes on"
    _refresh(workspace, report)
    if report.issue.state == IssueState.APPROVED and not report.note:
        report.note = "it was changed at this very moment; the next run goes on"


def _wanted(workspace: Workspace, issue: Issue, readers: Audience) -> dict[tuple[str, str], Version]:
    with Session(workspace.engine) as session:
        wishes = wishes_of(session, readers, filling.CHOICES)
    return wanted_versions(wishes, topics_in(workspace, issue), issue.newsletter)


def _due_times(
    workspace: Workspace, newsletter: Newsletter, row: IssueRow, readers: Audience, now: datetime
) -> dict[tuple[str, int], datetime]:
    with Session(workspace.engine) as session:
        pairs = hours_of(session, readers, filling.CHOICES)
    return due_times(pairs, newsletter.zone, now, row.expires_at)


def _refresh(workspace: Workspace, report: Report) -> None:
    report.issue = issues.issue_by_id(workspace.engine, _id(report))


def _id(report: Report) -> int:
    if report.issue.id is None:
        raise ValueError("an issue that was stored has an id")
    return report.issue.id
