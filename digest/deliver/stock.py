"""What one mail server's lane has in hand: deliveries claimed ahead of its connections, with their messages.

About as much is claimed as is sent in half a second, so that who leaves the newsletter meanwhile, or pauses the issue,
is heard. The messages are written beside, by as many threads as there are processors.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from time import monotonic

from digest.deliver.books import Books
from digest.deliver.domains import Domains, Waiting, domain_of
from digest.deliver.outbox import Claimed, Outcome
from digest.deliver.quotas import Grant
from digest.deliver.transport import Envelope, Reply
from digest.looping import wait_for_event
from digest.sending import Limits
from digest.store.models import DeliveryState

LEASE = timedelta(minutes=15)
# No message is begun so late in its lease that another process could take it over while it is under way.
MARGIN = timedelta(minutes=5)
AHEAD_SECONDS = 0.5  # of sending that is claimed at once
MOST_AHEAD = 400
CHUNK = 20  # messages that are written at once

Claim = Callable[[int], tuple[Grant, list[Claimed]]]


@dataclass(slots=True, eq=False)
class Letter:
    """A claimed delivery with its message. ``at`` and ``until`` are when it may be begun, on the monotonic clock."""

    claimed: Claimed
    envelope: Envelope
    domain: str
    at: float
    until: float
    breaks: int = 0  # of connections, while its content was under way


class Stock:
    """See the module. ``in_hand`` counts what is claimed and not noted in the books, ``taken`` all that ever was."""

    def __init__(
        self,
        books: Books,
        *,
        claim: Claim,
        write: Callable[[Claimed], Envelope],
        pens: Executor,
        limits: Limits,
        clock: Callable[[], datetime],
        random: Random,
    ) -> None:
        self.in_hand = self.taken = 0
        self.over = asyncio.Event()
        self._books, self._claim, self._write, self._pens, self._clock = books, claim, write, pens, clock
        self._least = 2 * limits.connections
        self._domains = Domains(limits.per_domain, random)
        self._waiting: Waiting[Letter] = Waiting(self._domains)
        self._changed, self._short = asyncio.Event(), asyncio.Event()
        self._noted, self._unused, self._claimed_at, self._rate = 0, 0, monotonic(), 0.0

    # In

    async def claim_more(self, writers: asyncio.TaskGroup, most: int) -> Grant | None:
        """Claim what is short, when it is, ``most`` at the most; None when some came, else the quota's answer."""
        while (count := self._how_many()) <= 0:
            self._short.clear()
            await self._short.wait()
            if self.over.is_set():
                return None
        grant, claimed = await self._books.ask(lambda: self._claim(min(count, most)))
        if not claimed:
            return grant
        self.in_hand += len(claimed)
        self.taken += len(claimed)
        claimed = [each for each in claimed if not self._rests(each)]
        now = monotonic()
        until = now + (LEASE - MARGIN).total_seconds()
        for place in range(0, len(claimed), CHUNK):
            begin = now + grant.start + place * grant.interval
            writers.create_task(self._have_written(claimed[place : place + CHUNK], begin, grant.interval, until))
        return None

    async def emptied(self) -> None:
        """Wait until nothing is in hand any more."""
        while self.in_hand and not self.over.is_set():
            self._short.clear()
            await self._short.wait()

    def close(self) -> None:
        """Hand out nothing more."""
        for event in (self.over, self._changed, self._short):
            event.set()

    def give_back(self) -> int:
        """Put all that nobody began into the queue again; return of how many the permits were not used."""
        for letter in self._waiting.drain():
            self._return(letter)
        return self._unused

    async def _have_written(self, claimed: list[Claimed], begin: float, interval: float, until: float) -> None:
        loop = asyncio.get_running_loop()
        envelopes = await loop.run_in_executor(self._pens, lambda: [self._write(each) for each in claimed])
        for place, (each, envelope) in enumerate(zip(claimed, envelopes, strict=True)):
            domain = domain_of(each.address)
            self._waiting.put(Letter(each, envelope, domain, begin + place * interval, until), domain)
        self._changed.set()

    def _how_many(self) -> int:
        """So many that half a second's work is in hand; none while half of that still is."""
        if self.in_hand > self._ahead // 2:
            return 0
        now = monotonic()
        if self._noted:
            self._rate = self._noted / max(now - self._claimed_at, 0.001)
        self._noted, self._claimed_at = 0, now
        return self._ahead - self.in_hand

    @property
    def _ahead(self) -> int:
        return max(self._least, min(MOST_AHEAD, int(self._rate * AHEAD_SECONDS)))

    # Out

    async def next(self) -> Letter | None:
        """The next letter that may be begun, when its time has come; None when there will be none any more."""
        while not self.over.is_set():
            self._changed.clear()
            letter = self.ready()
            if letter is None:
                await self._changed.wait()
                continue
            if (wait := letter.at - monotonic()) > 0:
                await self.pause(wait)
            if not self.over.is_set():
                return letter
            self.put_back(letter)
        return None

    def ready(self) -> Letter | None:
        """The next letter whose domain is free, if one is in hand; its time may not have come yet."""
        if self.over.is_set():
            return None
        moment, domains = monotonic(), self._domains
        while letter := self._waiting.take():
            domains.enter(letter.domain)
            if moment > letter.until:
                domains.leave(letter.domain)
                self._return(letter)
            elif self._rests(letter.claimed):
                domains.leave(letter.domain)
            else:
                return letter
        return None

    def put_back(self, letter: Letter) -> None:
        """A letter that was handed out and not begun, or has to be begun again."""
        self._domains.leave(letter.domain)
        self._waiting.put(letter, letter.domain)
        self._changed.set()

    def defer(self, letter: Letter, outcome: Outcome) -> None:
        """A letter that is not to be tried again now."""
        self._domains.leave(letter.domain)
        self._hand_back(outcome)

    def note(self, letter: Letter, reply: Reply, outcome: Outcome) -> None:
        """What became of a letter that was begun, by the server's reply."""
        self._domains.leave(letter.domain)
        if reply.code >= 400 or self._domains.in_trouble:
            self._domains.note(letter.domain, reply, self._clock(), letter.claimed.id)
        self._books.note(outcome)
        self._noted += 1
        self._count_down()

    async def pause(self, seconds: float) -> None:
        """Wait, but no longer than until the stock is closed."""
        await wait_for_event(self.over, seconds)

    def _rests(self, claimed: Claimed) -> bool:
        """Whether the reader's mail domain is to be left alone; the delivery is put off then, without a try."""
        if not self._domains.in_trouble:
            return False
        rest = self._domains.rests_until(domain_of(claimed.address), self._clock())
        if rest is not None:
            said = "not tried: the reader's mail service asked for patience"
            self._hand_back(claimed.outcome(DeliveryState.DEFERRED, said, rest, tried=0))
        return rest is not None

    def _return(self, letter: Letter) -> None:
        self._hand_back(letter.claimed.outcome(DeliveryState.QUEUED, "", letter.claimed.due, tried=0))

    def _hand_back(self, outcome: Outcome) -> None:
        self._books.give_back(outcome)
        self._unused += 1
        self._count_down()

    def _count_down(self) -> None:
        self.in_hand -= 1
        self._short.set()
        if self._domains.most:
            self._changed.set()
