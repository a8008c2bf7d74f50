"""What a way to send mail looks like: one message in, the server's last word out."""

from dataclasses import dataclass
from typing import Protocol

from digest.errors import TransportError


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message for one recipient. ``message`` is RFC 5322 with CRLF line ends.

    ``is_clean``: it is known to be ASCII without NUL, every CR and LF to be one of a pair, no line to begin with a dot,
    and the last one to be ended. To look for that in every message would take longer than to make it.
    """

    sender: str
    recipient: str
    message: bytes
    is_clean: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """The server's answer about one message (RFC 5321 §4.2): 2yz accepted, 4yz later, 5yz never."""

    code: int
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


class ConnectionLost(TransportError):
    """The connection could not be made, broke, or was closed by the server: try again a little later."""


class Transport(Protocol):
    """One connection to a mail server, made when it is first needed and again after it was lost.

    ``at_stake``: the content of the latest message was begun, and no reply to it was read.
    """

    at_stake: bool

    async def send(self, envelope: Envelope, following: Envelope | None = None) -> Reply:
        """Send one message; a refusal is a Reply, not an error.

        ``following`` is what will be sent next, if that is known: its commands may go right behind this message.
        Raises ConnectionLost, or TransportError when the server will not have us at all.
        """
        ...

    async def close(self) -> None:
        """End the conversation politely, if there is one."""
        ...
