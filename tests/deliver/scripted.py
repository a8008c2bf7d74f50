"""A mail server that keeps the rules of RFC 5321 but for what its script says, and remembers what it took.

The script gives answers by step: ``greeting``, a verb, ``.`` for the end of a content, and for one recipient
``RCPT ana`` or ``. ana``. The answers of a step are given in turn, and then the usual one. An answer is a reply in one
line; bytes that are sent as they are; ``close`` (without a word), ``reset`` (RST), ``stall`` (for ever), ``listen``
(until something comes); or several of these.
"""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Answer = str | bytes | tuple["Answer", ...]
USUAL = {
    "greeting": "220 mail.example.com ready",
    "EHLO": "",
    "HELO": "250 mail.example.com",
    "MAIL": "250 2.1.0 a sender",
    "RCPT": "250 2.1.5 a recipient",
    "DATA": "354 go ahead",
    ".": "250 2.0.0 taken",
    "RSET": "250 2.0.0 forgotten",
    "STARTTLS": "220 2.0.0 go ahead",
    "AUTH": "235 2.7.0 welcome",
    "QUIT": ("221 2.0.0 bye", "close"),
}
EVERYTHING = ("PIPELINING", "8BITMIME", "SMTPUTF8", "SIZE 1000000")


class Over(Exception):
    """The conversation is over."""


@dataclass
class Scripted:
    """``chop``: bytes are sent one by one. ``hold``: the replies to a pipeline are sent together.

    ``cut``: the first connection ends after so many bytes. ``lenient``: DATA is welcome without a recipient, as RFC
    2920 allows. ``careless``: a recipient is welcome without a sender. ``limit``: so many bytes are read ahead.
    """

    script: Mapping[str, Sequence[Answer]] = field(default_factory=dict)
    extensions: Sequence[str] = EVERYTHING
    encrypted_extensions: Sequence[str] | None = None
    tls: ssl.SSLContext | None = None
    implicit_tls: bool = False
    chop: bool = False
    hold: bool = False
    cut: int | None = None
    lenient: bool = False
    careless: bool = False
    limit: int = 2**20

    def __post_init__(self) -> None:
        self.left = {step: list(answers) for step, answers in self.script.items()}
        self.accepted: list[tuple[str, bytes]] = []
        self.heard: list[bytes] = []
        self.connections = 0
        self.sent = 0
        self.port = 0
        self.stalled = asyncio.Event()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Scripted"]:
        """Listen on a free port; afterwards nothing of it is left."""
        tasks: set[asyncio.Task[None]] = set()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            tasks.add(task)
            self.connections += 1
            try:
                await Conversation(self, reader, writer).hold()
            except (Over, OSError, EOFError, asyncio.CancelledError):
                pass
            finally:
                tasks.discard(task)
                writer.transport.abort()

        listener = socket.create_server(("127.0.0.1", 0))
        server = await asyncio.start_server(
            serve, sock=listener, ssl=self.tls if self.implicit_tls else None, limit=self.limit
        )
        self.port = listener.getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for task in list(tasks):
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.sleep(0)

    def answer(self, step: str, whose: str = "") -> Answer:
        """The answer to a step now."""
        for key in (f"{step} {whose}", step):
            if self.left.get(key):
                return self.left[key].pop(0)
        return USUAL[step]


