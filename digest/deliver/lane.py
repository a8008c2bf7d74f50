"""One mail server's part in sending an issue: a few connections that work side by side on one stock of letters.

What goes wrong with the server itself is no delivery's fault: the letter is put back, and the server asked again after
a pause. When it does not come back the lane closes and gives back what it had, for other lanes or for another run.
"""

import asyncio
import logging
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING

from digest.deliver import outbox, quotas
from digest.deliver.backoff import pause
from digest.deliver.breaker import Breaker
from digest.deliver.outbox import Claimed, Outcome
from digest.deliver.quotas import Grant
from digest.deliver.server import Server
from digest.deliver.stock import LEASE, MOST_AHEAD, Letter, Stock
from digest.deliver.transport import ConnectionLost, Reply
from digest.errors import TransportError
from digest.store.models import DeliveryState

if TYPE_CHECKING:
    from digest.deliver.deliver import Run

logger = logging.getLogger(__name__)

LONGEST_WAIT = 60.0  # seconds that a run waits for a quota; else the next run goes on
LOOK_SECONDS = 0.1  # between two looks at what the other lanes do
BREAKS = 3  # of connections on one message, before another day is tried
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=0.5), timedelta(seconds=30)


class Lane:
    """See the module. A lane that ``is_closed``, ``is_down`` or ``rests`` takes no deliveries now."""

    def __init__(self, run: "Run", server: Server) -> None:
        self.run, self.server = run, server
        self.is_closed = self.is_down = self.rests = False
        self._breaker = Breaker(run.random)
        # Of a capped domain two messages would be under way on one connection; and each has its own moment in a pace.
        self._looks_ahead = not (server.limits.per_domain or server.limits.per_second)
        self._error: TransportError | None = None
        self._claimed_to = 0
        self._failures, self._failed_at, self._not_before = 0, float("-inf"), float("-inf")
        self.stock = self._new_stock()

    async def work(self) -> None:
        """Send until nothing is left to be sent, or the run ends, or the server cannot be used."""
        while not self.run.ending.is_set():
            await self._send_all()
            if self._error is None:
                break
            self.is_down = True
            if not self._others():
                self.run.fail(self._error)
                break
            logger.warning("%s; the other mail servers go on", self._error)
            if not self._breaker.is_open:
                break  # it will not have us: to ask again would not help
            if not await self._cools_down():
                break
            # What it missed meanwhile it does not make up for: the others would wait for it.
            missed = int((self._least_share() or 0) * self.server.weight)
            self.stock = self._new_stock(taken=max(self.stock.taken, missed))
            self._error, self.is_down = None, False
        self.is_closed = True

    async def _cools_down(self) -> bool:
        """Wait until the server may be tried again; False when the others have done all there was before."""
        while (wait := self._breaker.wait(monotonic())) and self._others():
            await self.run.pause(min(wait, LOOK_SECONDS))
        return wait == 0

    def _new_stock(self, taken: int = 0) -> Stock:
        run = self.run
        stock = Stock(
            run.books,
            claim=self._claim,
            write=run.write,
            pens=run.pens,
            limits=self.server.limits,
            clock=run.clock,
            random=run.random,
        )
        stock.taken = taken
        return stock

    async def _send_all(self) -> None:
        tasks = [asyncio.create_task(self._send()) for _ in range(self.server.limits.connections)]
        tasks += asyncio.create_task(self._claim_ahead()), asyncio.create_task(self._close_with_run())
        try:
            await asyncio.gather(*tasks)
        except ExceptionGroup as group:
            # What stopped one stopped them all: it is told as if there had been only one.
            raise group.exceptions[0] from group
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if count := self.stock.give_back():
                await self.run.books.ask(lambda: self._return_permits(count))

    def _return_permits(self, count: int) -> None:
        with self.run.engine.begin() as connection:
            quotas.give_back(connection, self.server.key, self.server.limits, count, self.run.clock())

    async def _close_with_run(self) -> None:
        ends = [asyncio.create_task(event.wait()) for event in (self.run.ending, self.stock.over)]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in ends:
                task.cancel()
        self.stock.close()

    # Claiming

    async def _claim_ahead(self) -> None:
        stock = self.stock
        async with asyncio.TaskGroup() as writers:
            while not stock.over.is_set():
                if (share := self._share()) <= 0:
                    await stock.pause(LOOK_SECONDS)
                    continue
                grant = await stock.claim_more(writers, share)
                if grant is None:
                    continue
                if grant.wait > LONGEST_WAIT:
                    self.rests = True
                    break
                if grant.wait:
                    await stock.pause(grant.wait)
                elif not await self._is_more_to_come():
                    break
        await stock.emptied()
        stock.close()

    def _claim(self, count: int) -> tuple[Grant, list[Claimed]]:
        run = self.run
        grant, claimed = outbox.claim(
            run.engine,
            run.issue_id,
            wanted=run.wanted,
            holder=run.books.holder,
            limit=count,
            lease=LEASE,
            now=run.clock(),
            server=self.server.key,
            limits=self.server.limits,
            after=self._claimed_to,
        )
        self._claimed_to = max((each.id for each in claimed if each.due is None), default=self._claimed_to)
        return grant, claimed

    def _share(self) -> int:
        """How many this lane may claim now. One of weight 0 may claim some only while there is no other."""
        mine, least = self.server.weight, self._least_share()
        if least is None:
            return MOST_AHEAD
        return int(least * mine - self.stock.taken) + self.server.limits.connections if mine else 0

    def _least_share(self) -> float | None:
        """What each other lane has taken for a unit of its weight: the least of that; None when there is no other."""
        others = [lane for lane in self._others() if lane.server.weight]
        return min((lane.stock.taken / lane.server.weight for lane in others), default=None)

    def _others(self) -> "list[Lane]":
        """The other lanes that can take deliveries now."""
        lanes = self.run.lanes
        return [lane for lane in lanes if lane is not self and not (lane.is_closed or lane.is_down or lane.rests)]

    async def _is_more_to_come(self) -> bool:
        """Whether others may yet give back what they have, or a dead process left some; waits a little if they may."""
        others = [lane for lane in self.run.lanes if lane is not self]
        if not others or (self.run.books.is_clear and not any(lane.stock.in_hand for lane in others)):
            return await self.run.books.ask(self._recover) > 0
        await self.stock.pause(LOOK_SECONDS)
        return True

    def _recover(self) -> int:
        run = self.run
        return outbox.recover(run.engine, run.issue_id, now=run.clock(), but=run.books.holder)

    # Sending

    async def _send(self) -> None:
        """One connection's work."""
        stock, transport = self.stock, self.server.connect()
        failures, following = -1, None  # in a row; none of a connection that has not been tried
        try:
            while letter := following or await stock.next():
                following = None
                if failures and (wait := self._not_before - monotonic()) > 0:
                    stock.put_back(letter)
                    await stock.pause(wait)
                    continue
                await self.run.books.begin()
                following, began = stock.ready() if self._looks_ahead else None, monotonic()
                try:
                    reply = await transport.send(letter.envelope, following.envelope if following else None)
                except TransportError as error:
                    self.run.books.leave_off()
                    if following:
                        stock.put_back(following)
                    failures, following = max(failures, 0) + 1, None
                    letter.breaks += transport.at_stake
                    self._lost(letter, error, began)
                    await stock.pause(self._pause(failures))
                else:
                    failures = self._failures = 0
                    self._breaker.succeeded()
                    stock.note(letter, reply, self._judge(letter, reply))
        finally:
            await transport.close()

    def _lost(self, letter: Letter, error: TransportError, began: float) -> None:
        """The connection broke, or the server will not have us."""
        if not isinstance(error, ConnectionLost):
            self.stock.put_back(letter)
            self._give_up(error)
            return
        logger.info("%s; trying again", error)
        if letter.breaks < BREAKS:
            self.stock.put_back(letter)
        else:
            self.stock.defer(letter, self._deferred(letter, str(error)))
        if began > self._failed_at:  # what broke at the same time has failed once
            self._failed_at, self._failures = monotonic(), self._failures + 1
            self._not_before = self._failed_at + self._pause(self._failures)
            self._breaker.failed(self._failed_at)
            if self._breaker.is_open:
                self._give_up(error)

    def _give_up(self, error: TransportError) -> None:
        self._error = error
        self.stock.close()

    def _pause(self, failures: int) -> float:
        return pause(failures, self.run.random, FIRST_PAUSE, LONGEST_PAUSE).total_seconds()

    def _judge(self, letter: Letter, reply: Reply) -> Outcome:
        if reply.code < 400:
            return letter.claimed.outcome(DeliveryState.SENT, str(reply))
        if reply.code >= 500:
            return letter.claimed.outcome(DeliveryState.FAILED, str(reply))
        return self._deferred(letter, str(reply))

    def _deferred(self, letter: Letter, said: str) -> Outcome:
        due = self.run.clock() + pause(letter.claimed.attempts + 1, self.run.random)
        return letter.claimed.outcome(DeliveryState.DEFERRED, said, due)
