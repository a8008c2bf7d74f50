"""Addresses that must never be mailed again.

A bounce, a complaint or an operator's own entry keeps the address as it is. An erased person's
address is kept only as a keyed fingerprint: we can still recognise it, and nobody can read it.
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from subscribers.bulk import among, insert_rows
from subscribers.models import Suppression

ERASURE = "erasure"
FEW = 100


def fingerprint(address: str, key: str) -> str:
    """A keyed one-way form of a normalised address."""
    return "sha256:" + hmac.new(key.encode(), b"suppression:" + address.encode(), hashlib.sha256).hexdigest()


def suppress(session: Session, address: str, reason: str, at: datetime) -> None:
    """Suppress a normalised address; one that is suppressed keeps its first reason. The caller commits."""
    if session.get(Suppression, address) is None:
        session.add(Suppression(address=address, reason=reason, at=at))


def suppress_all(session: Session, addresses: Iterable[str], reason: str, at: datetime) -> None:
    """Suppress many normalised addresses; the caller commits, and tries again on IntegrityError."""
    wanted = sorted(set(addresses))
    known = suppressed_among(session, wanted, ())
    rows = [(address, reason, at) for address in wanted if address not in known]
    insert_rows(session, Suppression, ("address", "reason", "at"), rows)


def suppressed_among(session: Session, addresses: Iterable[str], keys: Sequence[str]) -> set[str]:
    """Those of the normalised addresses that must not be mailed, by themselves or by their fingerprint.

    ``keys`` are the secret keys, the newest first; a fingerprint made with a key that was dropped is
    not recognised any more.
    """
    addresses = list(addresses)
    if len(addresses) > FEW and not _anybody_erased(session):
        keys = ()  # a fingerprint costs more than all the rest that is done for an address
    forms = {form: address for address in addresses for form in _forms(address, keys)}
    found = session.exec(select(Suppression.address).where(among(session, col(Suppression.address), forms)))
    return {forms[form] for form in found}


def _anybody_erased(session: Session) -> bool:
    return session.exec(select(Suppression.address).where(Suppression.reason == ERASURE).limit(1)).first() is not None


def _forms(address: str, keys: Sequence[str]) -> list[str]:
    return [address, *(fingerprint(address, key) for key in keys)]
