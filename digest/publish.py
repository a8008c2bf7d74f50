"""One slot from start to end: collect, curate, summarize, compose, deliver.

Every step leaves its result in the database before the next begins, so that whoever comes next
(after a crash, or beside us) goes on from there and never does a thing twice.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parseaddr
from functools import partial
from time import perf_counter

from sqlalchemy import ColumnElement
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from digest.catalogues import language_for
from digest.compose import CompiledMessage, Rendered, compile_message, render
from digest.deliver import Balance, Claimed, Envelope, SmtpTransport, deliver, outbox, parse_smtp_url
from digest.deliver.holders import is_gone, this_process
from digest.domain import Harvest, Issue, Recipient
from digest.drafting import draft_issue, revise_issue
from digest.errors import DigestError
from digest.gathering import failures, gather
from digest.newsletters import Newsletter
from digest.store import issues
from digest.store.issues import Rendering
from digest.store.models import IssueRow, IssueState
from digest.workspace import Workspace
from subscribers.audience import audience, languages_of, still_wanted
from subscribers.segments import condition
from subscribers.tokens import Tokens

logger = logging.getLogger(__name__)

CONNECTIONS = 4
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
    report = Report(issues.open_issue(workspace.engine, newsletter, slot, workspace.clock()))
    _give_up_when_late(workspace, report)
    if report.issue.state in ENDED:
        report.note = f"already {report.issue.state}"
        return report
    await _draft(workspace, newsletter, report)
    if report.issue.state == IssueState.APPROVED:
        await _look_again(workspace, newsletter, report)
    for _ in range(ATTEMPTS):
        if report.issue.state == IssueState.APPROVED:
            _compose(workspace, newsletter, report)
    if report.issue.state == IssueState.SENDING:
        await _deliver(workspace, newsletter, report, stop, progress)
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
    unsent = report.issue.state in (IssueState.DRAFT, IssueState.APPROVED)
    if unsent and workspace.clock() > report.issue.expires_at:
        with Session(workspace.engine) as session:
            issues.cancel(session, _id(report), "its time had passed before it could be sent")
            session.commit()
        _refresh(workspace, report)


def _compose(workspace: Workspace, newsletter: Newsletter, report: Report) -> None:
    """Render the issue and fix its audience, in one transaction: from here on it is being sent."""
    now, row = workspace.clock(), report.issue
    report.note = ""
    own = newsletter.language
    with report.timed("compose"):
        issue = issues.load_issue(workspace.engine, row, workspace.config)
        segment = workspace.config.segment_of(newsletter)
        among = condition(segment, now) if segment else None
        others = _other_languages(workspace, newsletter, among)
        renderings = [_rendering(workspace, issue, language) for language in dict.fromkeys((own, *others.values()))]
    try:
        with report.timed("queue"), Session(workspace.engine) as session:
            variants = issues.begin_sending(session, row, issue.number, renderings, now, intro=issue.intro)
            if variants:
                chosen = {wish: variants[language] for wish, language in others.items()}
                outbox.fill(session, _id(report), variants[own], audience(newsletter.key, among), chosen)
                session.commit()
    except IntegrityError:
        report.note = "the issue of another slot took its number at this very moment; the next run goes on"
    _refresh(workspace, report)
    if report.issue.state == IssueState.APPROVED and not report.note:
        report.note = "it was changed at this very moment; the next run goes on"


def _other_languages(workspace: Workspace, newsletter: Newsletter, among: ColumnElement[bool] | None) -> dict[str, str]:
    """The languages that readers chose and that are not the newsletter's own, with what we have for each."""
    with Session(workspace.engine) as session:
        wishes = languages_of(session, newsletter.key, among)
    wanted = {wish: language_for(wish, newsletter.language) for wish in wishes}
    return {wish: language for wish, language in wanted.items() if language != newsletter.language}


def _rendering(workspace: Workspace, issue: Issue, language: str) -> Rendering:
    rendered = render(
        issue,
        issue.newsletter.theme,
        public_url=workspace.settings.public_url,
        language=language,
        templates=workspace.templates,
    )
    return Rendering(language, rendered.html, rendered.text)


async def _deliver(
    workspace: Workspace,
    newsletter: Newsletter,
    report: Report,
    stop: asyncio.Event | None,
    progress: Callable[[Balance], None] | None,
) -> None:
    endpoint = parse_smtp_url(workspace.settings.smtp_url.get_secret_value())
    with report.timed("deliver"):
        report.balance = await deliver(
            workspace.engine,
            _id(report),
            write=_letters(workspace, newsletter, report.issue),
            wanted=partial(still_wanted, newsletter=newsletter.key),
            connect=lambda: SmtpTransport(endpoint),
            connections=CONNECTIONS,
            clock=workspace.clock,
            random=random.Random(),  # noqa: S311  # jitter, not a secret
            stop=stop,
            progress=progress,
        )
    outbox.finish(workspace.engine, _id(report), now=workspace.clock())
    _refresh(workspace, report)
    if report.issue.state == IssueState.SENDING:
        report.note = "some deliveries wait for another try; the daemon or `digest send --due` goes on"


def _letters(workspace: Workspace, newsletter: Newsletter, row: IssueRow) -> Callable[[Claimed], Envelope]:
    """Writes the message for each claimed delivery, always the same one for the same delivery."""
    messages = compiled_messages(workspace, newsletter, row)
    tokens = Tokens(workspace.settings.keys)
    sender = parseaddr(newsletter.sender)[1]

    def write(claimed: Claimed) -> Envelope:
        recipient = Recipient(
            address=claimed.address,
            name=claimed.name,
            token=tokens.issue_unsubscribe(claimed.subscriber_id, newsletter.key),
            message_id=f"<{newsletter.key}.{row.number}.{claimed.subscriber_id}@{newsletter.sender_domain}>",
            preferences_token=tokens.issue_preferences(claimed.subscriber_id, newsletter.key),
        )
        return Envelope(sender, claimed.address, messages[claimed.variant_id].for_recipient(recipient))

    return write


def compiled_messages(workspace: Workspace, newsletter: Newsletter, row: IssueRow) -> dict[int, CompiledMessage]:
    """The issue's messages as they were fixed when its sending began, by their variants' ids.

    That in the newsletter's own language comes first.
    """
    compiled = partial(
        compile_message,
        newsletter=newsletter,
        site=workspace.config.site,
        number=row.number or 0,
        public_url=workspace.settings.public_url,
        date=row.sending_at or row.created_at,
    )
    return {
        variant.id or 0: compiled(Rendered(row.subject, row.preheader, variant.html, variant.text, variant.language))
        for variant in issues.variants_of(workspace.engine, row.id or 0)
    }


def _refresh(workspace: Workspace, report: Report) -> None:
    report.issue = issues.issue_by_id(workspace.engine, _id(report))


def _id(report: Report) -> int:
    if report.issue.id is None:
        raise ValueError("an issue that was stored has an id")
    return report.issue.id
