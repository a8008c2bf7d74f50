"""Keys of both kinds, and dkimpy, which reads our signatures as a stranger does."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import dkim
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from digest.deliver.signing import SigningKey
from digest.signatures import make_key, record


@cache
def a_key(domain: str = "example.com", *, ed25519: bool = False) -> SigningKey:
    """A key as ``digest dkim keygen`` makes it: made once, for RSA takes its time."""
    with TemporaryDirectory() as folder:
        selector = "e2026" if ed25519 else "d2026"
        return make_key(Path(folder) / "key.pem", domain, selector, ed25519=ed25519)


def pem(private: Any, lock: KeySerializationEncryption | None = None) -> bytes:
    """A private key as its file has it."""
    return bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock or NoEncryption()))


def verified(message: bytes, *keys: SigningKey) -> list[bool]:
    """For each signature, from the top, whether it is good; the keys' records are all that DNS holds."""
    records = {f"{name}.".encode(): value.encode() for name, value in map(record, keys)}
    found = dkim.DKIM(message)
    signatures = sum(name.lower() == b"dkim-signature" for name, _ in found.headers)
    return [_is_good(message, place, records) for place in range(signatures)]


def _is_good(message: bytes, place: int, records: dict[bytes, bytes]) -> bool:
    try:
        return bool(dkim.DKIM(message).verify(place, dnsfunc=lambda name, timeout=0: records.get(name)))
    except dkim.ValidationError:  # so it calls, for one, a field that is covered and stands twice
        return False
