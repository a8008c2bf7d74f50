"""A mail server that remembers whatever it accepted, and that fails as it is told to.

It offers PIPELINING (RFC 2920) and writes a message down before it answers the final dot, so that nothing it accepted
is forgotten: what its log holds twice, a reader has twice.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from hashlib import sha256

EHLO = "250-receiver.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 10000000"
OK = "250 2.0.0 OK"
CHUNK = 1 << 16
LINGER_SECONDS = 2.0
PATIENCE = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Accepted:
    """One message that the server took: whose it is, its Message-ID, and the SHA-256 of all of it."""

    recipient: str
    message_id: str
    content: str


@dataclass(frozen=True, slots=True)
class Faults:
    """How a connection fails: ``pause`` seconds before each reply; closed after ``sends`` or ``reads`` bytes; 421 after
    so many ``messages``, or at once; ``silent``: no word is ever said."""

    pause: float = 0.0
    sends: int | None = None
    reads: int | None = None
    messages: int | None = None
    silent: bool = False


class Receiver:
    """Listens on a port of the loopback, in a thread of its own.

    ``faults`` are those of the n-th connection, from 1; ``answer`` is the reply to RCPT TO when it is not 250.
    ``unconfirmed`` are the recipients of messages that were accepted, of which the sender was not told whole.
    """

    def __init__(self) -> None:
        self.accepted: list[Accepted] = []
        self.unconfirmed: list[str] = []
        self.faults: Callable[[int], Faults] = lambda _: Faults()
        self.answer: Callable[[str], str | None] = lambda _: None
        self.conversations: list[Conversation] = []
        self.port = 0
        self._limit: int | None = None
        self._more = threading.Condition()

    def allow(self, more: int) -> int:
        """Accept so many more messages, and let the others wait for their answer; return how many were accepted yet."""
        with self._more:
            before = len(self.accepted)
            self._limit = before + more
        self._loop.call_soon_threadsafe(self._opened.set)
        return before

    def allow_all(self) -> None:
        """Accept whatever comes, as in the beginning."""
        self._limit = None
        self._loop.call_soon_threadsafe(self._opened.set)

    def take(self, more: int) -> None:
        """Accept exactly so many more messages, and wait until they have come."""
        assert self.wait_for(self.allow(more) + more), "there came no more messages"

    def wait_for(self, messages: int, seconds: float = PATIENCE) -> bool:
        """Wait until that many messages were accepted in all; False when they were not in that time."""
        with self._more:
            return self._more.wait_for(lambda: len(self.accepted) >= messages, seconds)

    async def accept(self, accepted: Accepted) -> None:
        """Write a message down as soon as there is room for it."""
        while not self._write_down(accepted):
            self._opened.clear()
            await self._opened.wait()

    def _write_down(self, accepted: Accepted) -> bool:
        with self._more:
            if self._limit is not None and len(self.accepted) >= self._limit:
                return False
            self.accepted.append(accepted)
            self._more.notify_all()
            return True

    async def run(self, started: threading.Event) -> None:
        """Serve until told to end."""
        self._loop, self._opened, self._end = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        await self._end.wait()
        server.close()

    def end(self) -> None:
        """Hang up on everybody."""
        self._loop.call_soon_threadsafe(self._end.set)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        conversation = Conversation(self, self.faults(len(self.conversations) + 1), reader, writer)
        self.conversations.append(conversation)
        try:
            with suppress(ConnectionError):
                await conversation.hold()
        except asyncio.CancelledError:
            pass  # the end of the test
        finally:
            writer.close()


class Closed(Exception):
    """The conversation is over: one of the two has said all that it was going to say."""


class Conversation:
    """One connection's dialogue; ``read`` and ``sent`` count its bytes."""

    def __init__(
        self, receiver: Receiver, faults: Faults, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.receiver, self.faults, self.reader, self.writer = receiver, faults, reader, writer
        self.buffer, self.recipient = b"", ""
        self.read = self.sent = self.messages = 0

    async def hold(self) -> None:
        """Answer until the end of the conversation; whatever was said before it arrives."""
        try:
            if not self.faults.silent:
                await self._greet()
                while True:
                    await self._obey((await self._next(b"\r\n")).decode("latin-1"))
        except Closed:
            self.writer.write_eof()
        # Closed at once with words still unread, TCP would take back what was said (RFC 1122 §4.2.2.13).
        with suppress(TimeoutError):
            await asyncio.wait_for(self._listen_on(), None if self.faults.silent else LINGER_SECONDS)

    async def _greet(self) -> None:
        await self._stop_when_full()
        await self._say("220 receiver.example ESMTP")

    async def _obey(self, command: str) -> None:
        match command[:4].upper():
            case "EHLO":
                await self._say(EHLO)
            case "MAIL":
                await self._stop_when_full()
                self.recipient = ""
                await self._say(OK)
            case "RCPT":
                await self._name(command.partition("<")[2].partition(">")[0])
            case "DATA":
                await self._take()
            case "QUIT":
                await self._say("221 2.0.0 bye")
                raise Closed
            case _:
                await self._say(OK)

    async def _name(self, recipient: str) -> None:
        refusal = self.receiver.answer(recipient)
        self.recipient = "" if refusal else recipient
        await self._say(refusal or OK)

    async def _take(self) -> None:
        if not self.recipient:
            await self._say("554 5.5.1 no valid recipients")
            return
        await self._say("354 go on")
        message = await self._next(b"\r\n.\r\n")
        head = BytesHeaderParser().parsebytes(message)
        await self.receiver.accept(Accepted(self.recipient, str(head["Message-ID"]), sha256(message).hexdigest()))
        self.messages += 1
        try:
            await self._say("250 2.0.0 queued")
        except Closed:
            self.receiver.unconfirmed.append(self.recipient)
            raise

    async def _stop_when_full(self) -> None:
        if self.messages == self.faults.messages:
            await self._say("421 4.3.2 come again later")
            raise Closed

    async def _say(self, reply: str) -> None:
        if self.faults.pause:
            await asyncio.sleep(self.faults.pause)
        line = reply.encode() + b"\r\n"
        said = line if self.faults.sends is None else line[: self.faults.sends - self.sent]
        self.writer.write(said)
        await self.writer.drain()
        self.sent += len(said)
        if said != line:
            raise Closed

    async def _next(self, end: bytes) -> bytes:
        while end not in self.buffer:
            room = CHUNK if self.faults.reads is None else min(CHUNK, self.faults.reads - self.read)
            heard = await self.reader.read(room)
            if not heard:
                raise Closed
            self.read += len(heard)
            self.buffer += heard
        found, _, self.buffer = self.buffer.partition(end)
        return found

    async def _listen_on(self) -> None:
        while await self.reader.read(CHUNK):
            pass


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver at work."""
    receiver, started = Receiver(), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(receiver.run(started)), name="receiver")
    thread.start()
    assert started.wait(10)
    try:
        yield receiver
    finally:
        receiver.end()
        thread.join()


def busy_for(seconds: float) -> Callable[[int], Faults]:
    """The faults of a server that turns everybody away for a while."""
    until = time.monotonic() + seconds
    return lambda _: Faults(messages=0) if time.monotonic() < until else Faults()
