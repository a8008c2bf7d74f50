"""Sends one issue's outbox: claim, send, settle, until nothing can be sent now.

Each mail server has a lane (``lane.py``), in which a few connections work side by side on what was claimed ahead
for them. What became of the messages is written together, a few milliseconds after each reply (``books.py``).
"""

import asyncio
import os
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from random import Random

from sqlalchemy import Engine

from digest.deliver import outbox
from digest.deliver.books import Books
from digest.deliver.lane import Lane
from digest.deliver.outbox import Balance, Claimed, Outcome, Wanted
from digest.deliver.server import Server
from digest.deliver.transport import Envelope
from digest.errors import TransportError
from digest.looping import wait_for_event
from digest.store.models import DeliveryState

# Messages of one connection that may be begun and not yet settled: what a crash can leave in doubt.
IN_DOUBT = 5
WATCH_SECONDS = 0.3  # between two looks at whether the issue is still being sent
DRAIN_SECONDS = 8.0  # that messages under way are given when we are to end


async def deliver(
    engine: Engine,
    issue_id: int,
    *,
    write: Callable[[Claimed], Envelope],
    wanted: Wanted,
    servers: Sequence[Server],
    clock: Callable[[], datetime],
    random: Random,
    stop: asyncio.Event | None = None,
    progress: Callable[[Balance], None] | None = None,
) -> Balance:
    """Send what can be sent of the issue now; return the balance.

    ``write`` makes the message of a delivery, and is called from several threads; ``wanted`` says of a subscriber
    whether they still want it. When ``stop`` is set, or the issue is paused or cancelled, messages under way are
    finished and the rest stays queued. Deferred deliveries that are not due yet are not waited for, nor is a quota
    that is used up for longer. Raises TransportError when no mail server can be used, StoreError when the database
    cannot: nothing is lost then.
    """
    run = Run(engine, issue_id, write, wanted, servers, clock, random, progress)
    try:
        await run.work(stop or asyncio.Event())
    finally:
        run.close()
    balance = outbox.balance(engine, issue_id)
    if run.failure is not None and balance.waiting:
        raise TransportError(f"{run.failure} ({balance.waiting} messages stay queued)") from run.failure
    return balance


class Run:
    """One process's share in sending one issue: what its lanes have in common.

    ``ending`` is set when no further message may be begun.
    """

    def __init__(
        self,
        engine: Engine,
        issue_id: int,
        write: Callable[[Claimed], Envelope],
        wanted: Wanted,
        servers: Sequence[Server],
        clock: Callable[[], datetime],
        random: Random,
        progress: Callable[[Balance], None] | None,
    ) -> None:
        self.engine, self.issue_id = engine, issue_id
        self.write, self.wanted, self.clock, self.random, self.progress = write, wanted, clock, random, progress
        self.ending = asyncio.Event()
        self.failure: TransportError | None = None
        connections = sum(server.limits.connections for server in servers)
        self.books = Books(engine, issue_id, clock=clock, room=connections * IN_DOUBT, told=self._tell)
        self.pens = ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="write")
        self.lanes = [Lane(self, server) for server in servers]

    async def work(self, stop: asyncio.Event) -> None:
        """Recover what others left, send, and leave nothing in ``sending``."""
        self.balance = await self.books.ask(self._begin)
        keeping = asyncio.create_task(self.books.keep())
        beside = [keeping, asyncio.create_task(self._watch()), asyncio.create_task(self._end_with(stop))]
        lanes = [asyncio.create_task(lane.work()) for lane in self.lanes]
        try:
            await self._until_done(lanes, beside)
        finally:
            for task in (*lanes, *beside[1:]):
                task.cancel()
            await asyncio.gather(*lanes, *beside[1:], return_exceptions=True)
            self.books.end()
            await keeping
            await self.books.ask(self._end)

    async def pause(self, seconds: float) -> None:
        """Wait, but no longer than until the run ends."""
        await wait_for_event(self.ending, seconds)

    def fail(self, error: TransportError) -> None:
        """No mail server can be used any more."""
        self.failure = error
        self.ending.set()

    def close(self) -> None:
        """End the threads."""
        self.pens.shutdown(wait=True)
        self.books.close()

    async def _until_done(self, lanes: "list[asyncio.Task[None]]", beside: "list[asyncio.Task[None]]") -> None:
        """Until the lanes have ended, or the run has and its time to drain is over; raises what any of them raised."""
        ending = asyncio.create_task(self.ending.wait())
        try:
            working = {*lanes, *beside, ending}
            while any(not lane.done() for lane in lanes) and not ending.done():
                done, working = await asyncio.wait(working, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            for task in (await asyncio.wait(lanes, timeout=DRAIN_SECONDS))[0]:
                task.result()
        finally:
            ending.cancel()

    async def _watch(self) -> None:
        """End the run as soon as the issue is paused or cancelled."""
        while not self.ending.is_set() and await self.books.ask(lambda: outbox.is_sending(self.engine, self.issue_id)):
            await self.pause(WATCH_SECONDS)
        self.ending.set()

    async def _end_with(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self.ending.set()

    def _begin(self) -> Balance:
        outbox.recover(self.engine, self.issue_id, now=self.clock())
        outbox.expire(self.engine, self.issue_id, now=self.clock())
        return outbox.balance(self.engine, self.issue_id)

    def _end(self) -> None:
        outbox.release(self.engine, self.issue_id, holder=self.books.holder)
        outbox.withdraw_if_cancelled(self.engine, self.issue_id, now=self.clock())

    def _tell(self, outcomes: Sequence[Outcome]) -> None:
        counts = Counter(str(outcome.state) for outcome in outcomes if outcome.state != DeliveryState.QUEUED)
        changed = {state: getattr(self.balance, state) + number for state, number in counts.items()}
        self.balance = replace(self.balance, **changed, queued=self.balance.queued - counts.total())
        if self.progress is not None:
            self.progress(self.balance)
