"""The worker's loop: it looks each second for issues that are being sent, and takes part.

It makes no issue and knows no slot. Any number may run, here and on other hosts: the outbox shares the work out
(``deliver/outbox.py``), and one of them ends the issue.
"""

import asyncio
import logging
import random
import time
from datetime import timedelta

from sqlalchemy.exc import OperationalError

from digest.deliver import Balance, outbox
from digest.deliver.backoff import pause
from digest.delivering import deliver_issue
from digest.errors import DigestError
from digest.looping import wait_for_event
from digest.newsletters import Newsletter
from digest.progress import Narrator, so_far
from digest.store import issues
from digest.store.models import IssueState
from digest.workspace import Workspace

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
# After something failed: the mail server, the database, an issue that cannot be written.
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=5)
# After a run that changed nothing, though there seemed to be something to do: a quota is used up, say.
FIRST_FRUITLESS, LONGEST_FRUITLESS = timedelta(seconds=5), timedelta(minutes=1)
TOLD_EVERY = timedelta(minutes=1)
DATABASE = 0  # no issue has this id


async def work(workspace: Workspace, stop: asyncio.Event, *, once: bool = False) -> None:
    """Deliver whatever is being sent, until ``stop`` is set; ``once``: until nothing is left to be done now.

    What fails (the mail server, the database) is told in one line and tried again after a growing pause. With
    ``once`` it is raised: a TransportError or another DigestError, or the database's OperationalError.
    """
    worker = _Worker(workspace, stop, once=once)
    logger.info("looking each second for issues to send")
    while not stop.is_set():
        found = await worker.look()
        if once and not found:
            return
        if not found:
            await wait_for_event(stop, LOOK_SECONDS)


class _Worker:
    """What a worker remembers between two looks."""

    def __init__(self, workspace: Workspace, stop: asyncio.Event, *, once: bool) -> None:
        self._workspace, self._stop, self._once = workspace, stop, once
        self._pauses = _Pauses()
        self._unknown: set[int] = set()
        self._last: dict[int, Balance] = {}

    async def look(self) -> bool:
        """Take part in each issue for which there is something to do; False when there was none."""
        found = False
        if self._pauses.hold(DATABASE):
            return False
        try:
            being_sent = issues.being_sent(self._workspace.engine)
            self._forget_all_but({issue_id for issue_id, _ in being_sent})
            for issue_id, key in being_sent:
                newsletter = self._newsletter(issue_id, key)
                if newsletter is None or self._stop.is_set() or self._is_idle(issue_id):
                    continue
                found = True
                await self._deliver(newsletter, issue_id)
            self._pauses.end(DATABASE)
        except OperationalError as error:
            self._failed(DATABASE, "the database failed", error)
        return found

    def _forget_all_but(self, being_sent: set[int]) -> None:
        """What is resumed begins as if it were new."""
        self._last = {issue_id: balance for issue_id, balance in self._last.items() if issue_id in being_sent}
        self._pauses.end_all_but({DATABASE, *being_sent})

    def _newsletter(self, issue_id: int, key: str) -> Newsletter | None:
        found = self._workspace.config.newsletters.get(key)
        if found is None and issue_id not in self._unknown:
            self._unknown.add(issue_id)
            logger.warning("issue %d is left alone: there is no newsletter %s in digest.toml", issue_id, key)
        return found

    def _is_idle(self, issue_id: int) -> bool:
        if self._pauses.hold(issue_id):
            return True
        return outbox.rests(self._workspace.engine, issue_id, now=self._workspace.clock())

    async def _deliver(self, newsletter: Newsletter, issue_id: int) -> None:
        row = issues.issue_by_id(self._workspace.engine, issue_id)
        if row.state != IssueState.SENDING:
            return
        name = f"issue {issue_id} of {newsletter.key}"
        narrator = Narrator(name, TOLD_EVERY)
        try:
            done = await deliver_issue(self._workspace, newsletter, row, stop=self._stop, progress=narrator)
        except DigestError as error:
            self._failed(issue_id, name, error)
            return
        if narrator.has_heard or done.issue.state != IssueState.SENDING:
            state = f"{done.issue.state} ({done.note})" if done.note else done.issue.state
            logger.info("%s is %s: %s", name, state, so_far(done.balance))
        if done.balance == self._last.get(issue_id):
            self._pauses.lengthen(issue_id, FIRST_FRUITLESS, LONGEST_FRUITLESS)
        else:
            self._pauses.end(issue_id)
        self._last[issue_id] = done.balance

    def _failed(self, what: int, name: str, error: DigestError | OperationalError) -> None:
        if self._once:
            raise error
        seconds = self._pauses.lengthen(what, FIRST_PAUSE, LONGEST_PAUSE)
        cause = " ".join(str(error.orig if isinstance(error, OperationalError) else error).split())
        logger.error("%s: %s; trying again in %.0f seconds", name, cause, seconds)


class _Pauses:
    """Until when what failed is left alone, and how often it has failed on end; by issue."""

    def __init__(self) -> None:
        self._until: dict[int, float] = {}
        self._failures: dict[int, int] = {}
        self._random = random.Random()  # noqa: S311  # jitter, not a secret

    def hold(self, what: int) -> bool:
        """Whether it is still to be left alone."""
        return time.monotonic() < self._until.get(what, 0.0)

    def lengthen(self, what: int, first: timedelta, longest: timedelta) -> float:
        """Leave it alone, for longer than the last time; return for how many seconds."""
        self._failures[what] = self._failures.get(what, 0) + 1
        seconds = pause(self._failures[what], self._random, first, longest).total_seconds()
        self._until[what] = time.monotonic() + seconds
        return seconds

    def end(self, what: int) -> None:
        """It works again."""
        self._failures.pop(what, None)
        self._until.pop(what, None)

    def end_all_but(self, kept: set[int]) -> None:
        """The others are done with."""
        for what in self._failures.keys() - kept:
            self.end(what)
