"""One connection to a mail server: bytes out, replies in, each for one command, in the order of these.

Every reply is owed by a command. A reply that nobody owes, or that is none, ends the connection: from then on no
reply could be trusted to be the one to its command.
"""

import asyncio
import os
import socket
import ssl
from collections import deque
from collections.abc import Callable
from typing import cast

from digest.deliver.replies import CLOSING_DOWN, Nonsense, ReplyReader, ServerReply, one_line
from digest.deliver.transport import ConnectionLost

SLOW = "it did not answer in time"
UNASKED = "it answered what it was not asked"


class HungUp(ConnectionLost):
    """The server closed the connection without a word, or would not go on with it."""


class ClosingDown(ConnectionLost):
    """The server said that it closes the connection (421): it has not taken what it answered with that."""


class Connection(asyncio.Protocol):
    """See above. ``server`` is what messages call the server. Whatever fails raises ConnectionLost."""

    def __init__(self, server: str) -> None:
        self.server = server
        self.loop = asyncio.get_running_loop()
        self.failure: ConnectionLost | None = None
        self.closed: asyncio.Future[None] = self.loop.create_future()
        self.transport: asyncio.WriteTransport | None = None
        self.is_blocked = False
        self._reader = ReplyReader()
        self._replies: deque[ServerReply] = deque()
        self._owed = 1  # the greeting
        self._wanted = 0
        self._waiter: asyncio.Future[None] | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._alarm_at = self._deadline = self._patience = 0.0
        self._progress: Callable[[], int] = self._unsent
        self._before, self._lost = 0, ""

    @property
    def is_encrypted(self) -> bool:
        """Whether what is sent now goes through TLS."""
        return self.transport is not None and self.transport.get_extra_info("sslcontext") is not None

    @property
    def address(self) -> str:
        """This end of the connection as an address literal (RFC 5321 §4.1.3)."""
        host = str(self.transport.get_extra_info("sockname")[0]) if self.transport is not None else "127.0.0.1"
        return f"[IPv6:{host.partition('%')[0]}]" if ":" in host else f"[{host}]"

    def write(self, *parts: bytes, owed: int) -> None:
        """Send ``parts``, to which ``owed`` replies are due."""
        if self.failure is not None:
            raise self.failure
        assert self.transport is not None  # noqa: S101  # a connection that was never made is not handed out
        self._owed += owed
        self.transport.writelines(parts)

    async def replies(self, count: int, seconds: float) -> list[ServerReply]:
        """Return the next ``count`` replies; the server has ``seconds`` for each."""
        while len(self._replies) < count:
            if self.failure is not None:
                raise self.failure
            self._wanted = count
            await self._wait(seconds, lambda: len(self._replies), SLOW)
        return [self._replies.popleft() for _ in range(count)]

    async def ask(self, command: bytes, seconds: float) -> ServerReply:
        """Send one command and return the reply to it."""
        self.write(command + b"\r\n", owed=1)
        [reply] = await self.replies(1, seconds)
        return reply

    async def drained(self, seconds: float) -> None:
        """Wait until all that was written has left, or a reply comes before: then ``is_blocked`` stays true.

        The server is lost when it reads nothing for ``seconds``.
        """
        while self.is_blocked and not self._replies:
            if self.failure is not None:
                raise self.failure
            self._wanted = 1
            await self._wait(seconds, self._unsent, "it reads no more")

    async def encrypt(self, context: ssl.SSLContext, host: str, seconds: float) -> None:
        """Go on under TLS; what has come in clear after the server agreed to that has ended the connection.

        Raises OSError when there is no agreement, or no trust.
        """
        if self.failure is not None:
            raise self.failure
        plain = cast("asyncio.Transport", self.transport)
        try:
            self.transport = await self.loop.start_tls(
                plain, self, context, server_hostname=host, ssl_handshake_timeout=seconds
            )
        except BaseException:
            plain.abort()
            raise
        if self.transport is None:
            raise self.failure or HungUp(f"mail server {self.server} closed the connection")
        self.connection_made(self.transport)

    def drop(self) -> None:
        """End the connection at once, whatever is under way."""
        self.fail(ConnectionLost(f"mail server {self.server}: the connection was given up"))

    def fail(self, failure: ConnectionLost) -> None:
        """End the connection at once; the first failure is the one that is told."""
        self.failure = self.failure or failure
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if self.transport is not None:
            self.transport.abort()
        self._wake()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the event loop."""
        self.transport = cast("asyncio.WriteTransport", transport)
        # All that does not leave at once is to be noticed: see drained.
        self.transport.set_write_buffer_limits(high=1, low=0)

    def data_received(self, data: bytes) -> None:
        """Called by the event loop."""
        if self.failure is not None:
            return
        try:
            for reply in self._reader.feed(data):
                self._take(reply)
            if self._owed == 0 and not self._reader.is_between_replies:
                raise Nonsense(UNASKED)  # noqa: TRY301  # as for a whole reply
        except Nonsense as error:
            self.fail(ConnectionLost(f"mail server {self.server}: {error}"))
        except ClosingDown as error:
            self.fail(error)
        else:
            if len(self._replies) >= self._wanted:
                self._wake()

    def _take(self, reply: ServerReply) -> None:
        if reply.code == CLOSING_DOWN:
            raise ClosingDown(f"mail server {self.server}: {reply}")
        if self._owed == 0:
            raise Nonsense(UNASKED)
        self._owed -= 1
        self._replies.append(reply)

    def eof_received(self) -> None:
        """Called by the event loop, which then closes the connection."""
        self.fail(HungUp(f"mail server {self.server} closed the connection"))

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the event loop."""
        reason = f": {why(exc)}" if exc is not None else ""
        self.failure = self.failure or HungUp(f"mail server {self.server} closed the connection{reason}")
        self.transport = None
        if not self.closed.done():
            self.closed.set_result(None)
        self._wake()

    def pause_writing(self) -> None:
        """Called by the event loop."""
        self.is_blocked = True

    def resume_writing(self) -> None:
        """Called by the event loop."""
        self.is_blocked = False
        self._wake()

    def _unsent(self) -> int:
        return self.transport.get_write_buffer_size() if self.transport is not None else 0

    async def _wait(self, seconds: float, progress: Callable[[], int], lost: str) -> None:
        """Wait to be woken; the connection is lost when ``progress`` stays what it is for ``seconds``."""
        self._patience, self._progress, self._lost = seconds, progress, lost
        self._before, self._deadline = progress(), self.loop.time() + seconds
        if self._alarm is None or self._deadline < self._alarm_at:
            self._set_alarm()
        self._waiter = self.loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter, self._wanted = None, 0

    def _set_alarm(self) -> None:
        """One alarm serves many waits, for it is set anew only when it rings: most replies come long before."""
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm_at = self._deadline
        self._alarm = self.loop.call_at(self._alarm_at, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        if self._waiter is None or self.failure is not None:
            return
        if self.loop.time() >= self._deadline:
            now = self._progress()
            if now == self._before:
                self.fail(ConnectionLost(f"mail server {self.server}: {self._lost}"))
                return
            self._before, self._deadline = now, self.loop.time() + self._patience
        self._set_alarm()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


def why(error: BaseException) -> str:
    """Say in a few words what a connection failed of."""
    if isinstance(error, TimeoutError):
        return SLOW
    if isinstance(error, socket.gaierror):
        return "there is no such name, or no network"
    if isinstance(error, ssl.SSLCertVerificationError):
        return one_line(f"certificate verify failed: {error.verify_message}")
    if isinstance(error, OSError) and error.errno and not isinstance(error, ssl.SSLError):
        return os.strerror(error.errno).lower()
    return one_line(str(error) or type(error).__name__)
