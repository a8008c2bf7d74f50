"""Quoted-printable (RFC 2045 §6.7) such that pieces encoded one by one can be joined into one body.

Every line is at most 76 characters long, and none begins with "." or "From ", which mail servers on the way have
been known to change. No line has a tab, a space at its end or two spaces on end: whoever trims white space on the way
changes nothing, and the body is its own relaxed form for DKIM (RFC 6376 §3.4.4).
"""

import re
from collections.abc import Iterator

SOFT_BREAK = b"=\r\n"
LONGEST = 75  # and the "=" of a soft break
UNSAFE = re.compile(rb"[^ !-<>-~]")
PLAIN = re.compile(rb"[!-<>-~]*")  # as web addresses are, but for those with "="


def quoted_printable(text: str) -> bytes:
    """``text``, whose lines end in ``\\n``, as quoted-printable UTF-8 whose lines end in CRLF."""
    octets = text.encode()
    if PLAIN.fullmatch(octets):
        return SOFT_BREAK.join(_pieces(octets))
    return b"\r\n".join([SOFT_BREAK.join(_pieces(_signs(line))) for line in octets.split(b"\n")])


def _pieces(signs: bytes) -> Iterator[bytes]:
    rest = _safe_beginning(signs)
    while len(rest) > LONGEST:
        end = _end_of_piece(rest)
        yield rest[:end]
        rest = _safe_beginning(rest[end:])
    yield rest


def _signs(line: bytes) -> bytes:
    signs = UNSAFE.sub(lambda match: b"=%02X" % match[0][0], line).replace(b"  ", b" =20")
    return signs[:-1] + b"=20" if signs.endswith(b" ") else signs


def _end_of_piece(rest: bytes) -> int:
    """Where to cut: as late as possible, but not inside ``=XX``."""
    last_sign = rest.rfind(b"=", LONGEST - 2, LONGEST)
    return LONGEST if last_sign < 0 else last_sign


def _safe_beginning(piece: bytes) -> bytes:
    if piece.startswith(b"."):
        return b"=2E" + piece[1:]
    if piece.startswith(b"From "):
        return b"=46" + piece[1:]
    return piece
