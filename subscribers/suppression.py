"""Addresses that must never be mailed again.

A bounce, a complaint or an operator's own entry keeps the address as it is. An erased person's
address is kept only as a keyed fingerprint: we can still recognise it, and nobody can read it.
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from subscribers.models import Suppression

ERASURE = "erasure"


def fingerprint(address: str, key: str) -> str:
    """A keyed one-way form of a normalised address."""
    return "sha256:" + hmac.new(key.encode(), b"suppression:" + address.encode(), hashlib.sha256).hexdigest()


def suppress(session: Session, address: str, reason: str, at: datetime) -> None:
    """Suppress a normalised address; one that is suppressed keeps its first reason. The caller commits."""
    if session.get(Suppression, address) is None:
        session.add(Suppression(address=address, reason=reason, at=at))


def suppressed_among(session: Session, addresses: Iterable[str], keys: Sequence[str]) -> set[str]:
    """Those of the normalised addresses that must not be mailed, by themselves or by their fingerprint.

    ``keys`` are the secret keys, the newest first; a fingerprint made with a key that was dropped is
    not recognised any more.
    """
    forms = {form: address for address in addresses for form in _forms(address, keys)}
    found = session.exec(select(Suppression.address).where(col(Suppression.address).in_(list(forms))))
    return {forms[form] for form in found}


def _forms(address: str, keys: Sequence[str]) -> list[str]:
    return [address, *(fingerprint(address, key) for key in keys)]
