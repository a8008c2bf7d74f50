"""Bytes from a mail server → its replies (RFC 5321 §4.2). Whoever is at the other end, no more than this is read."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from digest.deliver.transport import Reply

LONGEST_LINE = 4096  # octets; RFC 5321 §4.5.3.1.5 has 512, and servers that explain themselves have more
MOST_LINES = 128
LONGEST_TEXT = 500
CLOSING_DOWN = 421
LINE = re.compile(rb"([2-5][0-9][0-9])(?:([ -])(.*))?", re.DOTALL)


class Nonsense(Exception):
    """What a server sent is no reply; the message says why."""


class ServerReply(NamedTuple):
    """A server's reply to one command, as its lines without their codes."""

    code: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The reply in one line of printable characters."""
        return one_line(" ".join(self.lines))

    def __str__(self) -> str:
        return f"{self.code} {self.text}"

    @property
    def told(self) -> Reply:
        """The reply as an answer about one message."""
        return Reply(self.code, self.text)


class ReplyReader:
    """Puts replies together from the bytes as they come, however these are cut."""

    def __init__(self) -> None:
        self._rest = b""
        self._code = 0
        self._lines: list[str] = []

    @property
    def is_between_replies(self) -> bool:
        """Whether nothing of another reply has come yet."""
        return not self._rest and not self._lines

    def feed(self, data: bytes) -> Iterator[ServerReply]:
        """Give the replies that ``data`` completes, one by one: those before nonsense are good.

        Raises Nonsense; what comes after that has no meaning.
        """
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            reply = self._read(line)
            if reply is not None:
                yield reply
        if len(self._rest) > LONGEST_LINE:
            raise Nonsense("it sent a line without an end")

    def _read(self, line: bytes) -> ServerReply | None:
        if len(line) > LONGEST_LINE:
            raise Nonsense("it sent a line without an end")
        code, is_last, text = _parsed(line)
        if self._lines and code != self._code:
            raise Nonsense(f"it sent a reply that is both {self._code} and {code}")
        if len(self._lines) >= MOST_LINES:
            raise Nonsense("it sent a reply without an end")
        if is_last and not self._lines:
            return ServerReply(code, (text,))
        self._code = code
        self._lines.append(text)
        if not is_last:
            return None
        lines, self._lines = tuple(self._lines), []
        return ServerReply(code, lines)


@lru_cache(maxsize=64)
def _parsed(line: bytes) -> tuple[int, bool, str]:
    """The line's code, whether it is the last, and its text. Servers say the same few sentences all the time."""
    match = LINE.fullmatch(line.removesuffix(b"\r"))
    if match is None:
        raise Nonsense("it sent what is not a reply: " + repr(one_line(line[:60].decode("latin-1"))))
    return int(match[1]), match[2] != b"-", (match[3] or b"").decode(errors="replace")


def one_line(text: str) -> str:
    """Return ``text`` in one line of at most 500 printable characters."""
    if text.isascii() and text.isprintable() and len(text) <= LONGEST_TEXT and "  " not in text:
        return text.strip()  # as most are
    spaced = "".join(letter if letter.isprintable() else " " for letter in text[: 4 * LONGEST_TEXT])
    return " ".join(spaced.split())[:LONGEST_TEXT]
