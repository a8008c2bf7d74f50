"""Sends letters to a scripted server, and holds what was reported against what the server took."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from digest.deliver import ConnectionLost, Envelope, Reply, SmtpEndpoint, SmtpTransport
from digest.deliver.patience import PATIENCE, Patience
from digest.errors import TransportError
from tests.deliver.scripted import Scripted

SENDER = "daily@example.com"
NewLoop = Callable[[], asyncio.AbstractEventLoop]


def letter(name: str, text: str = "Hello") -> Envelope:
    """A letter to ``name`` whose content is nobody else's."""
    return Envelope(SENDER, f"{name}@example.com", f"To: {name}\r\n\r\n{text}, {name}\r\n..\r\n.\r\n".encode())


ANA, BOB, CID = letter("ana"), letter("bob"), letter("cid")


@dataclass(frozen=True)
class Outcome:
    """What became of one letter; ``in_doubt``: it may have been taken."""

    result: Reply | TransportError
    in_doubt: bool = False

    @property
    def short(self) -> int | str:
        """The code of the reply, or what kind of error it was."""
        if isinstance(self.result, Reply):
            return self.result.code
        if isinstance(self.result, ConnectionLost):
            return "in doubt" if self.in_doubt else "lost"
        return "refused"


def converse(
    server: Scripted,
    letters: Sequence[Envelope] = (ANA, BOB, CID),
    *,
    ahead: bool = True,
    most: int = 0,
    patience: Patience = PATIENCE,
    new_loop: NewLoop | None = None,
    **endpoint: object,
) -> list[Outcome]:
    """Send the letters in turn, each with its successor in view when ``ahead``; return what became of them."""
    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(talk(server, letters, ahead, most, patience, endpoint))


async def talk(
    server: Scripted,
    letters: Sequence[Envelope],
    ahead: bool = True,
    most: int = 0,
    patience: Patience = PATIENCE,
    endpoint: dict[str, object] | None = None,
) -> list[Outcome]:
    """See converse."""
    async with server.listening():
        where = replace(SmtpEndpoint("127.0.0.1", server.port), **(endpoint or {}))  # type: ignore[arg-type]
        transport = SmtpTransport(where, most, patience)
        outcomes = []
        for number, each in enumerate(letters):
            following = letters[number + 1] if ahead and number + 1 < len(letters) else None
            try:
                outcomes.append(Outcome(await transport.send(each, following)))
            except TransportError as error:
                outcomes.append(Outcome(error, transport.at_stake))
        await transport.close()
    return outcomes


def agree(server: Scripted, letters: Sequence[Envelope], outcomes: Sequence[Outcome]) -> None:
    """Reported as sent ⇔ taken by the server, content and recipient; only what is in doubt may be either."""
    accepted = list(server.accepted)
    for each, outcome in zip(letters, outcomes, strict=True):
        taken = (each.recipient, each.message)
        if isinstance(outcome.result, Reply) and outcome.result.code < 300:
            assert taken in accepted, f"{each.recipient} was reported as sent"
            accepted.remove(taken)
        elif outcome.in_doubt and taken in accepted:
            accepted.remove(taken)
    assert accepted == [], "the server took what was not reported"