class Conversation:
    """What the server does on one connection."""

    def __init__(self, server: Scripted, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.server, self.reader, self.writer = server, reader, writer
        self.encrypted = server.implicit_tls
        self.sender = False
        self.recipients: list[str] = []
        self.held = b""
        self.budget = server.cut if server.connections == 1 else None

    async def hold(self) -> None:
        """Talk until somebody ends it."""
        await self.say(self.server.answer("greeting"))
        while True:
            line = (await self.reader.readuntil(b"\r\n"))[:-2]
            self.server.heard.append(line)
            verb, _, rest = line.decode().partition(" ")
            step = getattr(self, verb.lower(), None)
            await (step(rest) if step else self.say("502 5.5.2 unknown"))

    async def ehlo(self, _: str) -> None:
        self.forget()
        offered = self.server.extensions
        if self.encrypted and self.server.encrypted_extensions is not None:
            offered = self.server.encrypted_extensions
        *lines, last = ["mail.example.com", *offered]
        usual = ("".join(f"250-{line}\r\n" for line in lines) + f"250 {last}\r\n").encode()
        await self.say(self.server.answer("EHLO") or usual)

    async def helo(self, _: str) -> None:
        await self.say(self.server.answer("HELO"))

    async def mail(self, _: str) -> None:
        if self.sender:
            await self.say("503 5.5.1 one sender is enough")
        else:
            self.sender = await self.agree("MAIL")

    async def rcpt(self, rest: str) -> None:
        address = rest.partition("<")[2].partition(">")[0]
        if not (self.sender or self.server.careless):
            await self.say("503 5.5.1 who sends this?")
        elif await self.agree("RCPT", address.partition("@")[0]):
            self.recipients.append(address)

    async def data(self, _: str) -> None:
        if not (self.recipients or (self.sender and self.server.lenient)):
            await self.say("503 5.5.1 to whom?")
        elif await self.agree("DATA"):
            content = await self.content()
            recipients = self.recipients
            self.forget()
            await self.take(content, recipients)

    async def content(self) -> bytes:
        lines = []
        while (line := await self.reader.readuntil(b"\r\n")) != b".\r\n":
            lines.append(line.removeprefix(b"."))
        self.server.heard.append(b".")
        return b"".join(lines)

    async def take(self, content: bytes, recipients: list[str]) -> None:
        if not recipients:
            await self.say("554 5.5.1 no valid recipients")
            return
        [recipient] = recipients
        answer = self.server.answer(".", recipient.partition("@")[0])
        if code_of(answer) == 2:
            self.server.accepted.append((recipient, content))
        await self.say(answer)

    async def rset(self, _: str) -> None:
        self.forget()
        await self.say(self.server.answer("RSET"))

    async def quit(self, _: str) -> None:
        await self.say(self.server.answer("QUIT"))

    async def starttls(self, _: str) -> None:
        if await self.agree("STARTTLS") and self.server.tls is not None:
            await self.writer.start_tls(self.server.tls)
            self.encrypted = True

    async def auth(self, _: str) -> None:
        answer = self.server.answer("AUTH")
        await self.say(answer)
        while str(answer).startswith("334"):
            self.server.heard.append((await self.reader.readuntil(b"\r\n"))[:-2])
            answer = self.server.answer("AUTH")
            await self.say(answer)

    def forget(self) -> None:
        self.sender, self.recipients = False, []

    async def agree(self, step: str, whose: str = "") -> bool:
        answer = self.server.answer(step, whose)
        await self.say(answer)
        return code_of(answer) in (2, 3)

    async def say(self, answer: Answer) -> None:
        if isinstance(answer, tuple):
            for part in answer:
                await self.say(part)
        elif isinstance(answer, bytes):
            await self.send(answer)
        elif answer == "stall":
            self.server.stalled.set()
            await asyncio.Event().wait()
        elif answer == "listen":
            await self.reader.readexactly(1)
        elif answer in ("close", "reset"):
            self.writer.write(self.held)
            if answer == "reset":
                linger = struct.pack("ii", 1, 0)
                self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            raise Over
        else:
            await self.send(f"{answer}\r\n".encode())

    async def send(self, data: bytes) -> None:
        if self.server.hold:
            self.held += data
            await asyncio.sleep(0)
            # Whoever has more to say is heard out first.
            if self.reader._buffer and not data.startswith(b"354"):  # type: ignore[attr-defined]
                return
            data, self.held = self.held, b""
        if self.budget is not None:
            data, self.budget = data[: self.budget], self.budget - len(data[: self.budget])
        self.server.sent += len(data)
        for piece in (data[place : place + 1] for place in range(len(data))) if self.server.chop else [data]:
            self.writer.write(piece)
            if self.server.chop:
                await asyncio.sleep(0)
        await self.writer.drain()
        if self.budget == 0:
            raise Over


def code_of(answer: Answer) -> int:
    """The first digit of the reply that an answer is, of the last if it is several; 0 when it is none."""
    if isinstance(answer, tuple):
        return code_of(answer[0])
    line = answer.decode("latin-1").strip().rpartition("\n")[2] if isinstance(answer, bytes) else answer
    return int(line[0]) if line[:3].isdigit() else 0
