"""An issue ready to be sent, and the sending of it."""

from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session as DatabaseSession

from digest.deliver import Balance, Claimed, Envelope, Server, SmtpTransport, deliver, filling, parse_smtp_url
from digest.sending import Limits
from digest.store.models import IssueRow, IssueState, VariantRow
from subscribers.audience import audience, still_wanted
from subscribers.models import Status, Subscriber, Subscription

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)


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
        variant = VariantRow(issue_id=issue.id or 0, language="en", html="", text="")
        memberships = [
            Subscription(subscriber_id=person.id or 0, newsletter="daily", status=Status.ACTIVE, requested_at=NOW)
            for person in people
        ]
        session.add_all([variant, *memberships])
        session.flush()
        filling.fill(session, issue.id or 0, variant.id or 0, audience("daily", NOW))
        session.commit()
        return issue.id or 0


def letter(claimed: Claimed) -> Envelope:
    """A mail of one line for whoever is claimed."""
    text = f"To: {claimed.address}\r\nMessage-ID: <1.{claimed.subscriber_id}@example.com>\r\n\r\n.Good morning\r\n"
    return Envelope("daily@example.com", claimed.address, text.encode())


def server(port: int, *, weight: int = 1, **limits: Any) -> Server:
    """The mail server at ``port``, through four connections unless ``limits`` say otherwise."""
    endpoint = parse_smtp_url(f"smtp://127.0.0.1:{port}?starttls=off")
    return Server(str(endpoint), lambda: SmtpTransport(endpoint), Limits(**{"connections": 4, **limits}), weight)


async def send(engine: Engine, issue_id: int, port: int, **options: Any) -> Balance:
    """Send the issue through the mail server at ``port``; ``options`` are those of ``deliver``."""
    settings = {
        "write": letter,
        "wanted": partial(still_wanted, newsletter="daily", now=NOW),
        "servers": [server(port)],
        "clock": lambda: NOW,
        "random": Random(1),
    }
    return await deliver(engine, issue_id, **{**settings, **options})
