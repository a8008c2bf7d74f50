"""When an issue is due: slots by cron expression, and the daemon that waits for them and delivers.

The daemon and ``digest send --due`` run the same code; either may be killed at any time, and several
may run at once: what is due is decided by the issues in the database, not by who woke up.
"""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial

from apscheduler.schedulers.background import BackgroundScheduler
from sqlmodel import Session

from digest.cron import cron_trigger
from digest.deliver import Balance, outbox
from digest.errors import DigestError
from digest.looping import run as run_loop
from digest.newsletters import Newsletter
from digest.publish import Report, make, publish
from digest.store import issues
from digest.store.models import IssueRow, IssueState
from digest.working import work
from digest.workspace import Workspace
from subscribers.purge import purge

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 60
TIDY_SECONDS = 3600
SECONDS_AFTER_A_FAULT = 60
UNSENT = (IssueState.DRAFT, IssueState.APPROVED)
LONGEST_GAP = timedelta(days=400)  # a yearly newsletter has a slot within it


def next_slot(newsletter: Newsletter, after: datetime) -> datetime | None:
    """The newsletter's first slot later than ``after``, in UTC; None when there is none any more."""
    trigger = cron_trigger(newsletter.schedule, newsletter.zone)
    slot = trigger.get_next_fire_time(None, after + timedelta(microseconds=1))
    return None if slot is None else slot.astimezone(after.tzinfo)


def latest_slot(newsletter: Newsletter, now: datetime) -> datetime | None:
    """The newsletter's last slot at or before ``now``, in UTC; None when there was none in a year.

    Cron expressions can only be followed forwards: spans twice as long each time are searched until
    one holds a slot, so that neither a yearly nor an every-minute schedule takes long.
    """
    span = timedelta(minutes=2)
    while span < LONGEST_GAP * 2:
        slot = _last_within(newsletter, now - span, now)
        if slot is not None:
            return slot
        span *= 2
    return None


def _last_within(newsletter: Newsletter, start: datetime, end: datetime) -> datetime | None:
    last, following = None, next_slot(newsletter, start)
    while following is not None and following <= end:
        last, following = following, next_slot(newsletter, following)
    return last


def due(workspace: Workspace, newsletter: Newsletter) -> list[datetime]:
    """The newsletter's slots that want work now, the oldest first: fallen due, or begun and not ended.

    An issue of which nothing is left but deliveries for later wants none until the first of them is due; one that is
    paused, none until its time is over.
    """
    now, begun = workspace.clock(), issues.unfinished_issues(workspace.engine, newsletter.key)
    half_sent = {row.slot for row in begun if row.state == IssueState.SENDING and not _rests(workspace, row, now)}
    return sorted({*half_sent, *to_make(workspace, newsletter)})


def to_make(workspace: Workspace, newsletter: Newsletter) -> list[datetime]:
    """The newsletter's slots whose issue is still to be made, or can only be ended; the oldest first.

    A slot from before the present schedule was first followed is never due: neither a new set-up nor
    a changed hour makes a surprise issue.
    """
    now = workspace.clock()
    since = issues.watch(workspace.engine, {newsletter.key: newsletter}, now)[newsletter.key]
    begun = issues.unfinished_issues(workspace.engine, newsletter.key)
    slots = {
        row.slot for row in begun if row.state in UNSENT or (row.state == IssueState.PAUSED and _is_over(row, now))
    }
    latest = latest_slot(newsletter, now)
    caught_up = latest is not None and since <= latest and now - latest < timedelta(hours=newsletter.expires_hours)
    if latest is not None and caught_up and issues.state_of(workspace.engine, newsletter.key, latest) is None:
        slots.add(latest)
    return sorted(slots)


def _rests(workspace: Workspace, row: IssueRow, now: datetime) -> bool:
    return outbox.rests(workspace.engine, row.id or 0, now=now)


def _is_over(row: IssueRow, now: datetime) -> bool:
    return now > row.expires_at


