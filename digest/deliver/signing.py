"""DKIM signatures (RFC 6376) by RSA and by Ed25519 (RFC 8463), relaxed/relaxed.

What is covered. RFC 6376 §5.4.1 names what readers see and what programs act upon. RFC 8058 §4 wants both fields of
the one-click unsubscription, and Gmail wants Feedback-ID. What may stand but once is named once more than it stands
(§5.4.2, §8.15): a second Subject, or a Reply-To where there was none, breaks the signature. Fields that mailing lists
and mail servers rightly add (Sender, Received, Return-Path, List-Post) are left free. There is no ``l=``, which lets
anybody append (§8.2), and no ``x=``: a message may wait for days at a server that is down, and must be good then.
"""

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from textwrap import wrap

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

ONCE = (
    "from reply-to subject date to cc message-id in-reply-to references mime-version content-type "
    "list-id list-unsubscribe list-unsubscribe-post"
).split()
ALSO = "content-transfer-encoding list-archive feedback-id auto-submitted".split()

FOLD = "\r\n "
WIDTH = 75  # and the space that a folded line begins with


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key and where its public half stands: ``selector._domainkey.domain``, both in ASCII."""

    domain: str
    selector: str
    private: RSAPrivateKey | Ed25519PrivateKey = field(repr=False)

    @property
    def algorithm(self) -> str:
        """The name of the algorithm in signatures."""
        return "rsa-sha256" if isinstance(self.private, RSAPrivateKey) else "ed25519-sha256"

    def sign(self, words: bytes) -> bytes:
        """The signature of ``words``. Ed25519 signs their hash (RFC 8463 §3)."""
        if isinstance(self.private, RSAPrivateKey):
            return self.private.sign(words, PKCS1v15(), SHA256())
        return self.private.sign(hashlib.sha256(words).digest())


class Signer:
    """Signs messages with all its keys. Safe to share between threads.

    RSA stands above Ed25519: a verifier may look at few signatures (RFC 6376 §6.1), and not each knows the newer kind.
    """

    def __init__(self, keys: Sequence[SigningKey]) -> None:
        self._keys = sorted(keys, key=lambda key: key.algorithm, reverse=True)

    def sign(self, head: bytes, body: bytes, *, at: datetime, canonical: bool = False) -> bytes:
        """The DKIM-Signature fields, one for each key, to stand before ``head``.

        ``head`` are the header fields, each with its CRLF; ``body`` is what follows the empty line. ``at`` is the
        instant that is signed. ``canonical`` says that the body is its own relaxed form, which spares a copy.
        """
        fields = relaxed_fields(head)
        places, covered = _covered(tuple(name for name, _ in fields))
        signed = b"".join(b"%b:%b\r\n" % fields[place] for place in places)
        body_hash = _base64(hashlib.sha256(body if canonical else relaxed_body(body)).digest())
        tags = f"t={int(at.timestamp())};{FOLD}{covered}{FOLD}bh={body_hash};{FOLD}b="
        return b"".join(_field(key, tags, signed) for key in self._keys)


def _field(key: SigningKey, tags: str, signed: bytes) -> bytes:
    own = f"v=1; a={key.algorithm}; c=relaxed/relaxed;{FOLD}d={key.domain}; s={key.selector};{FOLD}{tags}"
    # The field covers itself as it will be read, with nothing behind "b=" (RFC 6376 §3.7).
    signature = _base64(key.sign(signed + b"dkim-signature:" + own.replace(FOLD, " ").encode()))
    lines = (signature[start : start + WIDTH] for start in range(0, len(signature), WIDTH))
    return f"DKIM-Signature: {own}{FOLD}{FOLD.join(lines)}\r\n".encode()


@lru_cache(maxsize=64)
def _covered(names: tuple[bytes, ...]) -> tuple[tuple[int, ...], str]:
    """Of fields of those names the places of those that are signed, in order, and the tag that tells of them.

    Fields of one name are taken from the last to the first (RFC 6376 §5.4.2).
    """
    places: list[int] = []
    told: list[str] = []
    for name in (*ONCE, *ALSO):
        found = [place for place, other in enumerate(names) if other == name.encode()]
        places += reversed(found)
        told += [name] * (len(found) + (name in ONCE))
    return tuple(places), FOLD.join(wrap(f"h={': '.join(told)};", WIDTH, break_on_hyphens=False))


def relaxed_fields(head: bytes) -> list[tuple[bytes, bytes]]:
    """The fields' names and values in their relaxed form (RFC 6376 §3.4.2)."""
    unfolded = _single_spaced(head.replace(b"\r\n ", b" ").replace(b"\r\n\t", b" "))
    fields = [line.partition(b":") for line in unfolded.split(b"\r\n")]
    return [(name.rstrip(b" ").lower(), value.strip(b" ")) for name, colon, value in fields if colon]


def relaxed_body(body: bytes) -> bytes:
    """The body in its relaxed form (RFC 6376 §3.4.4)."""
    body = _single_spaced(body).replace(b" \r\n", b"\r\n")
    end = len(body) - body.endswith(b" ")
    while body.endswith(b"\r\n", 0, end):
        end -= 2
    return body[:end] + b"\r\n" if end else b""


def _single_spaced(octets: bytes) -> bytes:
    octets = octets.replace(b"\t", b" ")
    while b"  " in octets:
        octets = octets.replace(b"  ", b" ")
    return octets


def _base64(octets: bytes) -> str:
    return b64encode(octets).decode()
