"""A real SMTP server that can be told to refuse, to defer and to hang up, and an issue ready to be sent."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import Engine
from sqlmodel import Session as DatabaseSession

from digest.deliver import outbox
from digest.store.models import IssueRow, IssueState, VariantRow
from subscribers.audience import audience
from subscribers.models import Status, Subscriber, Subscription

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class Postbox:
    """Keeps what it is sent. ``answers`` are given to a recipient in turn, then 250."""

    answers: dict[str, list[str]] = field(default_factory=dict)
    received: list[tuple[str, bytes]] = field(default_factory=list)
    on_message: Callable[[str], Any] = lambda _: None
    port: int = 0

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
        self.received.append((address, bytes(envelope.original_content or b"")))
        self.on_message(address)
        return "250 2.0.0 queued as 4711"

    @property
    def recipients(self) -> list[str]:
        return sorted(address for address, _ in self.received)


@pytest.fixture
def postbox() -> Iterator[Postbox]:
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


def address_of(number: int) -> str:
    return f"reader{number}@example.com"


def make_issue(engine: Engine, readers: int, *, expires: timedelta = timedelta(hours=20)) -> int:
    """An issue in ``sending``, its audience fixed: readers 1 to ``readers``."""
    with DatabaseSession(engine) as session:
        issue = IssueRow(
            newsletter="daily", slot=NOW, number=1, state=IssueState.SENDING, created_at=NOW, expires_at=NOW + expires
        )
        people = [Subscriber(address=address_of(number), created_at=NOW) for number in range(1, readers + 1)]
        session.add_all([issue, *people])
        session.flush()
        variant = VariantRow(issue_id=issue.id or 0, key="default", html="", text="")
        memberships = [
            Subscription(subscriber_id=person.id or 0, newsletter="daily", status=Status.ACTIVE, requested_at=NOW)
            for person in people
        ]
        session.add_all([variant, *memberships])
        session.flush()
        outbox.fill(session, issue.id or 0, variant.id or 0, audience("daily"))
        session.commit()
        return issue.id or 0
