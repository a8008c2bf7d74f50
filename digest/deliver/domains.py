"""Mail domains with care: how many messages are under way to each, and which wants to be left alone for a while.

Known to one process, forgotten with it. It has no clock: the moment is told.
"""

import re
from collections import OrderedDict, deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any, Generic, TypeVar
from weakref import WeakSet

from digest.deliver.backoff import LONGEST, pause
from digest.deliver.transport import Reply

# So many messages in a row are put off, then the domain rests.
REFUSALS = 3
# Domains that something is remembered of; those troubled longest ago are forgotten first.
REMEMBERED = 10_000
# RFC 3463 §3.3: what ails is the mailbox (full, greylisted, disabled), and says nothing of its domain.
OF_THE_MAILBOX = re.compile(r"\s*4\.2\.\d{1,3}\b")

Letter = TypeVar("Letter")


@dataclass(slots=True)
class _Trouble:
    """Messages that were put off since the last success, how often the domain has rested since, and until when."""

    messages: set[Hashable] = field(default_factory=set)
    rests: int = 0
    until: datetime | None = None


def domain_of(address: str) -> str:
    """What stands behind the last ``@``, in lower case."""
    return address.rpartition("@")[2].lower()


class Domains:
    """The mail domains that one mail server is given messages for; ``most`` of each are under way at a time (0: any).

    Domains are told in lower case.
    """

    def __init__(self, most: int, random: Random) -> None:
        self.most = most
        self._random = random
        self._under_way: dict[str, int] = {}
        self._troubled: OrderedDict[str, _Trouble] = OrderedDict()
        self._waiting: WeakSet[Waiting[Any]] = WeakSet()

    def free(self, domain: str) -> bool:
        """Whether one more message to the domain may be begun."""
        return not self.most or self._under_way.get(domain, 0) < self.most

    def enter(self, domain: str) -> None:
        """A message to the domain is under way."""
        if self.most:
            self._under_way[domain] = self._under_way.get(domain, 0) + 1

    def leave(self, domain: str) -> None:
        """A message to the domain is under way no more, whatever came of it."""
        if not self.most:
            return
        left = self._under_way[domain] - 1
        if left:
            self._under_way[domain] = left
        else:
            del self._under_way[domain]
        if left == self.most - 1:
            for waiting in self._waiting:
                waiting.freed(domain)

    def tell(self, waiting: "Waiting[Any]") -> None:
        """From now on tell ``waiting`` of each domain that is free again."""
        self._waiting.add(waiting)

    @property
    def in_trouble(self) -> bool:
        """Whether anything is remembered: else no domain rests, and a success is no news."""
        return bool(self._troubled)

    def rests_until(self, domain: str, now: datetime) -> datetime | None:
        """The end of the domain's rest, before which it is not to be tried; None when it does not rest."""
        trouble = self._troubled.get(domain)
        if trouble is None or trouble.until is None:
            return None
        # A rest longer than any can be: the clock was set back meanwhile.
        return trouble.until if now < trouble.until <= now + LONGEST else None

    def note(self, domain: str, reply: Reply, now: datetime, message: Hashable) -> None:
        """What the server said to a message. A success ends all trouble.

        The third message in a row that is put off makes the domain rest, as does each one after that rest, longer.
        """
        if reply.code < 400:
            self._troubled.pop(domain, None)
        elif reply.code < 500 and not OF_THE_MAILBOX.match(reply.text):
            self._put_off(domain, now, message)

    def _put_off(self, domain: str, now: datetime, message: Hashable) -> None:
        if self.rests_until(domain, now) is not None:
            return  # begun before the rest
        trouble = self._troubled.setdefault(domain, _Trouble())
        self._troubled.move_to_end(domain)
        if len(self._troubled) > REMEMBERED:
            self._troubled.popitem(last=False)
        if not trouble.rests:
            trouble.messages.add(message)
        if trouble.rests or len(trouble.messages) >= REFUSALS:
            trouble.rests += 1
            trouble.until = now + pause(trouble.rests, self._random)


class Waiting(Generic[Letter]):
    """Claimed letters in the order in which they are to be sent; those to a domain that is not free stand aside."""

    def __init__(self, domains: Domains) -> None:
        self._domains = domains
        self._line: deque[tuple[Letter, str]] = deque()
        self._aside: dict[str, deque[Letter]] = {}
        self._aside_count = 0
        self._freed: OrderedDict[str, None] = OrderedDict()
        if domains.most:
            domains.tell(self)

    def __len__(self) -> int:
        return len(self._line) + self._aside_count

    def put(self, letter: Letter, domain: str) -> None:
        """The letter is the last in the line."""
        self._line.append((letter, domain))

    def take(self) -> Letter | None:
        """The first letter whose domain is free; None when there is none now.

        Whoever takes it tells the domains that it is under way before the next is taken.
        """
        while self._freed:
            domain = next(iter(self._freed))
            if domain in self._aside and self._domains.free(domain):
                return self._from_aside(domain)
            self._freed.popitem(last=False)
        while self._line:
            letter, domain = self._line.popleft()
            if self._domains.free(domain):
                return letter
            self._aside.setdefault(domain, deque()).append(letter)
            self._aside_count += 1
        return None

    def drain(self) -> list[Letter]:
        """Take all, to give them back."""
        letters = [letter for aside in self._aside.values() for letter in aside]
        letters += (letter for letter, _ in self._line)
        self._line.clear()
        self._aside.clear()
        self._freed.clear()
        self._aside_count = 0
        return letters

    def freed(self, domain: str) -> None:
        """The domain is free again: its letters stood before all that are in the line."""
        if domain in self._aside:
            self._freed[domain] = None

    def _from_aside(self, domain: str) -> Letter:
        aside = self._aside[domain]
        letter = aside.popleft()
        self._aside_count -= 1
        if not aside:
            del self._aside[domain]
        return letter
