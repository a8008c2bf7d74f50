"""The books of one run: everything that it asks of the outbox and writes into it, on one thread.

One thread, because SQLite has one writer at a time, and whoever has to wait for it waits by sleeping. A database that
does not take a write (locked, full, gone for a moment) is asked again for half a minute: what a mail server has
accepted must not be forgotten.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TypeVar
from uuid import uuid4

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from digest.deliver import outbox
from digest.deliver.holders import this_process
from digest.deliver.outbox import Outcome
from digest.errors import StoreError
from digest.looping import wait_for_event

logger = logging.getLogger(__name__)

T = TypeVar("T")

SETTLE_SECONDS = 0.02  # at the latest after a reply; sooner when half of the room is taken
PAUSES = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0)  # seconds between the tries at a database that does not answer


class Books:
    """What became of the messages under way is noted here, and written down together a few milliseconds later.

    At most ``room`` messages are begun and not yet written down: that is what a crash can leave in doubt.
    """

    def __init__(
        self,
        engine: Engine,
        issue_id: int,
        *,
        clock: Callable[[], datetime],
        room: int,
        told: Callable[[Sequence[Outcome]], None],
    ) -> None:
        self.engine, self.issue_id, self.clock = engine, issue_id, clock
        self.holder = f"{this_process()}/{uuid4().hex[:8]}"  # a run of this process, and no other
        self._told = told
        self._room = asyncio.Semaphore(room)
        self._begun: list[Outcome] = []
        self._not_begun: list[Outcome] = []
        self._is_writing = self._is_lost = self._is_over = False
        self._enough, self._is_time = max(1, room // 2), asyncio.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="outbox")

    async def begin(self) -> None:
        """Wait until one more message may be begun."""
        await self._room.acquire()

    def leave_off(self) -> None:
        """The message was not sent after all, and will be begun again."""
        self._room.release()

    def note(self, outcome: Outcome) -> None:
        """What became of a message that was begun."""
        self._begun.append(outcome)
        if len(self._begun) >= self._enough:
            self._is_time.set()

    def give_back(self, outcome: Outcome) -> None:
        """A delivery that was claimed and not begun."""
        self._not_begun.append(outcome)

    @property
    def is_clear(self) -> bool:
        """All that was noted is written down."""
        return not (self._begun or self._not_begun or self._is_writing)

    async def keep(self) -> None:
        """Write down what is noted, again and again, until all is noted and ``end`` was called.

        Not to be cancelled: what is being written down then would be forgotten. Raises StoreError when the database
        does not take it for too long.
        """
        while not self._is_over:
            await wait_for_event(self._is_time, SETTLE_SECONDS)
            self._is_time.clear()
            await self._write()
        await self._write()

    def end(self) -> None:
        """Nothing more will be noted."""
        self._is_over = True
        self._is_time.set()

    async def _write(self) -> None:
        begun, self._begun = self._begun, []
        not_begun, self._not_begun = self._not_begun, []
        outcomes = begun + not_begun
        if not outcomes:
            return
        self._is_writing = True
        await self.ask(lambda: outbox.settle(self.engine, outcomes, holder=self.holder, now=self.clock()))
        self._is_writing = False
        for _ in begun:
            self._room.release()
        self._told(outcomes)

    async def ask(self, question: Callable[[], T]) -> T:
        """Run ``question`` on the thread of the books, again when the database fails for a moment."""
        loop = asyncio.get_running_loop()
        for pause in () if self._is_lost else PAUSES:
            try:
                return await loop.run_in_executor(self._thread, question)
            except (OperationalError, InterfaceError) as error:
                logger.warning("the database does not answer (%s); trying again", _why(error))
                await asyncio.sleep(pause)
        try:
            return await loop.run_in_executor(self._thread, question)
        except DBAPIError as error:
            self._is_lost = True  # what is asked yet is asked once
            raise StoreError(
                f"the database does not answer ({_why(error)}): the issue stays where it is, and the next run goes on"
            ) from error

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown(wait=True)


def _why(error: DBAPIError) -> str:
    return " ".join(str(error.orig).split())[:200]
