"""A real SMTP server that can be told to refuse, to defer and to hang up."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Postbox:
    """Keeps what it is sent. ``answers`` are given to a recipient in turn, then 250.

    ``seconds`` are what it takes over each message.
    """

    answers: dict[str, list[str]] = field(default_factory=dict)
    received: list[tuple[str, bytes]] = field(default_factory=list)
    on_message: Callable[[str], Any] = lambda _: None
    port: int = 0
    seconds: float = 0.0

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, _: list[str]) -> str:
        answers = self.answers.get(address, [])
        if answers and answers[0] != "hang up":
            return answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        [address] = envelope.rcpt_tos
        if self.answers.get(address):
            self.answers[address].pop(0)
            server.transport.abort()
            return "421 gone"
        if self.seconds:
            await asyncio.sleep(self.seconds)
        self.received.append((address, bytes(envelope.original_content or b"")))
        self.on_message(address)
        return "250 2.0.0 queued as 4711"

    @property
    def recipients(self) -> list[str]:
        return sorted(address for address, _ in self.received)


@contextmanager
def postbox() -> "Iterator[Postbox]":
    """A postbox on a port of its own."""
    box = Postbox()
    controller = OnAFreePort(box, hostname="127.0.0.1", port=0)
    controller.start()
    box.port = controller.port
    yield box
    controller.stop()


class OnAFreePort(Controller):
    """aiosmtpd knocks at the port that it was given, which for a free one is 0: tell it the one it got."""

    async def _create_server(self) -> Any:
        server = await super()._create_server()
        self.port = server.sockets[0].getsockname()[1]
        return server
