"""What a mail server can do beyond the basics, as its answer to EHLO says (RFC 5321 §4.1.1.1)."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Extensions:
    """The extensions that matter to us. ``largest`` is the size in octets of what it takes; 0 when it does not say.

    ``mechanisms`` are those of AUTH, in capital letters.
    """

    pipelining: bool = False
    eight_bit: bool = False
    utf8: bool = False
    starttls: bool = False
    size: bool = False
    largest: int = 0
    mechanisms: frozenset[str] = frozenset()


def read_extensions(lines: Sequence[str]) -> Extensions:
    """Read the lines of a reply to EHLO; the first is a greeting. Letters may be small (RFC 5321 §2.4)."""
    offered: dict[str, list[str]] = {}
    for line in lines[1:]:
        # Old servers write AUTH=LOGIN, some of them beside AUTH LOGIN.
        words = line.upper().replace("AUTH=", "AUTH ", 1).split()
        if words:
            offered.setdefault(words[0], []).extend(words[1:])
    size = offered.get("SIZE", [""])[:1]
    return Extensions(
        pipelining="PIPELINING" in offered,
        eight_bit="8BITMIME" in offered,
        utf8="SMTPUTF8" in offered,
        starttls="STARTTLS" in offered,
        size="SIZE" in offered,
        largest=_number(size[0]) if size else 0,
        mechanisms=frozenset(offered.get("AUTH", [])),
    )


def _number(text: str) -> int:
    # RFC 1870 §4: at most 20 digits.
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 20 else 0