async def publish_due(
    workspace: Workspace,
    stop: asyncio.Event,
    told: Callable[[Report], None] | None = None,
    progress: Callable[[str, Balance], None] | None = None,
) -> list[DigestError]:
    """Publish all that is due now; return what failed. One newsletter's failure is its own.

    ``progress`` is told a newsletter's key and how far its issue is.
    """

    def do(newsletter: Newsletter, slot: datetime) -> Awaitable[Report]:
        heard = progress and partial(progress, newsletter.key)
        return publish(workspace, newsletter, slot, stop=stop, progress=heard)

    return await _each(workspace, due, do, stop.is_set, told or _log)


async def make_due(workspace: Workspace, is_over: Callable[[], bool]) -> list[DigestError]:
    """Make the issues of all slots that are due now, and send nothing; return what failed."""
    return await _each(workspace, to_make, partial(make, workspace), is_over, _log)


async def _each(
    workspace: Workspace,
    slots: Callable[[Workspace, Newsletter], list[datetime]],
    do: Callable[[Newsletter, datetime], Awaitable[Report]],
    is_over: Callable[[], bool],
    told: Callable[[Report], None],
) -> list[DigestError]:
    failures: list[DigestError] = []
    for newsletter in workspace.config.newsletters.values():
        for slot in slots(workspace, newsletter):
            if is_over():
                return failures
            try:
                report = await do(newsletter, slot)
            except DigestError as error:
                logger.error("%s %s: %s", newsletter.key, slot.isoformat(), error)  # noqa: TRY400  # told, not traced
                failures.append(error)
            else:
                told(report)
    return failures


def tidy(workspace: Workspace) -> None:
    """Forget what is kept no longer: sign-ups that nobody confirmed, and which letters were sent about them."""
    with Session(workspace.engine) as session:
        count = purge(session, now=workspace.clock())
    if count:
        logger.info("%d sign-ups that were never confirmed are forgotten", count)


class Daemon:
    """Makes each issue when its slot falls due, and delivers what is being sent, in threads beside the web server.

    The two know each other by the database alone: that an issue waits for its mail server, or is long, keeps
    no other from being made, and whoever sets an issue to *sending* need not be this process.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._scheduler = BackgroundScheduler(timezone="UTC")
        self._one_at_a_time = threading.Lock()
        self._sender = threading.Thread(target=self._send, name="sender")
        self._sending: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None
        self._stopping = threading.Event()

    def start(self) -> None:
        """Begin to wait for slots; what fell due while nobody watched is caught up at once."""
        options = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        for newsletter in self._workspace.config.newsletters.values():
            trigger = cron_trigger(newsletter.schedule, newsletter.zone)
            self._scheduler.add_job(self._make, trigger, id=newsletter.key, **options)
        now = self._workspace.clock()
        self._scheduler.add_job(self._make, "interval", seconds=SWEEP_SECONDS, next_run_time=now, **options)
        tidying = partial(tidy, self._workspace)
        self._scheduler.add_job(tidying, "interval", seconds=TIDY_SECONDS, next_run_time=now, **options)
        self._scheduler.start()
        self._sender.start()

    def stop(self) -> None:
        """Finish the messages that are on their way, leave the rest queued, and end."""
        self._stopping.set()
        if self._sending is not None:
            loop, event = self._sending
            loop.call_soon_threadsafe(event.set)
        self._scheduler.shutdown(wait=True)
        self._sender.join()

    def _make(self) -> None:
        with self._one_at_a_time:
            if not self._stopping.is_set():
                run_loop(make_due(self._workspace, self._stopping.is_set))

    def _send(self) -> None:
        while not self._stopping.is_set():
            try:
                run_loop(self._work())
            except Exception:
                # Nobody looks after a thread: a fault that ended it for good would end all sending in silence.
                logger.exception("sending failed; it begins anew in %d seconds", SECONDS_AFTER_A_FAULT)
                self._stopping.wait(SECONDS_AFTER_A_FAULT)

    async def _work(self) -> None:
        stop = asyncio.Event()
        self._sending = asyncio.get_running_loop(), stop
        if self._stopping.is_set():
            stop.set()
        try:
            await work(self._workspace, stop)
        finally:
            self._sending = None


def _log(report: Report) -> None:
    issue = report.issue
    logger.info("issue %s of %s is %s %s", issue.id, issue.newsletter, issue.state, report.note or issue.reason)
