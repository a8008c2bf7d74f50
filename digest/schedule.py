"""When an issue is due: slots by cron expression, and the daemon that waits for them.

The daemon and ``digest send --due`` run the same code; either may be killed at any time, and several
may run at once: what is due is decided by the issues in the database, not by who woke up.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from apscheduler.schedulers.background import BackgroundScheduler
from sqlmodel import Session

from digest.cron import cron_trigger
from digest.deliver import outbox
from digest.errors import DigestError
from digest.looping import run as run_loop
from digest.newsletters import Newsletter
from digest.publish import Report, publish
from digest.store import issues
from digest.store.models import IssueRow, IssueState
from digest.workspace import Workspace
from subscribers.purge import purge

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 60
TIDY_SECONDS = 3600
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

    An issue of which nothing is left but deliveries for later wants none until the first of them is due.

    A slot from before the present schedule was first followed is never due: neither a new set-up nor
    a changed hour makes a surprise issue.
    """
    now = workspace.clock()
    since = issues.watch(workspace.engine, {newsletter.key: newsletter}, now)[newsletter.key]
    begun = issues.unfinished_issues(workspace.engine, newsletter.key)
    slots = {row.slot for row in begun if not _rests(workspace, row, now)}
    latest = latest_slot(newsletter, now)
    caught_up = latest is not None and since <= latest and now - latest < timedelta(hours=newsletter.expires_hours)
    if latest is not None and caught_up and issues.state_of(workspace.engine, newsletter.key, latest) is None:
        slots.add(latest)
    return sorted(slots)


def _rests(workspace: Workspace, row: IssueRow, now: datetime) -> bool:
    return row.state == IssueState.SENDING and outbox.rests(workspace.engine, row.id or 0, now=now)


async def publish_due(
    workspace: Workspace, stop: asyncio.Event, told: Callable[[Report], None] | None = None
) -> list[DigestError]:
    """Publish all that is due now; return what failed. One newsletter's failure is its own."""
    failures: list[DigestError] = []
    for newsletter in workspace.config.newsletters.values():
        for slot in due(workspace, newsletter):
            if stop.is_set():
                return failures
            try:
                report = await publish(workspace, newsletter, slot, stop=stop)
            except DigestError as error:
                logger.error("%s %s: %s", newsletter.key, slot.isoformat(), error)  # noqa: TRY400  # told, not traced
                failures.append(error)
            else:
                (told or _log)(report)
    return failures


def tidy(workspace: Workspace) -> None:
    """Forget what is kept no longer: sign-ups that nobody confirmed, and which letters were sent about them."""
    with Session(workspace.engine) as session:
        count = purge(session, now=workspace.clock())
    if count:
        logger.info("%d sign-ups that were never confirmed are forgotten", count)


class Daemon:
    """Publishes each slot when it falls due, in a thread beside the web server."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._scheduler = BackgroundScheduler(timezone="UTC")
        self._one_at_a_time = threading.Lock()
        self._running: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None
        self._stopping = False

    def start(self) -> None:
        """Begin to wait for slots; what fell due while nobody watched is caught up at once."""
        options = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        for newsletter in self._workspace.config.newsletters.values():
            trigger = cron_trigger(newsletter.schedule, newsletter.zone)
            self._scheduler.add_job(self._work, trigger, id=newsletter.key, **options)
        now = self._workspace.clock()
        self._scheduler.add_job(self._work, "interval", seconds=SWEEP_SECONDS, next_run_time=now, **options)
        tidying = partial(tidy, self._workspace)
        self._scheduler.add_job(tidying, "interval", seconds=TIDY_SECONDS, next_run_time=now, **options)
        self._scheduler.start()

    def stop(self) -> None:
        """Finish the messages that are on their way, leave the rest queued, and end."""
        self._stopping = True
        if self._running is not None:
            loop, event = self._running
            loop.call_soon_threadsafe(event.set)
        self._scheduler.shutdown(wait=True)

    def _work(self) -> None:
        with self._one_at_a_time:
            if not self._stopping:
                run_loop(self._publish_due())

    async def _publish_due(self) -> None:
        stop = asyncio.Event()
        self._running = asyncio.get_running_loop(), stop
        if self._stopping:
            stop.set()
        try:
            await publish_due(self._workspace, stop)
        finally:
            self._running = None


def _log(report: Report) -> None:
    issue = report.issue
    logger.info("issue %s of %s is %s %s", issue.id, issue.newsletter, issue.state, report.note or issue.reason)
