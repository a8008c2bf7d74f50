"""How long a mail server is waited for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds until a mail server counts as lost, each counted from its latest reply (RFC 5321 §4.5.3.2).

    ``connect`` is for the connection and for encryption, each. ``block`` is for a server that reads nothing of what it
    is sent, ``dot`` for its word about a whole message.
    """

    connect: float = 30.0
    greeting: float = 300.0
    command: float = 300.0
    data: float = 120.0
    block: float = 180.0
    dot: float = 600.0
    quit: float = 2.0


PATIENCE = Patience()
