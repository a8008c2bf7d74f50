"""An envelope → the commands and the content that a mail server is sent for it (RFC 5321 §3.3).

What this server, or any, cannot be sent is refused here, with the codes that a server would use.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

import idna

from digest.deliver.extensions import Extensions
from digest.deliver.replies import one_line
from digest.deliver.transport import Envelope, Reply
from digest.errors import TransportError

# What can stand between < and > and end neither the address nor the line (RFC 5321 §4.1.2).
ADDRESS = re.compile(r"[!-;=?-~]+@[!-;=?-~]+")
LOCAL_PART = re.compile(r"[!-;=?-~\u00a1-\U0010ffff]+")
LONGEST_PATH = 254  # octets, without < and > (RFC 5321 §4.5.3.1.3)

NO_ADDRESS = Reply(553, "5.1.3 this address cannot be written into an SMTP command")
LONE_LINE_END = Reply(554, "5.6.0 the message has a NUL, or a CR or LF by itself")
NO_UTF8 = Reply(553, "5.6.7 the mail server does not take addresses or headers beyond ASCII (SMTPUTF8)")
NO_EIGHT_BIT = Reply(554, "5.6.1 the mail server does not take messages of 8-bit characters (8BITMIME)")


@dataclass(slots=True)
class Transaction:
    """What is written for one message; ``content`` ends with a line end, its dots doubled."""

    mail: bytes
    recipient: bytes
    content: bytes


def transaction(envelope: Envelope, extensions: Extensions) -> Transaction | Reply:
    """Return what a server with these extensions is sent for ``envelope``, or the refusal when that cannot be.

    Raises TransportError for a sender that cannot be written: no message is to blame for it.
    """
    sender, recipient, message = _sender_path(envelope.sender), path(envelope.recipient), envelope.message
    if sender is None or not (sender.isascii() or extensions.utf8):
        raise TransportError(
            f"the sender {one_line(envelope.sender)} cannot be told to the mail server: check `sender` in digest.toml"
        )
    if not recipient:
        return NO_ADDRESS
    if not envelope.is_clean and has_lone_line_ends(message):
        return LONE_LINE_END
    ascii_only = envelope.is_clean or message.isascii()
    utf8 = not (sender.isascii() and recipient.isascii() and (ascii_only or _header_section(message).isascii()))
    refusal = _beyond(extensions, len(message), eight_bit=not ascii_only, utf8=utf8)
    if refusal is not None:
        return refusal
    command = b"MAIL FROM:<%b>" % sender
    if extensions.size:
        command += b" SIZE=%d" % len(message)
    if not ascii_only:
        command += b" BODY=8BITMIME"
    if utf8:
        command += b" SMTPUTF8"
    return Transaction(
        command + b"\r\n", b"RCPT TO:<%b>\r\n" % recipient, message if envelope.is_clean else dotted(message)
    )


def _beyond(extensions: Extensions, size: int, *, eight_bit: bool, utf8: bool) -> Reply | None:
    if utf8 and not extensions.utf8:
        return NO_UTF8
    if eight_bit and not extensions.eight_bit:
        return NO_EIGHT_BIT
    if 0 < extensions.largest < size:
        largest = extensions.largest
        return Reply(552, f"5.3.4 the message has {size} bytes, and the mail server takes {largest} at most")
    return None


def path(address: str) -> bytes | None:
    """Return the address as it stands in a command, None when it cannot; that of nobody stays empty.

    The domain is written in ASCII (IDNA 2008); only a local part beyond ASCII needs SMTPUTF8 (RFC 6531 §3.2).
    """
    if not address:
        return b""
    if address.isascii():
        return address.encode() if ADDRESS.fullmatch(address) and len(address) <= LONGEST_PATH else None
    local, _, domain = address.rpartition("@")
    try:
        written = f"{local}@{idna.encode(domain, uts46=True).decode()}".encode()
    except (idna.IDNAError, UnicodeError):
        return None
    return written if LOCAL_PART.fullmatch(local) and len(written) <= LONGEST_PATH else None


# All messages of an issue have one sender.
_sender_path = lru_cache(maxsize=16)(path)


def has_lone_line_ends(message: bytes) -> bool:
    """Tell whether the message has a NUL, or a CR or LF by itself, with which some servers can be made to see two.

    RFC 5321 §2.3.8 forbids them.
    """
    # Of all ways to ask this of 50 KB in plain Python, this is the fastest.
    paired = message.replace(b"\r\n", b"  ")
    return b"\n" in paired or b"\r" in paired or b"\0" in paired


def dotted(message: bytes) -> bytes:
    """Double the dots at the beginnings of lines, and end the last line (RFC 5321 §4.5.2)."""
    if not message.endswith(b"\r\n") and message:
        message += b"\r\n"
    if b"\r\n." in message:
        message = message.replace(b"\r\n.", b"\r\n..")
    return b"." + message if message.startswith(b".") else message


def _header_section(message: bytes) -> bytes:
    return message.partition(b"\r\n\r\n")[0]
